/** Everything that was decided about a run: defaults, settings files, overrides, command line, in this order. */
import { isAbsolute, relative, resolve, sep } from "node:path";
import { isDirectoryAt } from "../bounds/index.ts";
import {
  didYouMean,
  type ExitPolicy,
  type FailOn,
  type FileDecisions,
  type Notification,
  type Policy,
  type RuleLevel,
} from "../linter/index.ts";
import type { Assumptions, Confidence, Preset, Rule } from "../rules/index.ts";
import {
  formatVersion,
  isConceivable,
  isNewerThanKnown,
  parseVersion,
  type Version,
} from "../semantics/index.ts";
import { concessions, premises } from "./concessions.ts";
import {
  type AssumeWords,
  emptyLayer,
  type Globs,
  type Layer,
  merge,
  mergeRules,
  type Origin,
  type Override,
  type RulesWords,
  type Sourced,
} from "./layer.ts";
import type { LoadedSettings } from "./load.ts";
import { PRESETS } from "./schema.ts";
import { SettingsError } from "./settings-error.ts";
import { shownPath } from "./source.ts";

/** What the command line says. Paths are relative to the working directory. */
export interface CommandLine {
  /** Where given, they replace those of the settings files. */
  readonly presets?: readonly Preset[];
  readonly rules?: ReadonlyMap<string, RuleLevel>;
  readonly only?: readonly string[];
  readonly nginxVersion?: string;
  readonly root?: string;
  /** Beside those that the settings files leave out. */
  readonly exclude?: Globs;
  readonly confidence?: Confidence;
  readonly failOn?: FailOn;
  readonly maxWarnings?: number;
  readonly baseline?: string;
  /** Suppression comments are passed over. */
  readonly ignoreSuppressions?: boolean;
}

export interface Settings {
  /** The settings files that were read, as people in the working directory would write them; the nearest first. */
  readonly files: readonly string[];
  /** Null: any version. */
  readonly version: Version | null;
  /** Absolute. */
  readonly root: string | null;
  /** Absolute. */
  readonly baseline: string | null;
  readonly exit: ExitPolicy;
  readonly policy: Policy;
  /** Which findings the settings files keep from counting. */
  readonly concessions: readonly Notification[];
  /** What they have every answer rest on, and what is doubtful in that. */
  readonly premises: readonly Notification[];
  /** All words together, for `--print-config`. */
  readonly layer: Layer;
  /** Whether `exclude` names a file or folder: it need not be looked for. @param name a shown name. */
  excluded(name: string): boolean;
  /** The globs of the settings files were not all tried, because that would take too long. */
  isOutOfEffort(): boolean;
  /** What holds for one file, and who said so. @param file a shown name. */
  decidedFor(file: string): FileWords;
}

/** The rules and assumptions of one file, with their origins. */
export interface FileWords {
  readonly rules: RulesWords;
  readonly assume: AssumeWords;
  readonly included: boolean;
}

const COMMAND_LINE: Origin = { kind: "command line" };
const DEFAULT: Origin = { kind: "default" };

/**
 * @param loaded null: no settings file.
 * @param cwd the working directory, absolute; shown names of files are relative to it.
 * @throws {SettingsError} where the command line names rules or a version that do not exist, or nothing is at the root.
 */
export function createSettings(
  loaded: LoadedSettings | null,
  commandLine: CommandLine,
  rules: readonly Rule[],
  cwd: string,
): Settings {
  checkCommandLine(commandLine, rules);
  const over = commandLayer(commandLine, cwd);
  const under = loaded?.layer ?? emptyLayer;
  const merged = merge(under, over);
  const presets = over.presets.length > 0 ? over.presets : under.presets;
  const layer: Layer = {
    ...merged,
    presets: presets.length > 0 ? presets : [{ value: "recommended", origin: DEFAULT }],
  };

  checkRoot(layer.root, cwd);
  checkVersion(layer.nginxVersion);

  const wordsOf = (applying: readonly Override[], included: boolean): FileWords => {
    let { rules: words, assume } = under;
    for (const override of applying) {
      words = mergeRules(words, override.rules);
      assume = new Map([...assume, ...override.assume]);
    }
    return { rules: mergeRules(words, over.rules), assume, included };
  };
  /** By which overrides apply: files are many, ways to treat them are few. */
  const known = new Map<string, Treatment>();
  const excluded = remembering((file) => {
    const matches = matchesOf(resolve(cwd, file));
    return [layer.exclude?.value, commandLine.exclude].some((globs) => globs !== undefined && matches(globs));
  });
  const treatment = remembering((file): Treatment => {
    const matches = matchesOf(resolve(cwd, file));
    const included = !excluded(file) && (layer.include === undefined || matches(layer.include.value));
    const applying = [...layer.overrides.entries()].filter(([, { files }]) => matches(files.value));
    const key = `${included} ${applying.map(([at]) => at).join(" ")}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const overrides = applying.map(([, override]) => override);
    if (loaded !== null) loaded.effort.left -= overrides.length * MERGING;
    const words = wordsOf(overrides, included);
    const made = { words, decisions: plainDecisions(words) };
    known.set(key, made);
    return made;
  });

  const { only: wanted = [] } = commandLine;
  const only = wanted.length === 0 ? null : new Set(wanted);
  const version = layer.nginxVersion === undefined ? null : parseVersion(layer.nginxVersion.value);
  return {
    files: loaded?.files ?? [],
    version,
    root: layer.root?.value ?? null,
    baseline: layer.baseline?.value ?? null,
    exit: { failOn: layer.failOn?.value ?? "warning", maxWarnings: layer.maxWarnings?.value ?? null },
    policy: {
      presets: layer.presets.map((preset) => preset.value),
      only,
      confidence: layer.confidence?.value ?? null,
      ignoreSuppressions: commandLine.ignoreSuppressions ?? false,
      requireReason: layer.requireReason?.value ?? false,
      decisionsFor: (file) => treatment(file).decisions,
    },
    concessions: [...shadowing(loaded), ...concessions(layer, rules, cwd, only)],
    premises: [...premises(layer, cwd), ...doubts(version)],
    layer,
    excluded,
    isOutOfEffort: () => loaded?.effort.isSpent ?? false,
    decidedFor: (file) => treatment(file).words,
  };
}

/** The rules and assumptions of one file, in two forms. */
interface Treatment {
  readonly words: FileWords;
  readonly decisions: FileDecisions;
}

/** What it takes to have one more override hold, in steps of a glob. */
const MERGING = 5_000;

/** A file is asked for again and again. */
function remembering<T>(answer: (file: string) => T): (file: string) => T {
  const known = new Map<string, T>();
  return (file) => {
    const before = known.get(file);
    if (before !== undefined) return before;
    const now = answer(file);
    known.set(file, now);
    return now;
  };
}

function presetHint(id: string): string | null {
  return PRESETS.some((preset) => preset === id) ? `; it is a preset: write \`--preset ${id}\`` : null;
}

function checkCommandLine(
  { rules: levels, only = [], nginxVersion }: CommandLine,
  rules: readonly Rule[],
): void {
  const ids = rules.map((rule) => rule.id);
  const problems = [
    ...[...(levels?.keys() ?? [])].map((id) => ["--rule", id] as const),
    ...only.map((id) => ["--only", id] as const),
  ]
    .filter(([, id]) => !ids.includes(id))
    .map(
      ([option, id]) =>
        `${option} ${id}: there is no rule called \`${id}\`${presetHint(id) ?? didYouMean(id, ids)}`,
    );
  if (nginxVersion !== undefined && parseVersion(nginxVersion) === null) {
    problems.push(
      `--nginx-version ${nginxVersion}: expected an nginx version such as \`1.28.0\`, \`1.28\` or \`mainline\``,
    );
  }
  if (problems.length === 0) return;
  throw new SettingsError(
    problems.map((problem) => {
      const colon = problem.indexOf(": ");
      return { file: problem.slice(0, colon), line: null, column: null, message: problem.slice(colon + 2) };
    }),
  );
}

/** Of several files the nearest holds alone: what the others ask for is not asked. */
function shadowing(loaded: LoadedSettings | null): Notification[] {
  if (loaded === null || loaded.shadowed === null) return [];
  const message = `${loaded.shadowed} does not hold here, since this one is nearer`;
  return [{ level: "note", kind: "configuration", message, ...optionalFile(loaded.files[0]) }];
}

function optionalFile(file: string | undefined): { readonly file?: string } {
  return file === undefined ? {} : { file };
}

/** A version that nobody knows yet may be a slip. */
function doubts(version: Version | null): Notification[] {
  if (version === null || !isNewerThanKnown(version)) return [];
  const newest = formatVersion(parseVersion("mainline") ?? version);
  const message = `nginx ${formatVersion(version)} is newer than ${newest}, the newest that nginx-lint knows`;
  return [{ level: "warning", message }];
}

/** A slip there would have every absolute include taken for one that is elsewhere. */
function checkRoot(root: Sourced<string> | undefined, cwd: string): void {
  if (root === undefined || isDirectoryAt(root.value)) return;
  throw mistakeAt(root.origin, "--root", `the root ${shownPath(root.value, cwd)} is not a directory`);
}

/** No nginx will be so new for long: a slip would hide what only older ones suffer from. */
function checkVersion(nginxVersion: Sourced<string> | undefined): void {
  const version = nginxVersion === undefined ? null : parseVersion(nginxVersion.value);
  if (nginxVersion === undefined || version === null || isConceivable(version)) return;
  const newest = formatVersion(parseVersion("mainline") ?? version);
  const message = `there is no nginx ${nginxVersion.value}; the newest that nginx-lint knows is ${newest}`;
  throw mistakeAt(nginxVersion.origin, `--nginx-version ${nginxVersion.value}`, message);
}

function mistakeAt(origin: Origin, option: string, message: string): SettingsError {
  const place =
    origin.kind === "file" ? { file: origin.file, line: origin.line } : { file: option, line: null };
  return new SettingsError([{ ...place, column: null, message }]);
}

function commandLayer(commandLine: CommandLine, cwd: string): Layer {
  const said = <T>(value: T): Sourced<T> => ({ value, origin: COMMAND_LINE });
  const { presets = [], rules, nginxVersion, root, confidence, failOn, maxWarnings, baseline } = commandLine;
  return {
    ...emptyLayer,
    presets: presets.map(said),
    rules: new Map(
      [...(rules ?? [])].map(([id, severity]) => [id, { severity: said(severity), options: new Map() }]),
    ),
    ...(nginxVersion === undefined ? {} : { nginxVersion: said(nginxVersion) }),
    ...(root === undefined ? {} : { root: said(resolve(cwd, root)) }),
    ...(confidence === undefined ? {} : { confidence: said(confidence) }),
    ...(failOn === undefined ? {} : { failOn: said(failOn) }),
    ...(maxWarnings === undefined ? {} : { maxWarnings: said(maxWarnings) }),
    ...(baseline === undefined ? {} : { baseline: said(resolve(cwd, baseline)) }),
  };
}

/** Asks many globs about one file. */
function matchesOf(path: string): (globs: Globs) => boolean {
  const names = new Map<string, string>();
  return ({ base, matchers }) => {
    const name = names.get(base) ?? nameFrom(base, path);
    names.set(base, name);
    return matchers.some((matches) => matches(name));
  };
}

/** Files outside the folder of the settings (`nginx -T` names them absolutely) match by their whole path. */
function nameFrom(base: string, path: string): string {
  const below = relative(base, path);
  const outside = below.startsWith(`..${sep}`) || isAbsolute(below);
  return (outside ? path.replace(/^(?:[A-Za-z]:)?[\\/]+/, "") : below).replaceAll(sep, "/");
}

function plainDecisions({ rules, assume, included }: FileWords): FileDecisions {
  return {
    included,
    // The schema has checked the type of each.
    assume: Object.fromEntries([...assume].map(([key, { value }]) => [key, value])) as Assumptions,
    rules: new Map(
      [...rules].map(([id, { severity, options }]) => [
        id,
        {
          ...(severity === undefined ? {} : { severity: severity.value }),
          options: Object.fromEntries([...options].map(([key, { value }]) => [key, value])),
        },
      ]),
    ),
  };
}
