/** What rules say of each server: kept, violated, or not applicable. A checklist is answered from it. */
import {
  type Anchor,
  type Assumptions,
  type Confidence,
  contextFor,
  type Report,
  RULES,
  type Rule,
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

export interface JudgedServer {
  readonly names: readonly string[];
  /** Its `server` line; null where only its inside is known. */
  readonly at: Region | null;
  readonly verdicts: Verdicts;
}

export interface Judgement {
  /** Of the tree as a whole: violated where it is violated anywhere. */
  readonly verdicts: Verdicts;
  /** The servers of `http` in file order. */
  readonly servers: readonly JudgedServer[];
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
    /** @param about the numbers of the servers; null: to be found out */
    const listenTo = (about: ReadonlySet<number> | null) => ({
      ...context,
      options: given,
      report({ at, related = [], concerns = [], presets, confidence: own }: Report) {
        if (presets !== undefined && !wants(presets)) return;
        if (!covers(at.file.name) || !isConfident(own ?? rule.confidence, confidence)) return;
        const anchors = [at, ...related.map((each) => each.at)];
        words.add("violated", at, about ?? concernedBy(anchors, concerns, context.model));
      },
      met(at: Anchor, concerns: readonly Context[] = []) {
        if (covers(at.file.name)) words.add("met", at, about ?? concernedBy([at], concerns, context.model));
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
  return {
    verdicts: verdictsOf(null),
    servers: servers.map(({ context, names }, index) => ({
      names: names.map(({ text }) => text),
      at: context.opener === null ? null : regionOf(spotOf(context.opener), files),
      verdicts: verdictsOf(index),
    })),
    failures,
  };
}

/** Each place once. */
interface Heard {
  readonly violated: Map<string, Anchor>;
  readonly met: Map<string, Anchor>;
}

/** What one rule said, server by server. */
class Said {
  readonly #everywhere: Heard = { violated: new Map(), met: new Map() };
  readonly #servers: readonly Heard[];

  constructor(servers: number) {
    this.#servers = Array.from({ length: servers }, () => ({ violated: new Map(), met: new Map() }));
  }

  /** @param numbers of the servers that it is about; null: all of them */
  add(outcome: "violated" | "met", at: Anchor, numbers: ReadonlySet<number> | null): void {
    const { file, start, end } = spotOf(at);
    const key = `${file}\0${start}\0${end}`;
    this.#everywhere[outcome].set(key, at);
    for (const [number, server] of this.#servers.entries())
      if (numbers?.has(number) ?? true) server[outcome].set(key, at);
  }

  verdict(server: number | null, toRegion: (at: Anchor) => Region): RuleVerdict {
    const { violated, met } =
      server === null ? this.#everywhere : (this.#servers[server] ?? this.#everywhere);
    const outcome = violated.size > 0 ? "violated" : met.size > 0 ? "met" : "not-applicable";
    const places = [...(violated.size > 0 ? violated : met).values()].map(toRegion).sort(inReadingOrder);
    return { outcome, places };
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
