/** The settings that apply to what is linted, with what the command line says on top. */
import { dirname, resolve } from "node:path";
import type { FailOn, RuleLevel } from "../linter/index.ts";
import { type Preset, RULES } from "../rules/index.ts";
import {
  type CommandLine,
  createSettings,
  findSettings,
  loadSettings,
  type Settings,
  SettingsError,
} from "../settings/index.ts";
import type { Arguments } from "./arguments.ts";
import { UsageError } from "./usage-error.ts";

/** Paths that one settings file applies to. */
export interface Portion {
  readonly paths: readonly string[];
  readonly settings: Settings;
}

/** Parts the paths by the settings file that is nearest to each. Throws `UsageError`. */
export async function portionsOf(
  given: Arguments,
  paths: readonly string[],
  cwd: string,
): Promise<Portion[]> {
  const commandLine = commandLineOf(given);
  const groups = new Map<string | null, string[]>();
  for (const path of paths) {
    const file = await settingsFile(given, path, cwd);
    groups.set(file, [...(groups.get(file) ?? []), path]);
  }
  const portions: Portion[] = [];
  for (const [file, group] of groups) {
    const loaded = file === null ? null : await asUsage(true, () => loadSettings(file, RULES, cwd));
    const settings = await asUsage(false, () => createSettings(loaded, commandLine, RULES, cwd));
    portions.push({ paths: group, settings });
  }
  return portions;
}

/** Mistakes in settings end the run as wrong usage does. */
async function asUsage<T>(placed: boolean, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SettingsError) throw new UsageError(error.message, { placed });
    throw error;
  }
}

async function settingsFile(given: Arguments, path: string, cwd: string): Promise<string | null> {
  if (given.flag("config") === false) return null;
  const named = given.value("config");
  if (named !== undefined) return resolve(cwd, named);
  if (path !== "-") return findSettings(resolve(cwd, path));
  const name = given.value("stdin-filename");
  return findSettings(name === undefined ? cwd : dirname(resolve(cwd, name)));
}

/** What the options say; their choices have been checked. */
function commandLineOf(given: Arguments): CommandLine {
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
    failOn: given.value("fail-on") as FailOn | undefined,
    maxWarnings: maxWarnings === undefined ? undefined : Number(maxWarnings),
    baseline: given.value("baseline"),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
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
