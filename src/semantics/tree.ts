/**
 * The directives of a configuration as nginx meets them: each at its place, behind the includes that led there.
 *
 * Nothing is copied: a statement is a pair of a syntax node and its context, made when it is first asked for.
 */
import { groupBy } from "../lists/index.ts";
import {
  type Block,
  type ConfigFile,
  type Directive,
  isCut,
  isFilledIn,
  type Reading,
} from "../parser/index.ts";
import type { ContextKind } from "./context-kind.ts";
import { lookupDirective } from "./directives/index.ts";
import { splitSwallowed } from "./missing-semicolon.ts";

/** Why an `include` brings nothing, or not all. */
export interface IncludeProblem {
  readonly kind:
    | "missing"
    | "unreadable"
    | "directory"
    | "cycle"
    | "too-deep"
    | "too-many"
    | "outside-root"
    | "variable";
  /** For people: the path that was looked for, or the way round the cycle. */
  readonly message: string;
  /** Of what is missing: the folder that should hold it, where that is not there either. */
  readonly folder?: string;
}

/** What an `include` directive stands for. */
export interface IncludeTarget {
  /** In the order nginx reads them. */
  readonly files: readonly ConfigFile[];
  readonly problems: readonly IncludeProblem[];
}

/** One tree of files as the loader found it: what the model is made of. */
export interface SourceTree {
  readonly entry: ConfigFile;
  /** `main`: the entry is a whole `nginx.conf`. Otherwise the context that the entry's directives stand in. */
  readonly top: ContextKind;
  /** Every `include` of every file, by its directive. The same file at several places is one object. */
  readonly includes: ReadonlyMap<Directive, IncludeTarget>;
  /** Every file that was read, the entry first. */
  readonly files: readonly ConfigFile[];
  /** Where given, only findings in these files are wanted; the others are read for their meaning. */
  readonly focus?: ReadonlySet<ConfigFile>;
  /** Of templates: which of their branches are written. Without it, all are read as one. */
  readonly reading?: Reading;
  /** Files given to the model only to complete a context are not linted; a fragment knows nothing of its outside. */
  readonly fragment: boolean;
}

/** One link of the way by which a statement's file was reached, innermost first. */
export interface IncludeChain {
  readonly include: Statement;
  readonly outer: IncludeChain | null;
}

/** A directive at its place. */
export class Statement {
  readonly name: string;
  readonly directive: Directive;
  readonly file: ConfigFile;
  readonly context: Context;
  readonly chain: IncludeChain | null;
  #args: readonly string[] | undefined;
  #block: Context | null | undefined;

  constructor(directive: Directive, file: ConfigFile, context: Context, chain: IncludeChain | null) {
    this.name = directive.name.value;
    this.directive = directive;
    this.file = file;
    this.context = context;
    this.chain = chain;
  }

  /** The decoded arguments. */
  get args(): readonly string[] {
    this.#args ??= this.directive.args.map((word) => word.value);
    return this.#args;
  }

  /** The context that its block opens; null for a simple directive and for a block of another language. */
  get block(): Context | null {
    if (this.#block === undefined) {
      const { block } = this.directive;
      this.#block = block?.kind === "block" ? new Context(this, block, this.context.tree) : null;
    }
    return this.#block;
  }

  /** 1-based line of the directive's name. */
  get line(): number {
    return this.file.position(this.directive.start).line;
  }
}

/** The inside of a block, or the top of a tree. */
export class Context {
  readonly kind: ContextKind;
  /** The statement whose block this is; null at the top. */
  readonly opener: Statement | null;
  readonly parent: Context | null;
  /** The top of the tree. */
  readonly root: Context;
  readonly tree: SourceTree;
  readonly #block: Block | null;
  #order: ReadonlyMap<Statement, number> | undefined;
  #statements: readonly Statement[] | undefined;
  #includes: readonly Statement[] = [];
  #byName: Map<string, Statement[]> | undefined;
  #below: readonly Statement[] | undefined;
  #byNameBelow: Map<string, Statement[]> | undefined;
  #incomplete = false;
  #hidden: boolean | undefined;
  #readings: Map<Directive, number> | undefined;

  constructor(opener: Statement | null, block: Block | null, tree: SourceTree) {
    this.opener = opener;
    this.parent = opener?.context ?? null;
    this.root = this.parent?.root ?? this;
    this.tree = tree;
    this.#block = block;
    this.kind = opener === null ? tree.top : kindOfBlock(opener.name, opener.context.kind);
  }

  /** The directives in here in the order nginx reads them, those of included files in place of the `include`. */
  get statements(): readonly Statement[] {
    if (this.#statements === undefined) this.#read();
    return this.#statements ?? [];
  }

  /** Where one of its statements comes in their order; -1 for another's. */
  orderOf(statement: Statement): number {
    this.#order ??= new Map(this.statements.map((each, order) => [each, order]));
    return this.#order.get(statement) ?? -1;
  }

  /** The `include` directives in here, also those in included files. */
  get includes(): readonly Statement[] {
    void this.statements;
    return this.#includes;
  }

  /** An include in here could not be followed: anything may be missing. */
  get incomplete(): boolean {
    void this.statements;
    return this.#incomplete;
  }

  /** The statements of that name in here. */
  all(name: string): readonly Statement[] {
    const statements = this.#statements ?? this.statements;
    if (statements.length > FEW) {
      this.#byName ??= groupBy(statements, nameOf);
      return this.#byName.get(name) ?? NONE;
    }
    // Most contexts are small and most questions are answered with none: a map would cost more than it saves.
    let found: Statement[] | undefined;
    for (const statement of statements) {
      if (statement.name !== name) continue;
      if (found === undefined) found = [statement];
      else found.push(statement);
    }
    return found ?? NONE;
  }

  /** The statements of that name in here and in the blocks below, in reading order. */
  allBelow(name: string): readonly Statement[] {
    this.#byNameBelow ??= groupBy(this.below, nameOf);
    return this.#byNameBelow.get(name) ?? NONE;
  }

  /** The names of all directives in here and in the blocks below. */
  get namesBelow(): Iterable<string> {
    this.#byNameBelow ??= groupBy(this.below, nameOf);
    return this.#byNameBelow.keys();
  }

  /** The last statement of that name in here. */
  last(name: string): Statement | undefined {
    const statements = this.#statements ?? this.statements;
    if (statements.length > FEW) return this.all(name).at(-1);
    for (let at = statements.length - 1; at >= 0; at--)
      if (statements[at]?.name === name) return statements[at];
    return undefined;
  }

  has(name: string): boolean {
    const statements = this.#statements ?? this.statements;
    if (statements.length > FEW) return this.all(name).length > 0;
    for (const statement of statements) if (statement.name === name) return true;
    return false;
  }

  /** Whether a statement in here has one of some names. */
  hasAny(names: readonly string[]): boolean {
    const statements = this.#statements ?? this.statements;
    if (statements.length > FEW) return names.some((name) => this.all(name).length > 0);
    for (const statement of statements) if (names.includes(statement.name)) return true;
    return false;
  }

  /** This context and those around it, innermost first. */
  outward(): readonly Context[] {
    const contexts: Context[] = [];
    for (let context: Context | null = this; context !== null; context = context.parent)
      contexts.push(context);
    return contexts;
  }

  /** Something in here or around could not be read: anything may be in force. */
  get hidden(): boolean {
    this.#hidden ??= this.incomplete || this.parent?.hidden === true;
    return this.#hidden;
  }

  /** How often the tree reads the text of this block: a snippet that three servers include is read three times. */
  get readings(): number {
    return this.opener === null ? 1 : this.root.#countReadings(this.opener.directive);
  }

  #countReadings(directive: Directive): number {
    if (this.#readings === undefined) {
      this.#readings = new Map();
      for (const { directive: each } of this.below) {
        if (each.block !== null) this.#readings.set(each, (this.#readings.get(each) ?? 0) + 1);
      }
    }
    return this.#readings.get(directive) ?? 1;
  }

  /** Every statement in here and in the blocks below, in reading order: one list for all who look at each of them. */
  get below(): readonly Statement[] {
    this.#below ??= readBelow(this);
    return this.#below;
  }

  /** A template writes it somewhere else: it belongs to a macro, and this block does not. */
  #isElsewhere({ start, name }: Directive, file: ConfigFile): boolean {
    const part = file.branches.partAround(start);
    if (part === null) return false;
    const open = this.opener?.file === file ? this.#block?.open : undefined;
    if (open !== undefined) return file.branches.partAround(open) !== part;
    // A file of nothing but macros is read for those of them that fit together.
    if (file.items.some((item) => item.kind === "directive" && file.branches.partAround(item.start) === null))
      return true;
    const facts = lookupDirective(name.value) ?? [];
    return facts.length > 0 && !facts.some(({ contexts }) => contexts.includes(this.kind));
  }

  #read(): void {
    const statements: Statement[] = [];
    const includes: Statement[] = [];
    const { tree } = this;
    const { reading } = tree;
    const read = (items: ConfigFile["items"], file: ConfigFile, chain: IncludeChain | null): void => {
      // Nothing of such a template was read.
      if (items.length === 0 && file.problems.some(({ code }) => code === "unreadable"))
        this.#incomplete = true;
      // What is left of a file that is larger than a run takes may belong here.
      if (
        isCut(file) &&
        (this.#block === null || chain !== this.opener?.chain || this.#block.end >= file.readTo)
      )
        this.#incomplete = true;
      for (const item of items) {
        if (item.kind === "comment") {
          // A template's tag may add what it likes; read as one, branches may remove it as well.
          if (reading === undefined ? item.template : item.writes) this.#incomplete = true;
          continue;
        }
        if (reading !== undefined && file.branches.isLeftOut(item.start, item.end, reading)) continue;
        if (this.#isElsewhere(item, file)) continue;
        let rest: Directive | null = item;
        for (let pieces = 1; rest !== null; pieces++) {
          const parts: readonly [Directive, Directive] | null =
            pieces < MOST_PIECES ? splitSwallowed(rest, file, this.kind) : null;
          const statement = new Statement(parts === null ? rest : parts[0], file, this, chain);
          rest = parts === null ? null : parts[1];
          if (statement.name !== "include") {
            statements.push(statement);
            if (file.template && mayBeAnything(statement)) this.#incomplete = true;
            continue;
          }
          includes.push(statement);
          // Includes are followed as they are written, before anyone asks what they swallowed.
          const { directive } = statement;
          const target = tree.includes.get(directive.name === item.name ? item : directive);
          if (target === undefined || target.problems.length > 0) this.#incomplete = true;
          for (const included of target?.files ?? []) {
            read(included.items, included, { include: statement, outer: chain });
          }
        }
      }
    };
    if (this.#block === null) read(tree.entry.items, tree.entry, null);
    else if (this.opener !== null) read(this.#block.items, this.opener.file, this.opener.chain);
    this.#statements =
      reading !== undefined && this.kind === "server" ? withoutClosing(statements) : statements;
    this.#includes = includes;
  }
}

/** Lines of one directive that lack their `;`: each is cut off a list of words that may be as long as the file. */
const MOST_PIECES = 200;

/**
 * Without the `return` that answers for a whole server under a condition of a template: the server is judged as it is when it
 * is open.
 */
function withoutClosing(statements: readonly Statement[]): readonly Statement[] {
  const locations = statements.filter(({ name }) => name === "location");
  const closes = ({ name, file, directive }: Statement) =>
    name === "return" &&
    file.branches.isConditional(directive.start) &&
    locations.some(
      (location) =>
        location.file !== file || !file.branches.isWithin(location.directive.start, directive.start),
    );
  return statements.some(closes) ? statements.filter((statement) => !closes(statement)) : statements;
}

/** Which directive it is, or what it sets, is filled in. */
function mayBeAnything({ name, args: [first = ""] }: Statement): boolean {
  return isFilledIn(name) || (SETS_BY_NAME.test(name) && isFilledIn(first));
}

/** Lists of which each line sets what its first argument names. */
const SETS_BY_NAME =
  /^(?:add_header|add_trailer|more_set_headers|(?:proxy|grpc)_set_header|\w+_param|\w+_hide_header)$/;

const NONE: readonly Statement[] = [];

function readBelow(context: Context): readonly Statement[] {
  const below: Statement[] = [];
  const pending = context.statements.toReversed();
  for (let statement = pending.pop(); statement !== undefined; statement = pending.pop()) {
    below.push(statement);
    const inside = statement.block?.statements ?? NONE;
    for (let at = inside.length - 1; at >= 0; at--) {
      const next = inside[at];
      if (next !== undefined) pending.push(next);
    }
  }
  return below;
}

/** Up to so many statements are looked through one by one. */
const FEW = 12;

const nameOf = ({ name }: Statement): string => name;

/** Which context the block of `name` opens, standing in `outer`. */
export function kindOfBlock(name: string, outer: ContextKind): ContextKind {
  switch (name) {
    case "http":
    case "events":
    case "stream":
    case "mail":
    case "rtmp":
    case "mgmt":
      return outer === "main" || outer === "unknown" ? name : "unknown";
    case "server":
      if (outer === "stream" || outer === "stream-server") return "stream-server";
      if (outer === "mail" || outer === "mail-server") return "mail-server";
      if (outer === "rtmp") return "rtmp-server";
      return "server";
    case "upstream":
      return outer === "stream" ? "stream-upstream" : "upstream";
    case "location":
    case "types":
    case "map":
    case "geo":
    case "split_clients":
    case "charset_map":
    case "limit_except":
    case "oidc_provider":
    case "otel_exporter":
    case "acme_issuer":
    case "ldap_server":
      return name;
    case "geoip2":
      return "geo";
    case "if":
      return outer === "server" ? "server-if" : "location-if";
    case "match":
      return outer === "stream" ? "stream-match" : "match";
    case "application":
      return outer === "rtmp-server" ? "rtmp-application" : "unknown";
    case "recorder":
      return outer === "rtmp-application" ? "rtmp-recorder" : "unknown";
    default:
      return "unknown";
  }
}
