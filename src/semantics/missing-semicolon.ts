/**
 * A line without its `;` swallows the next one: to nginx `listen 80⏎ server_name x;` is one `listen` with a parameter
 * that it does not know. Where nginx refuses the whole and a directive starts a line in it, a person meant two.
 */
import type { ConfigFile, Directive, Word } from "../parser/index.ts";
import type { ContextKind } from "./context-kind.ts";
import { acceptsCount, type DirectiveFacts, directiveIn, patternAt } from "./directives/index.ts";
import { argumentProblem } from "./values/index.ts";

/** The directives that were meant, in their order; null where the text is what it seems, or nginx takes it so. */
export function splitSwallowed(
  directive: Directive,
  { text }: ConfigFile,
  context: ContextKind,
): readonly [Directive, Directive] | null {
  const { name, args, block } = directive;
  const last = args.at(-1);
  if (last === undefined) return null;
  if (last === args[0] && last.start === name.end + 1 && text[name.end] === " ") return null;
  if (!text.slice(name.end, last.start).includes("\n")) return null;
  let before = name;
  let refused: boolean | undefined;
  const isEntry = ENTRIES.has(context);
  const facts = directiveIn(name.value, context);
  /** So many arguments were found readable; looked at once, since there may be a hundred thousand. */
  let readable = 0;
  for (let index = 0; index < args.length; index++) {
    const word = args[index];
    if (word === undefined) break;
    const gap = before.end;
    before = word;
    if (word.start === gap + 1 && text[gap] !== "\n") continue;
    if (word.quote !== "none" || !text.slice(gap, word.start).includes("\n")) continue;
    const mayStart = isEntry
      ? index === 1 && args.length === 3
      : !PARAMETERS.get(name.value)?.includes(word.value) && mayStartWith(word, context, block !== null);
    if (!mayStart) continue;
    refused ??= isEntry || refuses(directive, context);
    if (!refused) return null;
    if (isEntry) return cut(directive, index);
    if (name.value === "include") {
      if (index === 1) return cut(directive, index);
      continue;
    }
    // The words before the line break are to be a directive that lacks nothing but its `;`.
    if (facts === undefined) return null;
    if (!acceptsCount(facts.arity, index)) continue;
    while (readable < index) {
      if (!isReadable(args[readable], readable, facts)) return null;
      readable++;
    }
    return cut(directive, index);
  }
  return null;
}

/** Blocks of pairs. `types` is none of them: its entries may be as long as they like. */
const ENTRIES: ReadonlySet<ContextKind> = new Set(["map", "geo", "split_clients"]);

function mayStartWith({ value }: Word, context: ContextKind, hasBlock: boolean): boolean {
  if (value === "include") return !hasBlock;
  const facts = directiveIn(value, context);
  return facts !== undefined && (facts.block !== "none") === hasBlock;
}

/** nginx is known not to start with this directive as it is written. */
function refuses({ name, args, block }: Directive, context: ContextKind): boolean {
  if (name.value === "include") return args.length !== 1;
  const facts = directiveIn(name.value, context);
  if (!facts?.exact || facts.block !== "none") return false;
  if (block !== null || !acceptsCount(facts.arity, args.length)) return true;
  return facts.values === null
    ? PARAMETERS.has(facts.name)
    : !args.every((word, index) => isReadable(word, index, facts));
}

function isReadable(word: Word | undefined, index: number, { values }: DirectiveFacts): boolean {
  const pattern = values === null ? undefined : patternAt(values, index);
  return pattern === undefined || word === undefined || argumentProblem(pattern, word.value) === null;
}

const NONE: readonly string[] = [];

/**
 * Directives with rules of their own for their arguments, and the words among those that are names of directives, too:
 * `listen 443⏎ ssl;` is one directive.
 */
const PARAMETERS: ReadonlyMap<string, readonly string[]> = new Map([
  ["access_log", ["gzip"]],
  ["error_log", NONE],
  ["error_page", NONE],
  ["fastcgi_cache_path", NONE],
  ["fastcgi_cache_valid", NONE],
  ["limit_conn_zone", NONE],
  ["limit_req", NONE],
  ["limit_req_zone", NONE],
  ["listen", ["ssl", "http2", "http3", "proxy_protocol"]],
  ["open_file_cache", NONE],
  ["open_log_file_cache", NONE],
  ["proxy_cache_path", NONE],
  ["proxy_cache_valid", NONE],
  ["resolver", NONE],
  ["scgi_cache_path", NONE],
  ["scgi_cache_valid", NONE],
  ["server", NONE],
  ["ssl_session_cache", NONE],
  ["thread_pool", NONE],
  ["uwsgi_cache_path", NONE],
  ["uwsgi_cache_valid", NONE],
  ["worker_cpu_affinity", NONE],
]);

function cut(directive: Directive, index: number): readonly [Directive, Directive] | null {
  const { args, comments, block, start, end, terminated } = directive;
  const name = args[index];
  if (name === undefined) return null;
  const first: Directive = {
    kind: "directive",
    name: directive.name,
    args: args.slice(0, index),
    comments: comments.filter((comment) => comment.start < name.start),
    block: null,
    start,
    end: (args[index - 1] ?? directive.name).end,
    terminated: false,
  };
  const second: Directive = {
    kind: "directive",
    name,
    args: args.slice(index + 1),
    comments: comments.filter((comment) => comment.start > name.start),
    block,
    start: name.start,
    end,
    terminated,
  };
  return [first, second];
}
