import type { Configuration } from "./configuration.ts";
import { IMPLICIT_LISTEN, type Listen, readListen } from "./listen.ts";
import { type LocationModifier, readLocation } from "./location.ts";
import { type CompiledPattern, lazyPattern } from "./regex/index.ts";
import { readServerName, type ServerName } from "./server-name.ts";
import type { Context, Statement } from "./tree.ts";

/** A `server` of `http`; or the inside of one, where a fragment holds only that. */
export class Server {
  readonly context: Context;
  /** Only the inside is known: `listen`, `server_name` and other locations may stand elsewhere. */
  readonly partial: boolean;
  /** What it is part of. */
  readonly configuration: Configuration;
  #listens: readonly Listen[] | undefined;
  #names: readonly ServerName[] | undefined;
  #locations: readonly Location[] | undefined;
  #allLocations: readonly Location[] | undefined;
  #named: Map<string, Location> | undefined;
  #byContext: Map<Context, Location> | undefined;

  constructor(context: Context, partial: boolean, configuration: Configuration) {
    this.context = context;
    this.partial = partial;
    this.configuration = configuration;
  }

  /** The addresses it listens on; where it names none, the one that nginx takes. */
  get listens(): readonly Listen[] {
    if (this.#listens === undefined) {
      const written = this.context.all("listen").map(readListen);
      this.#listens = written.length > 0 || this.partial ? written : [IMPLICIT_LISTEN];
    }
    return this.#listens;
  }

  /** Its names; without `server_name` it has the empty one. */
  get names(): readonly ServerName[] {
    if (this.#names === undefined) {
      const written = this.context
        .all("server_name")
        .flatMap((statement) => statement.args.map(readServerName));
      this.#names = written.length > 0 || this.partial ? written : [{ kind: "exact", text: "" }];
    }
    return this.#names;
  }

  /** The locations directly in the server, in file order. */
  get locations(): readonly Location[] {
    this.#locations ??= readLocations(this.context, this, null);
    return this.#locations;
  }

  /** All locations, each before those nested in it. */
  allLocations(): readonly Location[] {
    if (this.#allLocations === undefined) {
      if (this.locations.length === 0) return this.locations;
      const all: Location[] = [];
      const pending = this.locations.toReversed();
      for (let location = pending.pop(); location !== undefined; location = pending.pop()) {
        all.push(location);
        const { children } = location;
        for (let at = children.length - 1; at >= 0; at--) {
          const child = children[at];
          if (child !== undefined) pending.push(child);
        }
      }
      this.#allLocations = all;
    }
    return this.#allLocations;
  }

  /** The named location `name` (with its `@`); of several the first, which nginx takes. */
  named(name: string): Location | undefined {
    if (this.locations.length === 0) return undefined;
    if (this.#named === undefined) {
      this.#named = new Map();
      for (const location of this.locations) {
        if (location.isNamed && !this.#named.has(location.pattern))
          this.#named.set(location.pattern, location);
      }
    }
    return this.#named.get(name);
  }

  /** The innermost location around a context of this server; null directly in the server. */
  locationOf(context: Context): Location | null {
    if (this.locations.length === 0) return null;
    if (this.#byContext === undefined) {
      this.#byContext = new Map();
      for (const location of this.allLocations()) this.#byContext.set(location.context, location);
    }
    for (let around: Context | null = context; around !== null; around = around.parent) {
      const location = this.#byContext.get(around);
      if (location !== undefined) return location;
      if (around === this.context) return null;
    }
    return null;
  }

  /** A name for messages: the first server name, else the address. */
  get title(): string {
    const [name] = this.names;
    if (name !== undefined && name.text !== "" && name.text !== "_") return name.text;
    const [listen] = this.listens;
    return listen === undefined ? "server" : `server on ${listen.statement?.args[0] ?? "*:80"}`;
  }
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
  /** The pattern of a regex location ready to match; compiled when first asked for. */
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

  /** A regex location that ignores case (`~*`). */
  get isCaseless(): boolean {
    return this.modifier === "~*";
  }

  /** Matched literally from the start of the URI: without a modifier, or with `^~`. */
  get isPrefix(): boolean {
    return this.modifier === "" || this.modifier === "^~";
  }

  get isExact(): boolean {
    return this.modifier === "=";
  }

  /** Keeps the regex locations of its own level from being asked (`^~`). */
  get stopsRegexes(): boolean {
    return this.modifier === "^~";
  }

  /**
   * The text that every URI here begins with: the pattern itself, or what a regex location begins with after its `^`; empty
   * where nothing is fixed.
   */
  get literalPrefix(): string {
    if (!this.isRegex) return this.isNamed ? "" : this.pattern;
    return literalStart(this.pattern);
  }

  /** Nested in another one, at any depth. */
  isInside(other: Location): boolean {
    return this.outer !== null && (this.outer === other || this.outer.isInside(other));
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

const NO_LOCATIONS: readonly Location[] = [];

/** The `location` blocks directly in a context, in file order. */
export function readLocations(context: Context, server: Server, outer: Location | null): readonly Location[] {
  const written = context.all("location");
  if (written.length === 0) return NO_LOCATIONS;
  const found: Location[] = [];
  for (const statement of written) {
    if (statement.block !== null) found.push(new Location(statement, statement.block, server, outer));
  }
  return found;
}

/** `/app/` of `^/app/(.*)$`: literal characters up to the first that is none, or that a quantifier makes optional. */
function literalStart(pattern: string): string {
  if (!pattern.startsWith("^")) return "";
  let literal = "";
  for (let at = 1; at < pattern.length; at++) {
    const escaped = pattern[at] === "\\";
    const character = escaped ? pattern[at + 1] : pattern[at];
    // An escaped letter or digit is a class (`\d`); what is bare and no letter, digit, `/`, `-`, `_`, `~`, `%` means something.
    if (character === undefined || (escaped ? /\w/.test(character) : !/[\w/~%:@,-]/.test(character))) break;
    const next = pattern[at + (escaped ? 2 : 1)] ?? "";
    if (/[?*{]/.test(next)) break;
    literal += character;
    if (escaped) at++;
    if (next === "+") break;
  }
  // An alternative at the top level need not begin like the first.
  return hasTopLevelBar(pattern) ? "" : literal;
}

function hasTopLevelBar(pattern: string): boolean {
  let depth = 0;
  let inClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === "\\") at++;
    else if (inClass) inClass = character !== "]";
    else if (character === "[") inClass = true;
    else if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === "|" && depth === 0) return true;
  }
  return false;
}
