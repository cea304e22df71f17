/**
 * What of the rules' reports is kept. A tree of ten megabytes may have a million of them: nobody reads those, and no memory
 * holds them. The rest is counted, and every format says so.
 */
import type { ConfigFile } from "../parser/index.ts";
import type { Report, Rule, Severity } from "../rules/index.ts";
import { type Policy, severityOfLeftOut } from "./fate.ts";
import type { Notification, Omitted } from "./finding.ts";
import { readSuppressions, type Suppressions, silencedBy } from "./suppressions.ts";

/** Causes of one rule in one run. */
export const MOST_OF_A_RULE = 10_000;
/** Causes of all rules in one run. */
export const MOST_IN_ALL = 50_000;
/** Reports of one cause, such as a line of a snippet that a thousand servers include. */
const MOST_OF_A_CAUSE = 100;
/** Places beside all causes of a run; when they are used up, a cause gets a few. */
const MOST_PLACES = 300_000;
const FEW_PLACES = 3;

/** The reports of one run, counted. */
export class Shelf {
  #left = MOST_IN_ALL;
  #places = MOST_PLACES;
  #omittedCount = 0;
  readonly #byRule = new Map<Rule, number>();
  readonly #omitted = new Map<Rule, Map<Severity | "suppressed", number>>();
  readonly #suppressions = new WeakMap<ConfigFile, Suppressions>();

  /** The same, to be filled on its own: of several attempts one will count. */
  copy(): Shelf {
    const twin = new Shelf();
    twin.#left = this.#left;
    twin.#places = this.#places;
    twin.#omittedCount = this.#omittedCount;
    for (const [rule, count] of this.#byRule) twin.#byRule.set(rule, count);
    for (const [rule, counts] of this.#omitted) twin.#omitted.set(rule, new Map(counts));
    return twin;
  }

  /** Takes the room that a copy has taken, where that is more. */
  becomeAsFullAs(copy: Shelf): void {
    this.#left = Math.min(this.#left, copy.#left);
    this.#places = Math.min(this.#places, copy.#places);
    for (const [rule, count] of copy.#byRule)
      this.#byRule.set(rule, Math.max(count, this.#byRule.get(rule) ?? 0));
    if (copy.#omittedCount <= this.#omittedCount) return;
    this.#omittedCount = copy.#omittedCount;
    this.#omitted.clear();
    for (const [rule, counts] of copy.#omitted) this.#omitted.set(rule, counts);
  }

  /** Whether there is room for another cause of a rule; takes it. */
  takes(rule: Rule): boolean {
    const taken = this.#byRule.get(rule) ?? 0;
    if (taken >= MOST_OF_A_RULE || this.#left <= 0) return false;
    this.#byRule.set(rule, taken + 1);
    this.#left--;
    return true;
  }

  /** How many of the places beside a cause there is room for; takes it. */
  placesFor(count: number): number {
    const most = count <= this.#places ? count : Math.min(count, FEW_PLACES);
    this.#places = Math.max(0, this.#places - most);
    return most;
  }

  /** Counts a report that there is no room for, by what would have become of it. */
  leaveOut(rule: Rule, report: Report, offset: number, policy: Policy): void {
    const { file } = report.at;
    const severity = severityOfLeftOut(rule, report, policy);
    if (severity === null) return;
    const isSilenced = !policy.ignoreSuppressions && silencedBy(this.#in(file), rule.id, offset) !== null;
    const counts = this.#omitted.get(rule) ?? new Map<Severity | "suppressed", number>();
    this.#omitted.set(rule, counts);
    this.#omittedCount++;
    const key = isSilenced ? "suppressed" : severity;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }

  #in(file: ConfigFile): Suppressions {
    const known = this.#suppressions.get(file) ?? readSuppressions(file, () => true);
    this.#suppressions.set(file, known);
    return known;
  }

  /** How many reports were left out. */
  get omitted(): number {
    return this.#omittedCount;
  }

  /** Rules of which something is left out. */
  get cutRules(): Iterable<Rule> {
    return this.#omitted.keys();
  }

  /** What was left out since the shelf was like `before`. */
  omittedSince(before: Shelf): readonly Omitted[] {
    const found: Omitted[] = [];
    for (const [rule, counts] of this.#omitted) {
      for (const [kind, count] of counts) {
        const more = count - (before.#omitted.get(rule)?.get(kind) ?? 0);
        if (more > 0) found.push({ ruleId: rule.id, kind, count: more });
      }
    }
    return found;
  }
}

/** What is said of findings that are left out. */
export function noteOfOmitted(omitted: readonly Omitted[]): readonly Notification[] {
  const byRule = new Map<string, number>();
  for (const { ruleId, kind, count } of omitted)
    if (kind !== "suppressed") byRule.set(ruleId, (byRule.get(ruleId) ?? 0) + count);
  return [...byRule].map(([ruleId, count]) => ({
    level: "warning" as const,
    message: `… and ${grouped(count)} more of ${ruleId}: a report holds ${grouped(MOST_OF_A_RULE)} findings of a rule and ${grouped(MOST_IN_ALL)} in all`,
  }));
}

function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3}){1,9}$)/g, ",");
}

/** Counts the reports of one rule over one tree by their causes. */
export class Causes {
  readonly #shelf: Shelf;
  readonly #rule: Rule;
  readonly #seen = new Map<string, number>();

  constructor(shelf: Shelf, rule: Rule) {
    this.#shelf = shelf;
    this.#rule = rule;
  }

  /** `told`: its cause is kept, and all that anyone would read of it. `full`: there is no room for it. */
  place(key: string): "kept" | "told" | "full" {
    const times = this.#seen.get(key);
    if (times === undefined) {
      if (!this.#shelf.takes(this.#rule)) return "full";
      this.#seen.set(key, 1);
      return "kept";
    }
    if (times >= MOST_OF_A_CAUSE) return "told";
    this.#seen.set(key, times + 1);
    return "kept";
  }
}
