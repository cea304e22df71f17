/** What one source of settings says, each value with its origin; and what holds when several speak. */

import type { AssumedStatus } from "../checklist/index.ts";
import type { FailOn, RuleLevel } from "../linter/index.ts";
import type { Confidence, Preset } from "../rules/index.ts";
import type { Matches } from "./glob.ts";

/** Where a value comes from. */
export type Origin =
  | { readonly kind: "default" }
  | { readonly kind: "preset"; readonly name: Preset }
  | { readonly kind: "file"; readonly file: string; readonly line: number }
  | { readonly kind: "command line" };

export interface Sourced<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** Globs, and the absolute folder that they are relative to. */
export interface Globs {
  readonly base: string;
  readonly patterns: readonly string[];
  /** What the patterns stand for. */
  readonly matchers: readonly Matches[];
}

export interface RuleWords {
  readonly severity?: Sourced<RuleLevel>;
  readonly options: ReadonlyMap<string, Sourced<unknown>>;
}

export type RulesWords = ReadonlyMap<string, RuleWords>;

/** By the keys of `Assumptions`. */
export type AssumeWords = ReadonlyMap<string, Sourced<unknown>>;

/** By the items of the checklist that no file tells. */
export type ChecklistWords = ReadonlyMap<string, Sourced<AssumedStatus>>;

export interface Override {
  readonly files: Sourced<Globs>;
  readonly rules: RulesWords;
  readonly assume: AssumeWords;
}

/** Everything optional: silence is not a value. Paths are absolute. */
export interface Layer {
  readonly presets: readonly Sourced<Preset>[];
  readonly rules: RulesWords;
  readonly overrides: readonly Override[];
  readonly assume: AssumeWords;
  readonly checklist: ChecklistWords;
  /** As written. */
  readonly nginxVersion?: Sourced<string>;
  readonly root?: Sourced<string>;
  readonly include?: Sourced<Globs>;
  readonly exclude?: Sourced<Globs>;
  readonly failOn?: Sourced<FailOn>;
  readonly maxWarnings?: Sourced<number>;
  readonly confidence?: Sourced<Confidence>;
  readonly requireReason?: Sourced<boolean>;
  readonly baseline?: Sourced<string>;
}

export const emptyLayer: Layer = {
  presets: [],
  rules: new Map(),
  overrides: [],
  assume: new Map(),
  checklist: new Map(),
};

/**
 * `over` upon `under`: single values are replaced; presets and overrides add up; rules and assumptions are replaced one
 * by one, so a severity given here keeps the options given there.
 */
export function merge(under: Layer, over: Layer): Layer {
  const named = new Set(over.presets.map((preset) => preset.value));
  // A file that several extend comes again and again; where it comes last, it holds.
  const again = new Set(over.overrides);
  return {
    ...under,
    ...over,
    presets: [...under.presets.filter((preset) => !named.has(preset.value)), ...over.presets],
    rules: mergeRules(under.rules, over.rules),
    overrides: [...under.overrides.filter((override) => !again.has(override)), ...over.overrides],
    assume: new Map([...under.assume, ...over.assume]),
    checklist: new Map([...under.checklist, ...over.checklist]),
  };
}

/** Rule by rule, option by option. */
export function mergeRules(under: RulesWords, over: RulesWords): RulesWords {
  if (over.size === 0) return under;
  const merged = new Map(under);
  for (const [id, words] of over) {
    const before = merged.get(id);
    merged.set(id, {
      ...before,
      ...words,
      options: new Map([...(before?.options ?? []), ...words.options]),
    });
  }
  return merged;
}
