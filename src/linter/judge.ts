/** What rules say of each server: kept, violated, or not applicable. A checklist is answered from it. */
import {
  type Anchor,
  type Assumptions,
  type Confidence,
  contextFor,
  type Report,
  RULES,
  type Rule,
  type Unmet,
  type Untold,
} from "../rules/index.ts";
import {
  Configuration,
  type Context,
  type Model,
  type SourceTree,
  Statement,
  type VirtualServer,
} from "../semantics/index.ts";
import { isConfident, planRuns } from "./fate.ts";
import type { Region } from "./finding.ts";
import { everything, type LintOptions } from "./lint.ts";
import { spotOf } from "./plain-report.ts";
import { regionOf } from "./to-finding.ts";
import { filesOf } from "./tree-changes.ts";

/** `not-applicable`: what the rule is about is not there, or what matters is not known. */
export type Outcome = "met" | "violated" | "not-applicable";

export interface RuleVerdict {
  readonly outcome: Outcome;
  /** Where it is violated; or, where it is not, where it is kept. In reading order, each once. */
  readonly places: readonly Region[];
}

/** By the id of the rule; every rule that finished has one. */
export type Verdicts = ReadonlyMap<string, RuleVerdict>;

/** What the rules that answer an item of the checklist say together. */
export interface ItemVerdict {
  /** `untold`: it is about something here, and no file tells whether it is kept. */
  readonly outcome: "met" | "violated" | "untold";
  readonly places: readonly Region[];
  /** Of a violation the request that shows it, or what is seen; of what is not told, where to look. Each once. */
  readonly notes: readonly string[];
  /** The rules that say so, by their ids. */
  readonly rules: readonly string[];
}

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
  /** The servers of `http` in file order. */
  readonly servers: readonly JudgedServer[];
  /** What is said of some of the servers together, by their numbers in `servers`. */
  itemsOf(servers: readonly number[]): ItemVerdicts;
  /** Rules that did not finish, and why. */
  readonly failures: ReadonlyMap<string, string>;
}

export interface JudgeOptions extends Omit<LintOptions, "baseline"> {
  /** The least confidence of a violation that counts. Default: `medium`. */
  readonly confidence?: Confidence;
}

/**
 * Asks rules about one tree. What a rule says of a line outside of servers holds for the servers that it names, or for all
 * where it names none. Suppression comments do not count: they silence findings and change no facts.
 */
export function judge(tree: SourceTree, options: JudgeOptions = {}): Judgement {
  const { rules = RULES, version = null, policy = everything(options), confidence = "medium" } = options;
  const configuration = new Configuration(tree);
  const failures = new Map<string, string>();
  const said = new Map<Rule, Said>();
  const onItems = new Map<string, Map<Rule, Said>>();
  const contexts = new Map<Assumptions, ReturnType<typeof contextFor>>();
  const contextWith = (assume: Assumptions) => {
    const context = contexts.get(assume) ?? contextFor(configuration, version, assume);
    contexts.set(assume, context);
    return context;
  };
  const { servers } = configuration;
  for (const { rule, options: given, assume, covers, wants } of planRuns(
    rules,
    tree.files.map(({ name }) => name),
    policy,
  )) {
    const words = said.get(rule) ?? new Said(servers.length);
    said.set(rule, words);
    const context = contextWith(assume);
    const addTo = (items: readonly string[], add: (words: Said) => void) => {
      for (const item of items) {
        const byRule = onItems.get(item) ?? new Map<Rule, Said>();
        onItems.set(item, byRule);
        const spoken = byRule.get(rule) ?? new Said(servers.length);
        byRule.set(rule, spoken);
        add(spoken);
      }
    };
    /** @param about the numbers of the servers; null: to be found out */
    const listenTo = (about: ReadonlySet<number> | null) => ({
      ...context,
      options: given,
      report({
        at,
        related = [],
        concerns = [],
        presets,
        confidence: own,
        witness,
        items = rule.checklist ?? [],
      }: Report) {
        if (presets !== undefined && !wants(presets)) return;
        if (!covers(at.file.name) || !isConfident(own ?? rule.confidence, confidence)) return;
        const anchors = [at, ...related.map((each) => each.at)];
        const numbers = about ?? concernedBy(anchors, concerns, context.model);
        words.add("violated", at, numbers);
        addTo(items, (spoken) => spoken.add("violated", at, numbers, requestOf(witness)));
      },
      unmet({ at, why, owner, items = rule.checklist ?? [], concerns = [] }: Unmet) {
        if (!covers(at.file.name)) return;
        const numbers = about ?? concernedBy([at], concerns, context.model);
        addTo(items, (spoken) => spoken.add("violated", at, numbers, why, owner ?? null));
      },
      untold({ at, reason, items = rule.checklist ?? [], concerns = [] }: Untold) {
        if (!covers(at.file.name)) return;
        const numbers = about ?? concernedBy([at], concerns, context.model);
        addTo(items, (spoken) => spoken.add("untold", at, numbers, reason));
      },
      met(at: Anchor, concerns: readonly Context[] = [], items: readonly string[] = rule.checklist ?? []) {
        if (!covers(at.file.name)) return;
        const numbers = about ?? concernedBy([at], concerns, context.model);
        words.add("met", at, numbers);
        addTo(items, (spoken) => spoken.add("met", at, numbers));
      },
    });
    try {
      if (rule.scope !== "server") rule.check(listenTo(null));
      else
        for (const [index, server] of context.model.servers.entries())
          rule.check({ ...listenTo(new Set([index])), server });
    } catch (error) {
      failures.set(rule.id, error instanceof Error ? error.message : String(error));
    }
  }
  const files = filesOf(tree);
  const verdictsOf = (index: number | null): Verdicts =>
    new Map(
      [...said]
        .filter(([{ id }]) => !failures.has(id))
        .map(([{ id }, words]) => [id, words.verdict(index, (at) => regionOf(spotOf(at), files))]),
    );
  const itemsOf = (numbers: readonly number[] | null): ItemVerdicts =>
    new Map(
      [...onItems].flatMap(([item, byRule]) => {
        const spoken = [...byRule].filter(([{ id }]) => !failures.has(id));
        const verdict = joined(
          spoken.map(([{ id }, words]) => [id, words.heard(numbers)] as const),
          (at) => regionOf(spotOf(at), files),
        );
        return verdict === null ? [] : [[item, verdict] as const];
      }),
    );
  return {
    verdicts: verdictsOf(null),
    items: itemsOf(null),
    servers: servers.map(({ context, names }, index) => ({
      names: names.map(({ text }) => text),
      at: context.opener === null ? null : regionOf(spotOf(context.opener), files),
      verdicts: verdictsOf(index),
      items: itemsOf([index]),
    })),
    itemsOf,
    failures,
  };
}

/** The request that shows a violation. */
function requestOf(witness: Report["witness"]): string | null {
  if (witness?.kind === "request") return witness.value;
  return witness?.kind === "uri" ? `GET ${witness.value}` : null;
}

/**
 * Violated where one rule says so; else not told where one says so; kept where one says so and none anything else; null where no
 * rule says anything.
 */
function joined(
  spoken: readonly (readonly [id: string, heard: Heard])[],
  toRegion: (at: Anchor) => Region,
): ItemVerdict | null {
  for (const outcome of ["violated", "untold", "met"] as const) {
    const speaking = new Set(spoken.flatMap(([id, heard]) => (heard[outcome].size > 0 ? [id] : [])));
    const isLeft = ({ owner }: Saying) => owner === null || !speaking.has(owner);
    const same = spoken.flatMap(([id, heard]) => {
      const own = [...heard[outcome].values()];
      return own.some(isLeft) ? [[id, own.filter(isLeft)] as const] : [];
    });
    if (same.length === 0) continue;
    const said = same.flatMap(([, sayings]) => sayings);
    const places = said.map(({ at }) => toRegion(at)).sort(inReadingOrder);
    const all = spoken.flatMap(([, heard]) => [...heard[outcome].values()]);
    const notes = new Set(all.flatMap(({ notes }) => notes));
    return { outcome, places, notes: [...notes], rules: same.map(([id]) => id) };
  }
  return null;
}

interface Saying {
  readonly at: Anchor;
  readonly notes: readonly string[];
  /** The rule that is named instead, where it speaks. */
  readonly owner: string | null;
}

/** Each place once. */
type Heard = Readonly<Record<ItemVerdict["outcome"], Map<string, Saying>>>;

const nothingHeard = (): Heard => ({ violated: new Map(), met: new Map(), untold: new Map() });

/** What one rule said, server by server. */
class Said {
  readonly #everywhere = nothingHeard();
  readonly #servers: readonly Heard[];

  constructor(servers: number) {
    this.#servers = Array.from({ length: servers }, nothingHeard);
  }

  /** @param numbers of the servers that it is about; null: all of them */
  add(
    outcome: ItemVerdict["outcome"],
    at: Anchor,
    numbers: ReadonlySet<number> | null,
    note: string | null = null,
    owner: string | null = null,
  ): void {
    const { file, start, end } = spotOf(at);
    const key = `${file}\0${start}\0${end}`;
    const notes = note === null ? [] : [note];
    const tell = (heard: Heard) => {
      const known = heard[outcome].get(key);
      heard[outcome].set(key, {
        at,
        notes: [...(known?.notes ?? []), ...notes],
        owner: known?.owner === null ? null : owner,
      });
    };
    tell(this.#everywhere);
    for (const [number, server] of this.#servers.entries()) if (numbers?.has(number) ?? true) tell(server);
  }

  /** @param numbers of servers; null: all of the tree */
  heard(numbers: readonly number[] | null): Heard {
    if (numbers === null) return this.#everywhere;
    const [first, ...others] = numbers.flatMap((number) => this.#servers[number] ?? []);
    if (first === undefined || others.length === 0) return first ?? nothingHeard();
    const all = [first, ...others];
    const of = (outcome: ItemVerdict["outcome"]) => new Map(all.flatMap((heard) => [...heard[outcome]]));
    return { violated: of("violated"), met: of("met"), untold: of("untold") };
  }

  verdict(server: number | null, toRegion: (at: Anchor) => Region): RuleVerdict {
    const { violated, met } = this.heard(server === null ? null : [server]);
    const outcome = violated.size > 0 ? "violated" : met.size > 0 ? "met" : "not-applicable";
    const said = [...(violated.size > 0 ? violated : met).values()];
    return { outcome, places: said.map(({ at }) => toRegion(at)).sort(inReadingOrder) };
  }
}

function inReadingOrder(a: Region, b: Region): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.offset - b.offset;
}

/** The numbers of the servers that anchors and places are in; null where none is in a server. */
function concernedBy(
  [at, ...related]: readonly Anchor[],
  concerns: readonly Context[],
  model: Model,
): ReadonlySet<number> | null {
  const own = at === undefined ? null : serverAt(at, model);
  const found = own === null ? [...related.map((each) => serverAt(each, model))] : [own];
  for (const context of concerns) found.push(model.serverOf(context));
  const numbers = new Set(found.flatMap((server) => (server === null ? [] : model.servers.indexOf(server))));
  return numbers.size === 0 ? null : numbers;
}

function serverAt(at: Anchor, model: Model): VirtualServer | null {
  if (at instanceof Statement) return model.serverOf(at.block ?? at.context);
  return (
    model.servers.find(({ context: { opener } }) => {
      if (opener === null) return true;
      const { file, directive } = opener;
      return file === at.file && directive.start <= at.start && at.end <= directive.end;
    }) ?? null
  );
}
