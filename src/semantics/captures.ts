/**
 * Which groups `$1` to `$9` mean: those of the pattern that nginx ran last, whatever it was run for, and whether it matched or
 * not (`r->captures`, `r->ncaptures` of `ngx_http_regex_exec` and `ngx_http_script_regex_start_code`). Only the location search
 * and a `map` keep them when a pattern does not match.
 */
import { askedOnce, greatest } from "../lists/index.ts";
import type { ConfigFile } from "../parser/index.ts";
import { handlerOf } from "./content.ts";
import { effective } from "./effective.ts";
import type { Model, VirtualServer } from "./model.ts";
import { groupsOf } from "./regex/index.ts";
import { readCondition } from "./request/index.ts";
import { readScript } from "./request/script.ts";
import type { Location } from "./server.ts";
import type { Context, Statement } from "./tree.ts";

/** A `$1` that is not, or no longer, what its author can have meant. */
export interface LostCapture {
  /** Where it is used. */
  readonly at: Statement;
  readonly capture: number;
  /** The pattern that has such a group; null where none has. */
  readonly meant: Statement | null;
  /** The pattern that was run last; of a `map`, its statement. */
  readonly by: Statement;
  /** False: only where a pattern of the map matches. */
  readonly always: boolean;
}

/** The captures that are lost in the locations of the servers, in reading order of their use; each use once. */
export function lostCaptures(model: Model): readonly LostCapture[] {
  const { configuration } = model;
  const hasPatterns = ["rewrite", "if", "location", "server_name"].some((name) =>
    configuration.all(name).some(({ args }) => args.some((word) => word.includes("("))),
  );
  const files = new Set(hasPatterns ? configuration.tree.files.filter(holdsCapture) : []);
  const uses =
    files.size === 0
      ? []
      : configuration.statements.filter((each) => files.has(each.file) && usesCapture(each));
  if (uses.length === 0) return [];
  const found = new Map<Statement, LostCapture>();
  const maps = patternMaps(model);
  const own = new Set<Context>();
  const around = new Set<Context>();
  for (const { context } of uses) {
    own.add(context);
    for (let each: Context | null = context; each !== null && !around.has(each); each = each.parent)
      around.add(each);
  }
  for (const server of model.servers) {
    // Nothing in it, nor around it, asks for a capture.
    if (!around.has(server.context) && !server.context.outward().some((each) => own.has(each))) continue;
    new Search(server, maps, found).run();
  }
  return [...found.values()];
}

const CAPTURE = /\$[1-9]/;

const holdsCapture = askedOnce(({ text }: ConfigFile) => CAPTURE.test(text));

function usesCapture({ name, args, context }: Statement): boolean {
  return name !== "log_format" && context.kind !== "map" && args.some((word) => CAPTURE.test(word));
}

/** The maps with patterns, by the name of their variable. */
function patternMaps({ configuration }: Model): ReadonlyMap<string, Statement> {
  const found = new Map<string, Statement>();
  for (const statement of configuration.all("map")) {
    const name = statement.args[1]?.replace(/^\$/, "").toLowerCase();
    if (name !== undefined && statement.block?.statements.some((entry) => entry.name.startsWith("~")))
      found.set(name, statement);
  }
  return found;
}

interface Run {
  readonly statement: Statement;
  /** How many groups are left of it; nine and more are the same. */
  readonly groups: number;
  /** The last one before it that has more of them. */
  readonly larger: Run | null;
}

/** What `$1` means at a point of a request's life. */
interface State {
  /** The pattern that was run last; null for none. */
  readonly last: Run | null;
  /** Which one was the last is not known. */
  readonly isOpen: boolean;
  /** A map with patterns that was evaluated since. */
  readonly map: Statement | null;
  /** Whoever gets here has had the last of them run; another location may lead to a prefix with captures of its own. */
  readonly isCertain: boolean;
}

/** Directives whose arguments are no values, or that are read in a way of their own. */
const NO_VALUES: ReadonlySet<string> = new Set([
  "location",
  "if",
  "rewrite",
  "set",
  "return",
  "break",
  "map",
  "server_name",
]);

class Search {
  readonly #server: VirtualServer;
  readonly #maps: ReadonlyMap<string, Statement>;
  readonly #found: Map<Statement, LostCapture>;
  #outer: readonly Statement[] = [];

  constructor(
    server: VirtualServer,
    maps: ReadonlyMap<string, Statement>,
    found: Map<Statement, LostCapture>,
  ) {
    this.#server = server;
    this.#maps = maps;
    this.#found = found;
  }

  run(): void {
    const { server } = this.#server;
    const [named] = this.#server.context.all("server_name").filter(({ args }) => args.some(isPattern));
    const groups = greatest([
      0,
      ...(named?.args ?? []).filter(isPattern).map((text) => groupsIn(text.slice(1))),
    ]);
    const start: State = {
      last: named === undefined ? null : { statement: named, groups, larger: null },
      isOpen: false,
      map: null,
      isCertain: false,
    };
    const state = this.#script(server.context, start);
    this.#outer = server.context.statements.filter(
      (statement) => !NO_VALUES.has(statement.name) && usesCapture(statement),
    );
    for (const location of server.locations) this.#location(location, state);
  }

  #location(location: Location, before: State): void {
    // Who leads there may have run any pattern.
    if (location.isNamed) return;
    const at: State = location.isRegex
      ? ran(before, location.statement, groupsIn(location.pattern))
      : { ...before, isCertain: false };
    const after = this.#script(location.context, at);
    for (const statement of location.context.statements) {
      if (!NO_VALUES.has(statement.name) && statement.block === null)
        this.#use(statement, statement.args, after);
    }
    for (const statement of this.#outer) {
      const isInForce = effective(location.context, statement.name).statements.includes(statement);
      if (isInForce && (statement.name !== "root" || asksForRoot(location.context)))
        this.#use(statement, statement.args, after);
    }
    for (const child of location.children) this.#location(child, at);
  }

  /** Runs the directives of the rewrite module. */
  #script(context: Context, before: State): State {
    let state = before;
    for (const statement of context.statements) {
      switch (statement.name) {
        case "set":
          state = this.#use(statement, statement.args.slice(1), state);
          break;
        case "if":
          state = this.#if(statement, state);
          break;
        case "rewrite":
          state = this.#rewrite(statement, state);
          break;
        case "return":
          return this.#use(statement, statement.args, state);
        case "break":
          return state;
      }
    }
    return state;
  }

  #if(statement: Statement, before: State): State {
    const condition = readCondition(statement.args);
    if (condition.kind === "unreadable") return UNKNOWN;
    const text =
      condition.kind === "equal" ? condition.text : condition.kind === "file" ? condition.path : "";
    const value = condition.kind === "file" ? "" : condition.value;
    let state = this.#use(statement, [value, text], before);
    if (condition.kind === "match") state = ran(state, statement, groupsIn(condition.pattern));
    const { block } = statement;
    if (block === null) return state;
    const inside = this.#script(block, state);
    for (const inner of block.statements) {
      if (!NO_VALUES.has(inner.name) && inner.block === null) this.#use(inner, inner.args, inside);
    }
    const isSame = inside.last === state.last && inside.isOpen === state.isOpen;
    if (isSame || endsRewriting(block)) return state;
    return UNKNOWN;
  }

  #rewrite(statement: Statement, before: State): State {
    const [pattern = "", target = "", flag] = statement.args;
    const matched = ran(before, statement, groupsIn(pattern));
    this.#use(statement, [target], matched);
    // What stands behind it is run where it did not match; the content of a `break` where it did.
    const goesOn = flag === undefined || flag === "break";
    return goesOn ? matched : ran(before, statement, 0);
  }

  /** Looks at the captures in texts that are put together one after the other; what is left of them then. */
  #use(statement: Statement, texts: readonly string[], before: State): State {
    let state = before;
    for (const text of texts) {
      if (!text.includes("$")) continue;
      const parts = readScript(text);
      // The parts are measured before the first is written: a map behind a capture counts, too.
      for (const part of parts) {
        const map = part.kind === "variable" ? this.#maps.get(part.name) : undefined;
        if (map !== undefined) state = { ...state, map: state.map ?? map };
      }
      for (const part of parts) if (part.kind === "capture") this.#judge(statement, part.index, state);
    }
    return state;
  }

  #judge(at: Statement, capture: number, { last, map, isCertain }: State): void {
    if (last === null || this.#found.has(at)) return;
    const hasGroup = last.groups >= capture;
    const meant = withGroup(last, capture);
    if (meant === null && !isCertain) return;
    const by = hasGroup ? map : last.statement;
    if (by !== null)
      this.#found.set(at, { at, capture, meant: meant?.statement ?? null, by, always: !hasGroup });
  }
}

/** Files are looked for below `root`, here or by whom the path is handed to. */
function asksForRoot(context: Context): boolean {
  if (handlerOf(context).kind === "static") return true;
  return ["fastcgi_param", "uwsgi_param", "scgi_param", "proxy_set_header"].some((name) =>
    effective(context, name).statements.some(({ args }) =>
      /\$\{?(document_root|realpath_root|request_filename)\b/.test(args[1] ?? ""),
    ),
  );
}

const UNKNOWN: State = { last: null, isOpen: true, map: null, isCertain: false };

const MOST_GROUPS = 9;

function ran({ last }: State, statement: Statement, count: number): State {
  const groups = Math.min(count, MOST_GROUPS);
  const larger = withGroup(last, groups + 1);
  return { last: { statement, groups, larger }, isOpen: false, map: null, isCertain: true };
}

/** The last pattern that has such a group; null where none has it. */
function withGroup(last: Run | null, capture: number): Run | null {
  let run = last;
  while (run !== null && run.groups < capture) run = run.larger;
  return run;
}

/** Whoever comes into the block does not come out of it. */
function endsRewriting(block: Context): boolean {
  return block.statements.some(
    ({ name, args }) =>
      name === "return" ||
      (name === "rewrite" && args[2] !== undefined && /^\^?(\.\*|\/)?\$?$/.test(args[0] ?? "")),
  );
}

function isPattern(text: string): boolean {
  return text.startsWith("~");
}

function groupsIn(pattern: string): number {
  // Of what cannot be read any group may be there.
  return groupsOf(pattern)?.count ?? 9;
}
