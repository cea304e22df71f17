/** Linting texts that are at hand: for editors, playgrounds and programs, where no disk is or none shall be read. */
import type { Assumptions, Confidence, Preset, Rule } from "../rules/index.ts";
import { RULES } from "../rules/index.ts";
import { parseVersion, treesOfTexts } from "../semantics/index.ts";
import type { Baseline } from "./baseline.ts";
import { defaultPolicy, type FileDecisions, type Policy, type RuleLevel, type RuleSetting } from "./fate.ts";
import type { LintResult } from "./finding.ts";
import { lint } from "./lint.ts";
import { didYouMean } from "./nearest.ts";

/** The same words as in the settings file; what is left out is as there. */
export interface TextOptions {
  /** Default: `recommended`. */
  readonly presets?: readonly Preset[];
  /** Severities, or settings with options, by rule; they beat the presets. */
  readonly rules?: Readonly<Record<string, RuleLevel | RuleSetting>>;
  /** Just these rules, and those of what keeps nginx from starting. */
  readonly only?: readonly string[];
  /** The least confidence that counts. */
  readonly confidence?: Confidence;
  /** What the files cannot show. */
  readonly assume?: Assumptions;
  /** The nginx to judge against, such as `1.28.0`, `1.28` or `mainline`; without it, any. */
  readonly nginxVersion?: string;
  /** Findings that are known already and do not count. */
  readonly baseline?: Baseline;
}

/**
 * Lints one text: a whole `nginx.conf`, a part of one, or the output of `nginx -T`. Of files that it includes nothing is
 * known, and rules that would need them stay silent.
 *
 * @throws {RangeError} for a rule or version that does not exist
 */
export function lintText(text: string, options: TextOptions & { readonly name?: string } = {}): LintResult {
  const { name = "nginx.conf" } = options;
  return lintNamed(new Map([[name, text]]), "nothing", options);
}

/**
 * Lints texts by their names, such as `{ "nginx.conf": …, "conf.d/shop.conf": … }`. Includes are followed among them;
 * relative ones, and absolute ones below `/etc/nginx` and the like, start at the directory of the main file. What no
 * main file includes is linted as a fragment.
 *
 * @throws {RangeError} for a rule or version that does not exist
 */
export function lintFiles(
  files: Readonly<Record<string, string>> | ReadonlyMap<string, string>,
  options: TextOptions = {},
): LintResult {
  const texts = files instanceof Map ? files : new Map(Object.entries(files));
  return lintNamed(texts, "tree", options);
}

function lintNamed(
  texts: ReadonlyMap<string, string>,
  known: "tree" | "nothing",
  options: TextOptions,
): LintResult {
  const version = options.nginxVersion === undefined ? null : parseVersion(options.nginxVersion);
  if (version === null && options.nginxVersion !== undefined) {
    throw new RangeError(`${options.nginxVersion} is no nginx version; write one such as 1.28.0 or mainline`);
  }
  const policy = policyOf(options, RULES);
  return lint(treesOfTexts(texts, known), { policy, version, baseline: options.baseline ?? null });
}

function policyOf(options: TextOptions, rules: readonly Rule[]): Policy {
  const { presets, only, confidence, assume = {} } = options;
  const settings = new Map(
    Object.entries(options.rules ?? {}).map(([id, word]) => [
      id,
      typeof word === "string" ? { severity: word } : word,
    ]),
  );
  const ids = rules.map(({ id }) => id);
  for (const id of [...settings.keys(), ...(only ?? [])]) {
    if (!ids.includes(id)) throw new RangeError(`there is no rule called ${id}${didYouMean(id, ids)}`);
  }
  const decisions: FileDecisions = { rules: settings, assume, included: true };
  return {
    ...defaultPolicy,
    ...(presets === undefined ? {} : { presets }),
    only: only === undefined ? null : new Set(only),
    confidence: confidence ?? null,
    decisionsFor: () => decisions,
  };
}
