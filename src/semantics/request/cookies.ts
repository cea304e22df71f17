/** Cookies that nginx sets or changes: `userid`, `sticky cookie`, and `proxy_cookie_path`, `_domain` and `_flags`. */
import { askedOnce } from "../../lists/index.ts";
import type { Configuration } from "../configuration.ts";
import { effective } from "../effective.ts";
import { compilePcre, fromBytes, toBytes } from "../regex/index.ts";
import type { Context, Statement } from "../tree.ts";
import { parseSeconds } from "../values/index.ts";
import type { Exchange } from "./exchange.ts";
import type { Header } from "./outcome.ts";
import { readable } from "./variables.ts";

/** `userid on`: a cookie for clients that bring none, and `P3P` (`ngx_http_userid_filter`). */
export function userCookie(exchange: Exchange): readonly Header[] {
  const { context } = exchange;
  const statement = effective(context, "userid").statements.at(-1);
  const mode = statement?.args[0];
  if (statement === undefined || (mode !== "on" && mode !== "v1")) return [];
  const last = (name: string) => effective(context, name).statements.at(-1)?.args;
  const name = last("userid_name")?.[0] ?? "uid";
  if (/^[A-Za-z0-9+/=]{22,}$/.test(readable(exchange.evaluate(`$cookie_${name}`)))) return [];
  const expires = last("userid_expires")?.[0] ?? "off";
  const domain = last("userid_domain")?.[0] ?? "none";
  const flags = last("userid_flags") ?? [];
  const value = [
    `${name}=$uid_set`,
    expires === "max" ? "expires=Thu, 31-Dec-37 23:55:55 GMT" : expires === "off" ? "" : `expires=$expires`,
    domain === "none" ? "" : `domain=${domain}`,
    `path=${last("userid_path")?.[0] ?? "/"}`,
    flags.includes("secure") ? "secure" : "",
    flags.includes("httponly") ? "httponly" : "",
    ["strict", "lax", "none"].map((site) => `samesite=${site}`).find((flag) => flags.includes(flag)) ?? "",
  ];
  const headers = [ofStatement("Set-Cookie", value.filter((part) => part !== "").join("; "), statement)];
  const policy = last("userid_p3p")?.[0] ?? "none";
  return policy === "none" ? headers : [...headers, ofStatement("P3P", policy, statement)];
}

/** `sticky cookie` of the `upstream` that a location passes to; a client that brings the cookie may keep it. */
export function stickyCookie(exchange: Exchange, authority: string): readonly Header[] {
  const statement = stickyLines(exchange.options.configuration).get(authority.toLowerCase());
  const [method, name = "", ...parameters] = statement?.args ?? [];
  if (statement === undefined || method !== "cookie") return [];
  if (readable(exchange.evaluate(`$cookie_${name}`)) !== "") return [];
  const parameter = (key: string) => parameters.find((word) => word.startsWith(key))?.slice(key.length);
  const evaluated = (key: string) => {
    const written = parameter(key);
    return written === undefined ? "" : readable(exchange.evaluate(written));
  };
  const expires = parameter("expires=");
  const value = [
    `${name}=$upstream_sticky`,
    lifetimeOf(expires),
    evaluated("domain=") === "" ? "" : `domain=${evaluated("domain=")}`,
    parameters.includes("httponly") ? "httponly" : "",
    parameters.includes("secure") ? "secure" : "",
    evaluated("samesite=") === "" ? "" : `samesite=${evaluated("samesite=")}`,
    parameter("path=") === undefined ? "" : `path=${parameter("path=")}`,
  ];
  return [ofStatement("Set-Cookie", value.filter((part) => part !== "").join("; "), statement)];
}

/** The `sticky` lines by the names of their upstreams in lower case. */
const stickyLines = askedOnce((configuration: Configuration): ReadonlyMap<string, Statement> => {
  const lines = new Map<string, Statement>();
  const seen = new Set<string>();
  const upstreams =
    configuration.all("sticky").length === 0 ? [] : (configuration.http?.all("upstream") ?? []);
  for (const { args, block } of upstreams) {
    const name = args[0]?.toLowerCase() ?? "";
    const line = block?.last("sticky");
    // Of several that are called so nginx takes the first.
    if (line !== undefined && !seen.has(name)) lines.set(name, line);
    seen.add(name);
  }
  return lines;
});

function lifetimeOf(expires: string | undefined): string {
  if (expires === undefined) return "";
  if (expires === "max") return "expires=Thu, 31-Dec-37 23:55:55 GMT; max-age=315360000";
  const seconds = parseSeconds(expires);
  return seconds.ok ? `expires=$expires; max-age=${seconds.value}` : "expires=$expires";
}

function ofStatement(name: string, value: string, statement: Statement): Header {
  return { name, value, written: value, statement };
}

interface Attribute {
  name: string;
  value: string | null;
}

/** A Set-Cookie of the upstream as the client gets it (`ngx_http_proxy_rewrite_cookie`); in bytes. */
export function rewriteCookie(exchange: Exchange, cookie: string): string {
  const [pair, ...attributes] = readAttributes(cookie);
  if (pair === undefined || pair.value === null) return cookie;
  let isChanged = false;
  for (const attribute of attributes) {
    const key = attribute.name.toLowerCase();
    if (attribute.value === null || (key !== "domain" && key !== "path")) continue;
    const value = replaced(exchange, `proxy_cookie_${key}`, attribute.value, key);
    if (value === null) continue;
    attribute.value = value;
    isChanged = true;
  }
  const flagged = changeFlags(exchange, pair.name, attributes);
  if (flagged === null && !isChanged) return cookie;
  return [pair, ...(flagged ?? attributes)]
    .map(({ name, value }) => (value === null ? name : `${name}=${value}`))
    .join("; ");
}

function readAttributes(cookie: string): Attribute[] {
  return cookie.split(";").map((part) => {
    const equals = part.indexOf("=");
    return equals < 0
      ? { name: trimmed(part), value: null }
      : { name: trimmed(part.slice(0, equals)), value: trimmed(part.slice(equals + 1)) };
  });
}

function trimmed(text: string): string {
  return text.replace(/^ +|(?<! ) +$/g, "");
}

/** Rules in force; `off` is none. */
function rulesAt(context: Context, directive: string): readonly Statement[] {
  const { statements } = effective(context, directive);
  return statements.some(({ args }) => args.length === 1 && args[0] === "off") ? [] : statements;
}

/** What the first rule that fits makes of a value; null where none does. */
function replaced(
  exchange: Exchange,
  directive: string,
  value: string,
  key: "domain" | "path",
): string | null {
  for (const { args } of rulesAt(exchange.context, directive)) {
    const [from = "", to = ""] = args;
    const result = from.startsWith("~")
      ? replaceByPattern(exchange, from, to, value, key === "domain")
      : key === "path"
        ? replacePath(exchange, from, to, value)
        : replaceDomain(exchange, from, to, value);
    if (result !== null) return result;
  }
  return null;
}

/** The whole value, where a pattern (`~…`, `~*…`) matches; domains are compared without case. */
export function replaceByPattern(
  exchange: Exchange,
  from: string,
  to: string,
  value: string,
  isCaseless: boolean,
): string | null {
  const caseless = isCaseless || from.startsWith("~*");
  const compiled = compilePcre(from.replace(/^~\*?/, ""), { caseless });
  if (compiled.kind === "undecidable") return null;
  const match = compiled.exec(value);
  if (match === null) return null;
  exchange.capture(match);
  return toBytes(readable(exchange.evaluate(to)));
}

function replacePath(exchange: Exchange, from: string, to: string, value: string): string | null {
  const start = toBytes(readable(exchange.evaluate(from)));
  return value.startsWith(start)
    ? toBytes(readable(exchange.evaluate(to))) + value.slice(start.length)
    : null;
}

/** A dot in front stays. */
function replaceDomain(exchange: Exchange, from: string, to: string, value: string): string | null {
  const dot = value.startsWith(".") ? "." : "";
  const name = readable(exchange.evaluate(from));
  if (fromBytes(value.slice(dot.length)).toLowerCase() !== name.toLowerCase()) return null;
  return dot + toBytes(readable(exchange.evaluate(to)));
}

/** `proxy_cookie_flags`: the attributes as its first rule for the cookie leaves them; null where nothing changes. */
function changeFlags(exchange: Exchange, name: string, attributes: readonly Attribute[]): Attribute[] | null {
  const rule = rulesAt(exchange.context, "proxy_cookie_flags").find(({ args }) =>
    isRuleFor(exchange, args[0] ?? "", name),
  );
  const flags = new Set(
    (rule?.args.slice(1) ?? [])
      .map((flag) => readable(exchange.evaluate(flag)).toLowerCase())
      .filter((flag) => FLAGS.test(flag)),
  );
  if (flags.size === 0) return null;
  const site = ["strict", "lax", "none"].find((value) => flags.has(`samesite=${value}`));
  const kept = attributes.flatMap((attribute): Attribute[] => {
    const key = attribute.name.toLowerCase();
    if (key === "secure" || key === "httponly") {
      if (flags.delete(key)) return [attribute];
      return flags.has(`no${key}`) ? [] : [attribute];
    }
    if (key !== "samesite") return [attribute];
    if (site === undefined) return flags.has("nosamesite") ? [] : [attribute];
    if (!flags.delete(`samesite=${site}`)) return [attribute];
    return attribute.value?.toLowerCase() === site
      ? [attribute]
      : [{ name: "SameSite", value: capital(site) }];
  });
  if (flags.has("secure")) kept.push({ name: "Secure", value: null });
  if (flags.has("httponly")) kept.push({ name: "HttpOnly", value: null });
  if (site !== undefined && flags.has(`samesite=${site}`))
    kept.push({ name: "SameSite", value: capital(site) });
  return kept;
}

const FLAGS = /^(?:(?:no)?(?:secure|httponly)|nosamesite|samesite=(?:strict|lax|none))$/;

function isRuleFor(exchange: Exchange, pattern: string, name: string): boolean {
  if (!pattern.startsWith("~"))
    return readable(exchange.evaluate(pattern)).toLowerCase() === fromBytes(name).toLowerCase();
  const compiled = compilePcre(pattern.replace(/^~\*?/, ""), { caseless: true });
  return compiled.kind !== "undecidable" && compiled.exec(name) !== null;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
