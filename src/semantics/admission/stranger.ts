/** What a stranger's request looks like to `if`: somebody from the internet who knows no secret and sends what he likes. */

import { compilePcre, toBytes } from "../regex/index.ts";
import type { Context, Statement } from "../tree.ts";

/** Addresses of documentation networks: in nobody's list of friends. */
export const STRANGERS = { ipv4: "203.0.113.77", ipv6: "2001:db8::77" } as const;

/** What somebody without the secret tries. */
const TRIES: readonly string[] = ["", "x", "1", "Bearer x", "Basic eDp4"];
/** Names that programs give themselves, and pages they claim to come from: anybody can write them. */
const FORGEABLE = /^(http_user_agent|http_referer|http_host|host|http_x_forwarded_for|http_x_real_ip)$/;

export interface GuardingIf {
  /**
   * - `closes`: no stranger passes;
   * - `open`: a stranger passes;
   * - `unknown`: what decides is not in the files.
   */
  readonly verdict: "closes" | "open" | "unknown";
  /** It asks for something that a caller must know: not a mere filter. */
  readonly asksForSecret: boolean;
  /** It asks for what any client can write of itself. */
  readonly isForgeable: boolean;
  readonly byAddress: boolean;
  /** Why a stranger passes, as the end of a sentence. */
  readonly reason: string;
}

/** Judges `if (…) { return 403; }` at a place; null where the block does not refuse. */
export function judgeIf(statement: Statement): GuardingIf | null {
  const condition = readCondition(statement.args);
  const refusal = statement.block?.statements.find(({ name }) => name === "return");
  const status = Number(refusal?.args[0]);
  if (refusal === undefined || !(status >= 400)) return null;
  if (condition === null) {
    return { verdict: "unknown", asksForSecret: false, isForgeable: false, byAddress: false, reason: "" };
  }
  const { variable, operator, value } = condition;
  const asksForSecret = /^(http_(?!user_agent|referer|host|accept)|arg_|cookie_)/.test(variable);
  const isForgeable = FORGEABLE.test(variable);
  const byAddress = /remote_addr/.test(variable);
  const left = valuesOf(variable, statement);
  const wanted = comparedWith(value, statement);
  const judged = (verdict: GuardingIf["verdict"], reason = ""): GuardingIf => ({
    verdict,
    asksForSecret,
    isForgeable,
    byAddress,
    reason,
  });
  if (left === null || wanted === null) return judged("unknown");
  if (isForgeable) return judged("open", `anybody can send the \`$${variable}\` that this \`if\` asks for`);
  if ("problem" in wanted) return judged("open", wanted.problem);
  const holds = left.map((text) => evaluate(operator, text, wanted.literal));
  if (holds.includes(null)) return judged("unknown");
  if (holds.every((held) => held === true)) return judged("closes");
  return judged("open", reasonOf(operator, variable, wanted.literal));
}

function reasonOf(operator: string, variable: string, value: string): string {
  if (value === "" && operator === "=")
    return `this \`if\` only asks that \`$${variable}\` is not empty: any value passes`;
  if (value === "" && operator === "!=")
    return `this \`if\` refuses those who send \`$${variable}\` and lets in those who send none`;
  return `a request can pass this \`if\` without a secret`;
}

interface Condition {
  readonly variable: string;
  readonly operator: string;
  readonly value: string;
}

/** `($a != "b")`; null where it is no test of one variable. */
function readCondition(args: readonly string[]): Condition | null {
  const words = [...args];
  const first = words[0] ?? "";
  if (!first.startsWith("(")) return null;
  if (first === "(") words.shift();
  else words[0] = first.slice(1);
  const last = words.at(-1) ?? "";
  if (!last.endsWith(")")) return null;
  if (last === ")") words.pop();
  else words[words.length - 1] = last.slice(0, -1);
  const [variable = "", operator = "", value = ""] = words;
  if (!variable.startsWith("$") || words.length > 3 || words.length === 0) return null;
  return { variable: variable.slice(1).replace(/^\{|\}$/g, ""), operator, value };
}

function evaluate(operator: string, text: string, value: string): boolean | null {
  switch (operator) {
    case "":
      return text !== "" && text !== "0";
    case "=":
      return text === value;
    case "!=":
      return text !== value;
    case "~":
    case "~*":
    case "!~":
    case "!~*": {
      const compiled = compilePcre(value, { caseless: operator.endsWith("*") });
      if (compiled.kind !== "exact") return null;
      return compiled.test(toBytes(text)) !== operator.startsWith("!");
    }
    default:
      return null;
  }
}

/** The values that a variable can have for a stranger; null: not known. */
function valuesOf(variable: string, at: Statement): readonly string[] | null {
  const name = variable.toLowerCase();
  if (/^(http|arg|cookie)_/.test(name)) return TRIES;
  switch (name) {
    case "remote_addr":
    case "realip_remote_addr":
      return [STRANGERS.ipv4, STRANGERS.ipv6];
    case "request_method":
      return ["GET"];
    case "ssl_client_verify":
      return ["NONE"];
    case "invalid_referer":
      return ["", "1"];
    case "ssl_client_s_dn":
    case "ssl_client_fingerprint":
    case "ssl_client_serial":
    case "remote_user":
      return [""];
    case "host":
    case "http_host":
      return TRIES;
    default:
      return definedValues(variable, at);
  }
}

/** What is on the right: a text, something that gives no protection, or unknown (null). */
function comparedWith(
  text: string,
  at: Statement,
): { readonly literal: string } | { readonly problem: string } | null {
  let literal = text;
  for (const [written, name = ""] of text.matchAll(/\$\{?(\w+)\}?/g)) {
    if (/^(http|arg|cookie)_/.test(name))
      return { problem: "both sides of this comparison come from the client" };
    const [only, ...more] = definedValues(name, at) ?? [];
    if (only === undefined || more.length > 0) return null;
    if (only === "" && text !== "") {
      return { problem: `\`$${name}\` is empty here, so the \`if\` compares with nothing secret` };
    }
    literal = literal.replace(written, only);
  }
  return { literal };
}

/** The values that `set` and `geo` give. */
function definedValues(name: string, at: Statement): readonly string[] | null {
  const written = `$${name}`;
  const contexts = [...at.context.outward()];
  for (const context of contexts) {
    if (context.kind === "http" || context.kind === "main") continue;
    for (const { args } of context.all("set")) {
      if (args[0] !== written) continue;
      return args[1]?.includes("$") ? null : [args[1] ?? ""];
    }
    if (context.incomplete) return null;
  }
  const http = contexts.find(({ kind }) => kind === "http");
  if (http === undefined) return null;
  for (const geo of http.all("geo")) {
    if (geo.args.at(-1) === written) return geo.args.length === 1 ? geoValues(geo.block) : null;
  }
  const map = http.all("map").find(({ args }) => args[1] === written);
  if (map !== undefined) return mapValues(map, at);
  if (http.incomplete || http.all("split_clients").some(({ args }) => args[1] === written)) return null;
  return isSetElsewhere(http, written) ? [""] : null;
}

/** What a `geo` block says of those that no entry of it names. */
function geoValues(block: Context | null): readonly string[] | null {
  if (block === null || block.incomplete) return null;
  if (block.statements.some(({ name }) => /^(proxy|ranges|delete|proxy_recursive)$/.test(name))) return null;
  const rest = block.statements.filter(({ name }) => /^(default|0\.0\.0\.0\/0|::\/0)$/.test(name));
  return rest.length === 0 ? [""] : rest.map(({ args }) => args[0] ?? "");
}

/** What a `map` makes of the values that its source can have for a stranger. */
function mapValues(map: Statement, at: Statement): readonly string[] | null {
  const source = /^\$(\w+)$/.exec(map.args[0] ?? "")?.[1];
  const entries = map.block;
  if (source === undefined || entries === null || entries.incomplete || entries.has("hostnames")) return null;
  if (entries.statements.some(({ args }) => args[0]?.includes("$"))) return null;
  const values = new Set<string>();
  for (const text of valuesOf(source, at) ?? [null]) {
    const value = text === null ? null : lookUp(entries, text);
    if (value === null) return null;
    values.add(value);
  }
  return [...values];
}

/** Strings first, whatever their place; then patterns in file order; then `default`. */
function lookUp(entries: Context, text: string): string | null {
  const plain = entries.statements.find(
    ({ name }) => name !== "default" && name.toLowerCase() === text.toLowerCase(),
  );
  if (plain !== undefined) return plain.args[0] ?? "";
  for (const { name, args } of entries.statements) {
    if (!name.startsWith("~")) continue;
    const caseless = name.startsWith("~*");
    const compiled = compilePcre(name.slice(caseless ? 2 : 1), { caseless });
    if (compiled.kind !== "exact") return null;
    if (compiled.test(toBytes(text))) return args[0] ?? "";
  }
  return entries.last("default")?.args[0] ?? "";
}

/** `set` in another place makes the variable known to nginx, and leaves it empty here. */
function isSetElsewhere(http: Context, written: string): boolean {
  let variables = setVariables.get(http);
  if (variables === undefined) {
    variables = new Set();
    for (const { args } of http.allBelow("set")) variables.add(args[0]);
    setVariables.set(http, variables);
  }
  return variables.has(written);
}

const setVariables = new WeakMap<Context, Set<string | undefined>>();
