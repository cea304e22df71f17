/** Runs rules over one tree: all of them, or those that may say something else than in the last run over it. */
import type { ConfigFile, TextChange } from "../parser/index.ts";

import {
  type Assumptions,
  contextFor,
  type Report,
  type Rule,
  type RuleContext,
  type ServerRuleContext,
} from "../rules/index.ts";
import {
  Account,
  type Budget,
  Configuration,
  factsOf,
  filesIn,
  type GivenUp,
  type SourceTree,
  shorten,
  textOutside,
  type Version,
} from "../semantics/index.ts";
import { bounded, LONGEST_TEXT } from "./bounded.ts";
import { affordable, mayMatter, type Policy, planRuns, type Repeats, type RuleRun } from "./fate.ts";
import { movedReports, movedSpot, type PlainReport, plainReport, type Spot, spotOf } from "./plain-report.ts";
import { Causes, type Shelf } from "./shelf.ts";
import { keyOf } from "./to-finding.ts";
import { changesBetween, type TreeChanges } from "./tree-changes.ts";

type Reports = readonly PlainReport[];

/** What rules said about one tree. */
export interface TreeRun {
  readonly tree: SourceTree;
  /** For each planned run what it reported: of a rule about servers server by server, else all at once. */
  readonly told: readonly (readonly Reports[])[];
  /** Nothing is missing that a rule could wait for. */
  readonly isWhole: boolean;
  /** Rules that did not finish, and why. */
  readonly failures: ReadonlyMap<Rule, string>;
  /** Rules that gave up a question for its size, with the first one. */
  readonly undecided: readonly PlainReport[];
  readonly servers: number;
  /** Servers that rules about servers did not look at, since there are too many. */
  readonly unseenServers: number;
  /** Runs for which settings ask, and that were left out: there are too many. */
  readonly leftOut: readonly RuleRun[];
  /** Some reports or runs were left out. */
  readonly isCut: boolean;
  /** Null where no next run will ask. */
  readonly seen: Seen | null;
}

/** What the reports about servers were made of. */
interface Seen {
  /** All that is written outside of servers. */
  readonly outside: string;
  readonly servers: readonly SeenServer[];
}

interface SeenServer {
  /** Its block; null for the inside of a server, whose file is all there is. */
  readonly at: Spot | null;
  /** Included in it. */
  readonly files: ReadonlySet<string>;
  /** What the other servers may know of it. */
  readonly facts: string;
}

export interface RunOptions {
  readonly rules: readonly Rule[];
  readonly version: Version | null;
  readonly policy: Policy;
  /** What the whole run may spend. */
  readonly budget: Budget;
  /** What it may keep. */
  readonly shelf: Shelf;
  /** How many servers it may look at one by one. */
  readonly mostServers: number;
  /** How often rules may look at a tree once more. */
  readonly repeats: Repeats;
  /** Files that no main file includes. */
  readonly parts?: readonly ConfigFile[];
  /** Runs a rule; whoever wants to know how long it takes looks at a clock around it. */
  readonly timed?: Timed;
}

export type Timed = (rule: Rule, run: () => void) => void;

/**
 * @param last the last run over this tree with the same options; null for none
 * @param isKept whether this run will be the last one of another
 */
export function runRules(
  tree: SourceTree,
  options: RunOptions,
  last: TreeRun | null,
  isKept: boolean,
): TreeRun {
  const names = tree.files.map(({ name }) => name);
  const planned = planRuns(options.rules, names, options.policy);
  const { runs: plan, leftOut } = affordable(planned, tree, options.repeats);
  const asked = new Asked(tree, options);
  const { omitted } = options.shelf;
  const memory = remember(last, asked, isKept);
  const turns = plan.map((run, index) => new Turn(run, memory.last?.told[index] ?? [], memory, asked));
  const failures = new Map<Rule, string>();
  const take = (turn: Turn, server: number | null) => {
    const { rule } = turn.run;
    if (failures.size > 0 && failures.has(rule)) return;
    try {
      if (options.timed === undefined) turn.take(server, options.budget);
      else options.timed(rule, () => turn.take(server, options.budget));
    } catch (error) {
      failures.set(rule, error instanceof Error ? error.message : String(error));
    }
  };
  const servers = memory.seen?.servers.length ?? asked.configuration.servers.length;
  const count = Math.min(servers, options.mostServers);
  const ofServers: Turn[] = [];
  for (const turn of turns) {
    const { scope, directives } = turn.run.rule;
    if (directives !== undefined && !memory.isSame && !asked.writesAny(directives))
      turn.leaveOut(scope === "server" ? count : 1);
    else if (scope === "server") ofServers.push(turn);
    else take(turn, null);
  }
  // Server by server: what one rule has found out about a server is at hand when the next one asks.
  for (let server = 0; server < count; server++) for (const turn of ofServers) take(turn, server);
  const undecided: PlainReport[] = [];
  for (const { run, account } of turns)
    if (account.givenUp !== null && !failures.has(run.rule))
      undecided.push(notDecided(run, account.givenUp, tree));
  const told = turns.map((turn) => (failures.has(turn.run.rule) ? [] : turn.told));
  const isWhole = memory.isSame && last !== null ? last.isWhole : asked.isWhole;
  const isCut = options.shelf.omitted > omitted || leftOut.length > 0;
  const unseenServers = servers - count;
  const { seen } = memory;
  return { tree, told, isWhole, failures, undecided, servers, unseenServers, leftOut, isCut, seen };
}

/** What is not known of a rule's verdict; where the place is not known or of no interest, at the start of a file that is. */
function notDecided({ rule, covers }: RuleRun, { what, at }: GivenUp, tree: SourceTree): PlainReport {
  const counts = (file: ConfigFile) => covers(file.name) && (tree.focus?.has(file) ?? true);
  const file = tree.files.find(counts) ?? tree.entry;
  return plainReport(rule, {
    at: at !== null && counts(at.file) ? at : { file, start: 0, end: 0 },
    message: shorten(
      `Not decided: ${what}. It takes more steps than a run is given, so this rule may have missed something.`,
      LONGEST_TEXT,
    ),
    severity: "info",
    confidence: "high",
    identity: "not decided",
  });
}

/** The configuration, made when it is first asked for: an edited comment asks nothing. */
class Asked {
  readonly tree: SourceTree;
  readonly policy: Policy;
  readonly shelf: Shelf;
  readonly parts: readonly ConfigFile[];
  readonly #version: Version | null;
  readonly #mostServers: number;
  readonly #contexts = new Map<Assumptions, ReturnType<typeof contextFor>>();
  #configuration: Configuration | undefined;

  constructor(tree: SourceTree, { policy, version, mostServers, shelf, parts = [] }: RunOptions) {
    this.tree = tree;
    this.parts = parts;
    this.policy = policy;
    this.shelf = shelf;
    this.#version = version;
    this.#mostServers = mostServers;
  }

  get configuration(): Configuration {
    this.#configuration ??= new Configuration(this.tree);
    return this.#configuration;
  }

  get isWhole(): boolean {
    const { fragment, root, http } = this.configuration;
    return !fragment && !root.incomplete && http?.incomplete !== true;
  }

  /** Whether one of some directives is written anywhere. */
  writesAny(names: readonly string[]): boolean {
    return names.some((name) => this.configuration.all(name).length > 0);
  }

  contextFor(assume: Assumptions): ReturnType<typeof contextFor> {
    let context = this.#contexts.get(assume);
    if (context === undefined) {
      const [known] = this.#contexts.values();
      context = contextFor(this.configuration, this.#version, assume, this.#mostServers, known?.model);
      this.#contexts.set(assume, context);
    }
    return context;
  }
}

/** What of the last run holds. */
interface Memory {
  readonly last: TreeRun | null;
  readonly changes: ReadonlyMap<string, TextChange>;
  /** All that nginx reads is what it was. */
  readonly isSame: boolean;
  /** The changed lines are comments and nothing else: whoever looks at the text around code sees what was there. */
  readonly isBesideCode: boolean;
  readonly seen: Seen | null;
  /** By the server's number: it, and all that it can see, is written as before. */
  readonly isSameServer: readonly boolean[];
}

function remember(last: TreeRun | null, asked: Asked, isKept: boolean): Memory {
  const changes =
    last === null || last.failures.size > 0 || last.undecided.length > 0 || last.isCut
      ? null
      : changesBetween(last.tree, asked.tree);
  if (last?.seen == null || changes === null) {
    const seen = isKept ? look(asked.configuration) : null;
    const nothing = { last: null, changes: new Map(), isSame: false, isBesideCode: false };
    return { ...nothing, seen, isSameServer: [] };
  }
  const isBesideCode = [...changes.files.values()].every((change) => change.isBesideCode);
  const before = last.seen.servers;
  const isUntouched = before.map((server) => isUntouchedBy(server, changes.files));
  const moved = changes.isOnlyComments ? movedServers(before, changes.files) : null;
  if (moved !== null) {
    const seen = { outside: last.seen.outside, servers: moved };
    return { last, changes: changes.files, isSame: true, isBesideCode, seen, isSameServer: isUntouched };
  }
  const seen = look(asked.configuration, last.seen, changes);
  const isAroundSame =
    seen.outside === last.seen.outside &&
    seen.servers.length === before.length &&
    seen.servers.every(({ facts }, index) => facts === before[index]?.facts);
  const isSameServer = seen.servers.map(
    ({ at }, index) => isAroundSame && isUntouched[index] === true && isSamePlace(before[index], at, changes),
  );
  return { last, changes: changes.files, isSame: false, isBesideCode, seen, isSameServer };
}

function look(configuration: Configuration, last?: Seen, changes?: TreeChanges): Seen {
  const { servers } = configuration;
  return {
    outside: textOutside(configuration),
    servers: servers.map((server, index): SeenServer => {
      const at = placeOf(server.context.opener);
      const before = last?.servers[index];
      if (before !== undefined && changes !== undefined) {
        if (isUntouchedBy(before, changes.files) && isSamePlace(before, at, changes))
          return { ...before, at };
      }
      return { at, files: filesIn(server), facts: factsOf(server) };
    }),
  };
}

function placeOf(opener: Configuration["servers"][number]["context"]["opener"]): Spot | null {
  return opener === null ? null : { ...spotOf(opener), end: opener.directive.end };
}

/** No change is inside of the block or of a file that it includes. */
function isUntouchedBy({ at, files }: SeenServer, changes: ReadonlyMap<string, TextChange>): boolean {
  if (changes.size === 0) return true;
  if (at === null) return false;
  for (const name of changes.keys()) if (files.has(name)) return false;
  const change = changes.get(at.file);
  return change === undefined || at.end <= change.start || at.start >= change.oldEnd;
}

function isSamePlace(before: SeenServer | undefined, now: Spot | null, { files }: TreeChanges): boolean {
  if (before === undefined) return false;
  if (before.at === null || now === null) return before.at === now;
  const moved = movedSpot(before.at, files);
  return moved !== null && moved.file === now.file && moved.start === now.start && moved.end === now.end;
}

function movedServers(
  servers: readonly SeenServer[],
  changes: ReadonlyMap<string, TextChange>,
): SeenServer[] | null {
  const all: SeenServer[] = [];
  for (const server of servers) {
    const at = server.at === null ? null : movedSpot(server.at, changes);
    if (at === null && server.at !== null) return null;
    all.push(at === server.at ? server : { ...server, at });
  }
  return all;
}

/** A report with all that belongs to it. */
function whole({ more, ...told }: Report): Report {
  return more === undefined ? told : { ...told, ...more() };
}

const NONE: Reports = [];
const SILENT = () => {};

type Changeable<T> = { -readonly [Key in keyof T]: T[Key] };

/** One rule in one run: asks it, and notes what it says. */
class Turn {
  readonly run: RuleRun;
  /** What it has spent. */
  readonly account = new Account();
  readonly #before: readonly Reports[];
  readonly #memory: Memory;
  readonly #asked: Asked;
  readonly #causes: Causes;
  readonly #told: Reports[] = [];
  #heard: PlainReport[] = [];
  #context: Changeable<RuleContext & Partial<ServerRuleContext>> | undefined;
  #server: number | null = null;
  readonly #check: (context: ServerRuleContext) => void;

  constructor(run: RuleRun, before: readonly Reports[], memory: Memory, asked: Asked) {
    this.run = run;
    this.#before = before;
    this.#memory = memory;
    this.#asked = asked;
    this.#causes = new Causes(asked.shelf, run.rule);
    const { check } = run.rule;
    this.#check = check;
  }

  /** As {@link TreeRun.told} has it. */
  get told(): readonly Reports[] {
    // Without another run, nobody will want to know which server they are about.
    return this.#memory.seen === null ? [this.#heard] : this.#told;
  }

  /**
   * Asks the rule, unless what it said in the last run holds.
   *
   * @param server its number, for a rule about servers; they come in their order
   */
  take(server: number | null, budget: Budget): void {
    this.#server = server;
    const again = this.#memory.last === null ? null : this.#again();
    if (again === null) budget.share(this.#ask, this.account);
    if (this.#memory.seen === null) return;
    this.#told.push(again ?? (this.#heard.length === 0 ? NONE : this.#heard));
    if (this.#heard.length > 0) this.#heard = [];
  }

  /** It has nothing to say, about so many servers or all there is. */
  leaveOut(count: number): void {
    if (this.#memory.seen !== null) for (let left = count; left > 0; left--) this.#told.push(NONE);
  }

  /** What it said in the last run; null where that does not hold, or there is no room for all of it. */
  #again(): Reports | null {
    const { isSame, isBesideCode, isSameServer, changes } = this.#memory;
    const before = this.#before[this.#server ?? 0];
    if (before === undefined) return null;
    // A fix looks at the text beside its directive.
    const isKept = isSame && (this.run.rule.fix === undefined || isBesideCode);
    if (!isKept && (this.#server === null || isSameServer[this.#server] !== true)) return null;
    const reports = movedReports(before, changes);
    return reports?.every((report) => this.#causes.place(keyOf(report)) === "kept") === false
      ? null
      : reports;
  }

  /** Made once, since it is asked for every server. */
  readonly #ask = (): void => {
    this.#context ??= this.#makeContext();
    const context = this.#context;
    if (this.#server !== null) {
      const server = context.servers[this.#server];
      if (server === undefined) return;
      context.server = server;
    }
    this.#check(context as ServerRuleContext);
  };

  /** Written out: for a folder of fragments it is made for each rule and file. */
  #makeContext(): RuleContext {
    const { options, assume } = this.run;
    const known = this.#asked.contextFor(assume);
    const { configuration, model, site, version } = known;
    const report = (told: Report) => this.#hear(told);
    return {
      configuration,
      model,
      get servers() {
        return known.servers;
      },
      site,
      version,
      options,
      assume,
      parts: this.#asked.parts,
      report,
      met: SILENT,
      unmet: SILENT,
      untold: SILENT,
      isMetUnheard: true,
    };
  }

  #hear(told: Report): void {
    const { rule, covers, wants } = this.run;
    const { policy, shelf } = this.#asked;
    const { file } = told.at;
    if (told.presets !== undefined && !wants(told.presets)) return;
    if (!covers(file.name) || !mayMatter(rule, told, file, policy)) return;
    const at = spotOf(told.at);
    const place = this.#causes.place(keyOf({ rule, at, identity: told.identity }));
    if (place === "full") shelf.leaveOut(rule, told, at.start, policy);
    if (place !== "kept") return;
    const given = bounded(whole(told));
    const most = shelf.placesFor(given.related?.length ?? 0);
    const related = given.related?.slice(0, most);
    this.#heard.push(plainReport(rule, related === undefined ? given : { ...given, related }));
  }
}
