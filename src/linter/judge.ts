/** What rules say of each server: kept, violated, or not applicable. A checklist is answered from it. */
import { firstNotBefore, push } from "../lists/index.ts";
import {
  type Anchor,
  type Assumptions,
  type Confidence,
  contextFor,
  type Report,
  RULES,
  type Rule,
  type ServerRuleContext,
  type Unmet,
  type Untold,
} from "../rules/index.ts";
import {
  Account,
  Configuration,
  type Context,
  type Model,
  type Range,
  type SourceTree,
  Statement,
} from "../semantics/index.ts";
import { affordable, isConfident, planRuns, type RuleRun } from "./fate.ts";
import type { Region } from "./finding.ts";
import { everything, type LintOptions, lengthOf } from "./lint.ts";
import { spotOf } from "./plain-report.ts";
import { Run } from "./run.ts";
import { regionOf } from "./to-finding.ts";
import { filesOf } from "./tree-changes.ts";
import {
  type Heard,
  type ItemVerdict,
  inReadingOrder,
  joined,
  type Saying,
  violators,
  Words,
} from "./words.ts";

export type { ItemVerdict };

/** `not-applicable`: what the rule is about is not there, or what matters is not known. */
export type Outcome = "met" | "violated" | "not-applicable";

export interface RuleVerdict {
  readonly outcome: Outcome;
  /** Where it is violated; or, where it is not, where it is kept. In reading order, each once. */
  readonly places: readonly Region[];
}

/** By the id of the rule; every rule that finished has one. */
export type Verdicts = ReadonlyMap<string, RuleVerdict>;

/** By the item; those that some rule said something of. */
export type ItemVerdicts = ReadonlyMap<string, ItemVerdict>;

export interface JudgedServer {
  readonly names: readonly string[];
  /** Its `server` line; null where only its inside is known. */
  readonly at: Region | null;
  readonly verdicts: Verdicts;
  readonly items: ItemVerdicts;
}

export interface Judgement {
  /** Of the tree as a whole: violated where it is violated anywhere. */
  readonly verdicts: Verdicts;
  readonly items: ItemVerdicts;
  /** The servers of `http` in file order; of very many the first, see `unseenServers`. */
  readonly servers: readonly JudgedServer[];
  /** What is said of some of the servers together, by their numbers in `servers`. */
  itemsOf(servers: readonly number[]): ItemVerdicts;
  /** The numbers of the servers of which an item is violated. */
  violatorsOf(item: string): readonly number[];
  /** Rules that did not finish, and why. */
  readonly failures: ReadonlyMap<string, string>;
  /** Rules that gave up a question for its size, with the first one: their silence means nothing. */
  readonly undecided: ReadonlyMap<string, string>;
  /** Servers that rules did not look at, since there are too many. */
  readonly unseenServers: number;
}

export interface JudgeOptions extends Omit<LintOptions, "baseline"> {
  /** The least confidence of a violation that counts. Default: `medium`. */
  readonly confidence?: Confidence;
  /** What the tree means, where somebody has found out already. */
  readonly configuration?: Configuration;
}

/**
 * Asks rules about one tree. What a rule says of a line outside of servers holds for the servers that it names, or for all
 * where it names none. Suppression comments do not count: they silence findings and change no facts.
 *
 * Whoever gives a run adds the lengths of its trees to its budget.
 */
export function judge(tree: SourceTree, options: JudgeOptions = {}): Judgement {
  const { rules = RULES, version = null, policy = everything(options), confidence = "medium" } = options;
  const { configuration = new Configuration(tree), run = runOver(tree) } = options;
  const servers = configuration.servers.slice(0, run.judged);
  run.judged -= servers.length;
  const failures = new Map<string, string>();
  const words = new Map<Rule, Words>();
  const asked = new Map<Assumptions, Asked>();
  const askedWith = (assume: Assumptions) => {
    const known = asked.get(assume) ?? new Asked(contextFor(configuration, version, assume, servers.length));
    asked.set(assume, known);
    return known;
  };
  const wordsOf = (rule: Rule) => {
    const known = words.get(rule) ?? new Words();
    words.set(rule, known);
    return known;
  };
  const names = tree.files.map(({ name }) => name);
  const { runs, leftOut } = affordable(planRuns(rules, names, policy), tree, run.repeats);
  const hearings = runs.map(
    (each) => new Hearing(each, askedWith(each.assume), confidence, wordsOf(each.rule)),
  );
  const take = (hearing: Hearing, server: number | null) => {
    const { id } = hearing.run.rule;
    if (failures.has(id)) return;
    try {
      run.budget.share(() => hearing.take(server), hearing.account);
    } catch (error) {
      failures.set(id, error instanceof Error ? error.message : String(error));
    }
  };
  const ofServers = hearings.filter((each) => each.run.rule.scope === "server");
  for (const hearing of hearings) if (hearing.run.rule.scope !== "server") take(hearing, null);
  // Server by server: what one rule has found out about a server is at hand when the next one asks.
  for (let server = 0; server < servers.length; server++)
    for (const hearing of ofServers) take(hearing, server);
  const undecided = new Map<string, string>();
  for (const { run: each, account } of hearings)
    if (account.givenUp !== null) undecided.set(each.rule.id, account.givenUp.what);
  for (const { rule } of leftOut) undecided.set(rule.id, "what it says under all settings");
  for (const [{ id }, { isCut }] of words) if (isCut) undecided.set(id, "which servers it is about");
  const files = filesOf(tree);
  const toRegion = (at: Anchor) => regionOf(spotOf(at), files);
  const spoken = [...words].filter(([{ id }]) => !failures.has(id));
  const verdictsOf = (numbers: readonly number[] | null): Verdicts =>
    new Map(spoken.map(([{ id }, own]) => [id, verdictOf(own.heard(numbers), toRegion)]));
  const itemsOf = (numbers: readonly number[] | null): ItemVerdicts => {
    const heard = new Map<string, (readonly [id: string, heard: Heard, hasMore: boolean])[]>();
    for (const [{ id }, own] of spoken)
      for (const [item, each] of own.heardByItem(numbers)) push(heard, item, [id, each, own.hasMore]);
    const verdicts = new Map<string, ItemVerdict>();
    for (const [item, each] of heard) {
      const verdict = joined(each, toRegion);
      if (verdict !== null) verdicts.set(item, verdict);
    }
    return verdicts;
  };
  return {
    verdicts: verdictsOf(null),
    items: itemsOf(null),
    servers: servers.map(({ context, names }, index) => ({
      names: names.map(({ text }) => text),
      at: context.opener === null ? null : toRegion(context.opener),
      get verdicts() {
        return verdictsOf([index]);
      },
      get items() {
        return itemsOf([index]);
      },
    })),
    itemsOf,
    violatorsOf: (item) =>
      violators(
        spoken.map(([{ id }, own]) => [id, own.violationsOf(item)] as const),
        servers.length,
      ),
    failures,
    undecided,
    unseenServers: configuration.servers.length - servers.length,
  };
}

function runOver(tree: SourceTree): Run {
  const run = new Run();
  run.budget.add(lengthOf([tree]));
  return run;
}

/** One rule in one run: asks it, and notes what it says. */
class Hearing {
  readonly run: RuleRun;
  /** What it has spent. */
  readonly account = new Account();
  readonly confidence: Confidence;
  readonly items: readonly string[];
  readonly #asked: Asked;
  readonly #words: Words;
  /** The server that it is asked about; null: all there is. */
  #server: readonly number[] | null = null;

  constructor(run: RuleRun, asked: Asked, confidence: Confidence, words: Words) {
    this.run = run;
    this.confidence = confidence;
    this.items = run.rule.checklist ?? [];
    this.#asked = asked;
    this.#words = words;
  }

  /** @param number of the server, for a rule about servers */
  take(number: number | null): void {
    const asked = this.#asked;
    const { rule, options } = this.run;
    const { configuration, model, servers, site, version, assume } = asked.context;
    const { report, met, unmet, untold } = asked;
    asked.hearing = this;
    const server = number === null ? null : servers[number];
    if (server === undefined) return;
    this.#server = number === null ? null : [number];
    // Written out: for a folder of fragments it is made for each rule and file. Rules about the configuration ask for no server.
    rule.check({
      configuration,
      model,
      servers,
      site,
      version,
      assume,
      options,
      report,
      met,
      unmet,
      untold,
      server,
    } as ServerRuleContext);
  }

  note(
    said: Omit<Saying, "about">,
    concerns: readonly Context[] = [],
    related: Report["related"] = [],
  ): void {
    if (!this.run.covers(said.at.file.name)) return;
    const about = this.#server ?? this.#asked.concernedBy(said.at, related, concerns);
    this.#words.add({ ...said, about });
  }
}

/** The request that shows a violation. */
function requestOf(witness: Report["witness"]): string | null {
  if (witness?.kind === "request") return witness.value;
  return witness?.kind === "uri" ? `GET ${witness.value}` : null;
}

function verdictOf({ violated, met }: Heard, toRegion: (at: Anchor) => Region): RuleVerdict {
  const outcome = violated.size > 0 ? "violated" : met.size > 0 ? "met" : "not-applicable";
  const said = [...(violated.size > 0 ? violated : met).values()];
  return { outcome, places: said.map(({ at }) => toRegion(at)).sort(inReadingOrder) };
}

/** The number of each server that is not looked at. */
const UNSEEN = -1;

/** What rules are asked about, and which servers places are in. */
class Asked {
  readonly context: ReturnType<typeof contextFor>;
  /** Who speaks. */
  hearing: Hearing | null = null;
  #numbers: ReadonlyMap<Context, number> | undefined;
  #written: ReadonlyMap<unknown, readonly WrittenServer[]> | undefined;

  constructor(context: ReturnType<typeof contextFor>) {
    this.context = context;
  }

  readonly report = ({ at, related, concerns, presets, confidence, witness, items }: Report): void => {
    if (this.hearing === null) return;
    const { run, confidence: least, items: own } = this.hearing;
    if (presets !== undefined && !run.wants(presets)) return;
    if (!isConfident(confidence ?? run.rule.confidence, least)) return;
    const said = { kind: "violated", at, note: requestOf(witness), items: items ?? own } as const;
    this.hearing.note({ ...said, owner: null, isOfItems: false }, concerns, related);
  };

  readonly unmet = ({ at, why: note, owner, items, concerns }: Unmet): void =>
    this.hearing?.note(
      {
        kind: "violated",
        at,
        note,
        owner: owner ?? null,
        items: items ?? this.hearing.items,
        isOfItems: true,
      },
      concerns,
    );

  readonly untold = ({ at, reason: note, items, concerns }: Untold): void =>
    this.hearing?.note(
      { kind: "untold", at, note, owner: null, items: items ?? this.hearing.items, isOfItems: true },
      concerns,
    );

  readonly met = (at: Anchor, concerns?: readonly Context[], items?: readonly string[]): void =>
    this.hearing?.note(
      { kind: "met", at, note: null, owner: null, items: items ?? this.hearing.items, isOfItems: false },
      concerns,
    );

  /** The numbers of the servers that anchors and places are in; null where none is in a server. */
  concernedBy(
    at: Anchor,
    related: NonNullable<Report["related"]>,
    concerns: readonly Context[],
  ): readonly number[] | null {
    const own = this.#numberAt(at);
    const found = new Set<number | null>([own]);
    if (own === null) for (const each of related) found.add(this.#numberAt(each.at));
    for (const context of concerns) found.add(this.#numberOf(context));
    found.delete(null);
    if (found.size === 0) return null;
    found.delete(UNSEEN);
    return [...found] as readonly number[];
  }

  #numberAt(at: Anchor): number | null {
    return at instanceof Statement ? this.#numberOf(at.block ?? at.context) : this.#numberAround(at);
  }

  #numberOf(context: Context): number | null {
    const server = this.context.model.serverOf(context);
    if (server === null) return null;
    this.#numbers ??= new Map(this.context.servers.map((each, index) => [each.context, index]));
    return this.#numbers.get(server.context) ?? UNSEEN;
  }

  /** Of a file that several include, the first. */
  #numberAround({ file, start, end }: Range): number | null {
    const { model } = this.context;
    const [first] = model.servers;
    if (first !== undefined && first.context.opener === null) return 0;
    this.#written ??= writtenServers(model);
    const here = this.#written.get(file) ?? [];
    // The last one that does not begin behind the place: servers do not overlap.
    const server = here[firstNotBefore(here, (each) => each.start <= start) - 1];
    if (server === undefined || end > server.end) return null;
    return server.number < this.context.servers.length ? server.number : UNSEEN;
  }
}

interface WrittenServer {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** By file, in the order of the text, each once. */
function writtenServers({ servers }: Model): ReadonlyMap<unknown, readonly WrittenServer[]> {
  const found = new Map<unknown, Map<number, WrittenServer>>();
  for (const [number, { context }] of servers.entries()) {
    if (context.opener === null) continue;
    const { file, directive } = context.opener;
    const here = found.get(file) ?? new Map<number, WrittenServer>();
    found.set(file, here);
    const { start, end } = directive;
    if (!here.has(start)) here.set(start, { number, start, end });
  }
  return new Map(
    [...found].map(([file, here]) => [file, [...here.values()].sort((a, b) => a.start - b.start)]),
  );
}
