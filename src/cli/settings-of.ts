/** The settings that apply to what is linted, with what the command line says on top. */
import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Bounds } from "../bounds/index.ts";
import type { FailOn, RuleLevel } from "../linter/index.ts";
import { visible } from "../reporters/index.ts";
import { type Confidence, type Preset, RULES } from "../rules/index.ts";
import {
  type CommandLine,
  compileGlob,
  createSettings,
  diskSettings,
  Effort,
  type Globs,
  gitSettings,
  loadSettings,
  misunderstood,
  type Settings,
  SettingsError,
  type SettingsSource,
  settingsOfFile,
} from "../settings/index.ts";
import type { Arguments } from "./arguments.ts";
import { write } from "./streams.ts";
import { UsageError } from "./usage-error.ts";

/** Paths that one settings file applies to. */
export interface Portion {
  readonly paths: readonly string[];
  readonly settings: Settings;
  /** Where the settings were read; what they name is read there, too. */
  readonly source: SettingsSource;
}

/** Where a run on these paths may read and write. Throws `UsageError`. */
export function boundsOf(given: Arguments, paths: readonly string[], cwd: string): Bounds {
  const within = given.values("within");
  for (const directory of within) {
    const isDirectory = statSync(resolve(cwd, directory), { throwIfNoEntry: false })?.isDirectory() === true;
    if (!isDirectory) throw new UsageError(`--within ${directory}: there is no such directory`);
  }
  const stdin = given.value("stdin-filename") ?? "<stdin>";
  return new Bounds({ cwd, handed: paths.map((path) => (path === "-" ? stdin : path)), within });
}

/** Parts the paths by the settings file that is nearest to each. Throws `UsageError`. */
export async function portionsOf(
  given: Arguments,
  paths: readonly string[],
  cwd: string,
  bounds: Bounds,
): Promise<Portion[]> {
  const commandLine = commandLineOf(given, cwd);
  const source = await asUsage(() => sourceOf(given, cwd, bounds));
  const groups = new Map<string | null, string[]>();
  for (const path of paths) {
    const file = await asUsage(() => settingsFile(given, path, cwd, bounds, source));
    groups.set(file, [...(groups.get(file) ?? []), path]);
  }
  const portions: Portion[] = [];
  for (const [file, group] of groups) {
    const loaded = file === null ? null : await asUsage(() => loadSettings(file, RULES, cwd, source));
    const settings = await asUsage(() => createSettings(loaded, commandLine, RULES, cwd));
    portions.push({ paths: group, settings, source });
  }
  return portions;
}

/** Says on standard error what an answer rests on that settings say, and which line says so. */
export async function tellPremises(settings: Settings | undefined): Promise<void> {
  for (const { file, line, message } of settings?.premises ?? []) {
    const place = file === undefined ? "" : `${file}:${line ?? 1}: `;
    await write("stderr", `nginx-lint: ${visible(`${place}${message}`)}\n`);
  }
}

/** The tree's own settings, or those that the user trusts more. Throws `UsageError` and `SettingsError`. */
function sourceOf(given: Arguments, cwd: string, bounds: Bounds): SettingsSource {
  const from = given.value("settings-from");
  if (from === undefined) return diskSettings(bounds, given.value("config") !== undefined);
  if (given.flag("config") !== undefined || given.value("config") !== undefined) {
    throw new UsageError("--settings-from and --config both say which settings hold; give one of them");
  }
  // By its ending alone: a file in the tree that is called as the branch must not be taken for it.
  if (!/\.(?:ya?ml|json)$/.test(from)) return gitSettings(from, cwd, bounds);
  const refusal = bounds.refuseHanded(from);
  if (refusal !== null) throw new UsageError(`--settings-from ${from} ${refusal}`);
  return settingsOfFile(resolve(cwd, from), cwd, bounds);
}

/** Mistakes in settings end the run as wrong usage does. */
async function asUsage<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SettingsError) throw new UsageError(error.message);
    throw error;
  }
}

async function settingsFile(
  given: Arguments,
  path: string,
  cwd: string,
  bounds: Bounds,
  source: SettingsSource,
): Promise<string | null> {
  if (given.flag("config") === false) return null;
  const named = given.value("config");
  if (named !== undefined) {
    const refusal = bounds.refuseHanded(named);
    if (refusal !== null) throw new UsageError(`--config ${named} ${refusal}`);
    return resolve(cwd, named);
  }
  if (path !== "-") return source.find(resolve(cwd, path));
  const name = given.value("stdin-filename");
  return source.find(name === undefined ? cwd : dirname(resolve(cwd, name)));
}

/** What the options say; their choices have been checked. */
function commandLineOf(given: Arguments, cwd: string): CommandLine {
  const maxWarnings = given.value("max-warnings");
  if (maxWarnings !== undefined && !/^\d+$/.test(maxWarnings)) {
    throw new UsageError(`--max-warnings ${maxWarnings}: write a number`);
  }
  const said = {
    presets: given.values("preset") as readonly Preset[],
    rules: levels(given.values("rule")),
    only: given.values("only"),
    nginxVersion: given.value("nginx-version"),
    root: given.value("root"),
    confidence: given.value("confidence") as Confidence | undefined,
    exclude: globsOf(given.values("exclude"), cwd),
    failOn: given.value("fail-on") as FailOn | undefined,
    maxWarnings: maxWarnings === undefined ? undefined : Number(maxWarnings),
    baseline: given.value("baseline"),
    ignoreSuppressions: given.flag("suppressions") === false,
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

/** Undefined for none. Throws `UsageError`. */
function globsOf(patterns: readonly string[], base: string): Globs | undefined {
  if (patterns.length === 0) return undefined;
  for (const pattern of patterns) {
    const reason = misunderstood(pattern);
    if (reason !== null) throw new UsageError(`--exclude ${pattern}: ${reason}`);
  }
  // What the user wants takes as long as it takes.
  const effort = new Effort(Number.POSITIVE_INFINITY);
  return { base, patterns, matchers: patterns.map((pattern) => compileGlob(pattern, effort)) };
}

const LEVELS: readonly RuleLevel[] = ["off", "info", "warning", "error"];

function levels(values: readonly string[]): Map<string, RuleLevel> {
  return new Map(
    values.map((value) => {
      const [id = "", word = "", ...rest] = value.split(":");
      const level = LEVELS.find((candidate) => candidate === word);
      if (level === undefined || rest.length > 0) {
        throw new UsageError(`--rule ${value}: write ID:SEVERITY with one of ${LEVELS.join(", ")}`);
      }
      return [id, level];
    }),
  );
}
