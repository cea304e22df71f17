import { type CompiledPattern, lazyPattern } from "./regex/index.ts";
import type { Server } from "./server.ts";
import type { Context, Statement } from "./tree.ts";

export type LocationModifier = "" | "=" | "^~" | "~" | "~*" | "@";

/** `location` as `ngx_http_core_location` reads it: `location = /x`, but also `location =/x`. */
export function readLocation(args: readonly string[]): { modifier: LocationModifier; pattern: string } {
  const [first = "", second] = args;
  if (second !== undefined) {
    return isModifier(first) ? { modifier: first, pattern: second } : { modifier: "", pattern: second };
  }
  if (first.startsWith("=")) return { modifier: "=", pattern: first.slice(1) };
  if (first.startsWith("^~")) return { modifier: "^~", pattern: first.slice(2) };
  if (first.startsWith("~*")) return { modifier: "~*", pattern: first.slice(2) };
  if (first.startsWith("~")) return { modifier: "~", pattern: first.slice(1) };
  // A named location keeps its `@`, as try_files and error_page write it.
  if (first.startsWith("@")) return { modifier: "@", pattern: first };
  return { modifier: "", pattern: first };
}

function isModifier(text: string): text is LocationModifier {
  return text === "=" || text === "^~" || text === "~" || text === "~*";
}

/** A `location` block of a server, with the locations nested in it. */
export class Location {
  readonly statement: Statement;
  readonly context: Context;
  readonly server: Server;
  /** The location around it; null directly in the server. */
  readonly outer: Location | null;
  readonly modifier: LocationModifier;
  readonly pattern: string;
  /** The pattern of a regular location ready to match; compiled when first asked for. */
  readonly compiled: () => CompiledPattern;
  #children: readonly Location[] | undefined;

  constructor(statement: Statement, context: Context, server: Server, outer: Location | null) {
    this.statement = statement;
    this.context = context;
    this.server = server;
    this.outer = outer;
    const { modifier, pattern } = readLocation(statement.args);
    this.modifier = modifier;
    this.pattern = pattern;
    this.compiled = lazyPattern(pattern, modifier === "~*");
  }

  /** The locations directly in this one, in file order. */
  get children(): readonly Location[] {
    this.#children ??= readLocations(this.context, this.server, this);
    return this.#children;
  }

  get isRegex(): boolean {
    return this.modifier === "~" || this.modifier === "~*";
  }

  get isNamed(): boolean {
    return this.modifier === "@";
  }

  /** As a person writes it: `location ~* \.css$`. */
  get title(): string {
    return this.isNamed || this.modifier === ""
      ? `location ${this.pattern}`
      : `location ${this.modifier} ${this.pattern}`;
  }
}

/** The `location` blocks directly in a context, in file order. */
export function readLocations(context: Context, server: Server, outer: Location | null): readonly Location[] {
  const found: Location[] = [];
  for (const statement of context.all("location")) {
    if (statement.block !== null) found.push(new Location(statement, statement.block, server, outer));
  }
  return found;
}

/** The directives that hand a request to an upstream. */
export const PASS_DIRECTIVES = [
  "proxy_pass",
  "fastcgi_pass",
  "uwsgi_pass",
  "scgi_pass",
  "grpc_pass",
  "memcached_pass",
] as const;

/** Some `*_pass` stands directly in the context. */
export function passesToUpstream(context: Context): boolean {
  return PASS_DIRECTIVES.some((name) => context.has(name));
}
