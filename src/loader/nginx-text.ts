import { type ConfigFile, type Directive, parse } from "../parser/index.ts";
import { acceptsCount, isDump, lookupDirective } from "../semantics/index.ts";
import { withoutComments } from "./without-comments.ts";

/** Characters of a text that are looked at. */
export const LOOKED_AT = 200_000;

/**
 * Whether a text that was found by its name is meant for nginx. Many programs read files that end in `.conf`, and none
 * of them shall be reported as a broken nginx configuration; one that is meant for nginx and broken shall.
 */
export function looksLikeNginx(text: string): boolean {
  const start = text.slice(0, LOOKED_AT);
  if (isOthers(start)) return false;
  return speaksNginx(start) || speaksNginx(withoutComments(text, LOOKED_AT));
}

function speaksNginx(text: string): boolean {
  return BLOCK.test(text) || DIRECTIVE.test(text);
}

/** It begins like XML or a file of sections. */
function isOthers(text: string): boolean {
  return /^\s*(?:<[?!A-Za-z]|\[[\w .:-]+\]\s*$)/.test(firstWords(text));
}

/**
 * Whether a text can be one of nginx's, though none of its lines is nginx's alone: all that stands outside of blocks is known to nginx, and
 * written as nginx wants it.
 */
export function couldBeNginx(text: string): boolean {
  if (isOthers(text.slice(0, LOOKED_AT))) return false;
  const said = withoutComments(text, LOOKED_AT);
  if (!beginsWithDirective(said)) return false;
  const { items, problems } = parse(said, "");
  const isWhole = said.length < LOOKED_AT;
  if (isWhole && problems.length > 0) return false;
  const directives = items.filter((item) => item.kind === "directive");
  if (!isWhole) directives.pop();
  return directives.every(isKnown) && directives.some(({ name }) => !COMMON.test(name.value));
}

/** Whether a text has a word of nginx's where its first directive would be: the others are worth a look. */
export function beginsLikeNginx(text: string): boolean {
  if (isOthers(text.slice(0, LOOKED_AT))) return false;
  return beginsWithDirective(withoutComments(text, LOOKED_AT));
}

function beginsWithDirective(said: string): boolean {
  return lookupDirective(/^\s*([^\s;{]*)/.exec(said)?.[1] ?? "") !== undefined;
}

/** Whether most of what stands outside of blocks is known to nginx, whatever is wrong with the rest. */
export function isMostlyNginx({ items }: ConfigFile): boolean {
  const directives = items.filter((item) => item.kind === "directive");
  return directives.length > 0 && directives.filter(isKnown).length * 2 >= directives.length;
}

/** Whether a file that is called like one that comes with nginx has nothing else in it, or is another program's of that name. */
export function isAsShipped(text: string, shipped: string): boolean {
  if (!looksLikeNginx(text) && !couldBeNginx(text)) return true;
  if (text.length > LOOKED_AT) return false;
  const { items, problems } = parse(text, "");
  const names = new Set(["charset_map", ...namesOf(parse(shipped, ""))]);
  return problems.length === 0 && namesOf({ items }).every((name) => names.has(name));
}

function namesOf({ items }: Pick<ConfigFile, "items">): string[] {
  return items.flatMap((item) => (item.kind === "directive" ? [item.name.value] : []));
}

/** Words that other programs have for the same, and write in the same way. */
const COMMON = /^(?:include|allow|deny)$/;

function isKnown({ name, args, block }: Directive): boolean {
  const facts = lookupDirective(name.value) ?? [];
  return facts.some((each) => {
    return (each.block !== "none") === (block !== null) && acceptsCount(each.arity, args.length);
  });
}

/** Whether comments and nothing else are in a text. */
export function isAllComment(text: string): boolean {
  return text.includes("#") && withoutComments(text, LOOKED_AT).trim() === "";
}

/** Whether a file is meant for nginx beyond doubt: what names it has no say in that. */
export function readsAsConfiguration(file: ConfigFile): boolean {
  if (looksLikeNginx(file.text)) return true;
  if (file.problems.length > 0) return false;
  return file.items.every(
    (item) => item.kind === "comment" || lookupDirective(item.name.value) !== undefined,
  );
}

/** How nginx and its relatives begin what they say, on the terminal and in the log. */
const SAID = /^\s*(?:(?:nginx|angie|openresty|freenginx|tengine): |\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[)/;
const REFUSED = /^.*\[(?:emerg|crit|alert)\].*$|^\w+: .*(?:test failed|invalid option).*$/m;

/** What nginx said where it should have printed a configuration: the first line that tells why; null otherwise. */
export function errorOfNginx(text: string): string | null {
  if (!SAID.test(text) || isDump(text)) return null;
  const error = REFUSED.exec(text);
  if (error !== null) return `what nginx says of a broken one: ${error[0].trim()}`;
  const isAll = text.split("\n").every((line) => line.trim() === "" || SAID.test(line));
  return isAll ? "what nginx says of one: `nginx -T` prints the configuration, and `-t` does not" : null;
}

/** What nginx refused before it printed a dump: of another configuration, since it prints none that is broken. */
export function errorBeforeDump(text: string): string | null {
  const [said = ""] = /^(?:(?!# configuration file ).*\n)*/.exec(text) ?? [];
  return /^.*\[emerg\].*$|^\w+: .*test failed.*$/m.exec(said)?.[0].trim() ?? null;
}

/**
 * The first line of what a shell, sudo, ssh or docker says in nginx's place; null where it may be meant for nginx, so that a forgotten
 * `;` is told.
 */
export function messageOfOthers(text: string): string | null {
  if (/[;{}]/.test(text)) return null;
  const line = text.trim().split(/\r?\n/)[0] ?? "";
  return lookupDirective(/^\S*/.exec(line)?.[0] ?? "") === undefined ? line : null;
}

/** The first line that is no comment. */
function firstWords(text: string): string {
  return /^(?:[ \t]*(?:[;#][^\n]*)?\r?\n)*([^\n]*)/.exec(text)?.[1] ?? "";
}

// All repetitions have an end, so that a hostile file takes no more than linear time.

/** Blocks that only nginx has in this form. */
const BLOCK =
  /(?:^|[;{}])[ \t]*(?:(?:server|http|events|stream|mail|types)|upstream\s+[\w.${}-]+|location\s+(?:[=~^*@]{1,2}\s*)?[^\s{;]\S*|(?:map|geo|split_clients)\s+["$][^{;]{1,300}|limit_except\s[^{;]{1,300}|if\s*\([^{;]{1,300}\))\s*\{/m;

/** Lines that only nginx has in this form, with their semicolon. */
const DIRECTIVE =
  /(?:^|[;{}])[ \t]*(?:include\s+[\w./*-]+|server_name|proxy_[a-z_]+|fastcgi_[a-z_]+|uwsgi_[a-z_]+|scgi_[a-z_]+|grpc_[a-z_]+|ssl_[a-z_]+|add_header|try_files|gzip(?:_[a-z_]+)?|brotli(?:_[a-z_]+)?|client_[a-z_]+|limit_(?:req|conn|rate)[a-z_]*|error_page|auth_(?:basic|request)[a-z_]*|worker_[a-z_]+|load_module|set_real_ip_from|real_ip_[a-z_]+|open_file_cache[a-z_]*|log_format|more_set_headers|keepalive_(?:timeout|requests)|server_tokens|sendfile|tcp_nopush|tcp_nodelay|charset|expires|listen\s+[\d[*u$]|return\s+\d|rewrite\s+\S+\s|set\s+\$|root\s+[/$"]|alias\s+[/$"]|resolver\s+[\d[$]|(?:allow|deny)\s+(?:all\b|unix:|\d|[\da-f]*:)|access_log\s)[^;{}]{0,2000};/m;
