/** Linting texts that are at hand: for editors, playgrounds and programs, where no disk is or none shall be read. */
import { type ConfigFile, parse, reparse } from "../parser/index.ts";
import type { Assumptions, Confidence, Preset, Rule } from "../rules/index.ts";
import { RULES } from "../rules/index.ts";
import { isConceivable, parseVersion, treesOfTexts } from "../semantics/index.ts";
import type { Baseline } from "./baseline.ts";
import { defaultPolicy, type FileDecisions, type Policy, type RuleLevel, type RuleSetting } from "./fate.ts";
import type { LintResult } from "./finding.ts";
import { type Kept, type LintOptions, lintAgain } from "./lint.ts";
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
  return lintNamed(new Map([[name, text]]), "nothing", optionsOf(options), parse, null);
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
  return lintNamed(mapOf(files), "tree", optionsOf(options), parse, null);
}

/** A linter that remembers: what a changed text cannot have changed is not looked at again. */
export interface Linter {
  /** As the function of that name; what is said is the same as of texts that were never seen before. */
  lintFiles(files: Readonly<Record<string, string>> | ReadonlyMap<string, string>): LintResult;
  /** As the function of that name. */
  lintText(text: string, name?: string): LintResult;
}

/**
 * For programs that lint the same files again and again while they are edited. It keeps the files of the last call, and what was
 * said of them: a changed comment costs next to nothing, a changed line its server and the rules about the whole.
 *
 * @throws {RangeError} for a rule or version that does not exist
 */
export function createLinter(options: TextOptions = {}): Linter {
  const fixed = optionsOf(options);
  const kept: Kept = new Map();
  let files = new Map<string, ConfigFile>();
  const lintTexts = (texts: ReadonlyMap<string, string>, known: "tree" | "nothing") => {
    const read = new Map<string, ConfigFile>();
    const reread = (text: string, name: string): ConfigFile => {
      const before = files.get(name);
      const file =
        before === undefined ? parse(text, name) : before.text === text ? before : reparse(before, text);
      read.set(name, file);
      return file;
    };
    const result = lintNamed(texts, known, fixed, reread, kept);
    files = read;
    return result;
  };
  return {
    lintFiles: (given) => lintTexts(mapOf(given), "tree"),
    lintText: (text, name = "nginx.conf") => lintTexts(new Map([[name, text]]), "nothing"),
  };
}

function mapOf(
  files: Readonly<Record<string, string>> | ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return files instanceof Map ? files : new Map(Object.entries(files));
}

function lintNamed(
  texts: ReadonlyMap<string, string>,
  known: "tree" | "nothing",
  options: LintOptions,
  read: (text: string, name: string) => ConfigFile,
  kept: Kept | null,
): LintResult {
  return lintAgain(treesOfTexts(texts, known, read), options, kept);
}

function optionsOf(options: TextOptions): LintOptions {
  const version = options.nginxVersion === undefined ? null : parseVersion(options.nginxVersion);
  if (version === null && options.nginxVersion !== undefined) {
    throw new RangeError(
      `${options.nginxVersion} is not an nginx version; write one such as 1.28.0 or mainline`,
    );
  }
  if (version !== null && !isConceivable(version))
    throw new RangeError(`there is no nginx ${options.nginxVersion}`);
  return { policy: policyOf(options, RULES), version, baseline: options.baseline ?? null };
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
