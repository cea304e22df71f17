/** `--print-config`: the settings that apply, and where each comes from. */
import { relative, resolve } from "node:path";
import { jsonText, visible } from "../reporters/index.ts";
import { RULES } from "../rules/index.ts";
import { explain, explanationLines, originText } from "../settings/index.ts";
import type { Arguments } from "./arguments.ts";
import { boundsOf, portionsOf } from "./settings-of.ts";
import { write } from "./streams.ts";
import { UsageError } from "./usage-error.ts";

/** Prints the settings of every path (default: the working directory), as YAML or, with `-f json`, as JSON. */
export async function printConfig(given: Arguments): Promise<number> {
  const format = given.value("format") ?? "stylish";
  if (format !== "stylish" && format !== "json")
    throw new UsageError(`--print-config writes stylish or json, not ${format}`);
  const cwd = process.cwd();
  const paths = given.positionals.length === 0 ? ["."] : given.positionals;
  const portions = await portionsOf(given, paths, cwd, boundsOf(given, paths, cwd));
  const answers = portions.flatMap(({ paths: alike, settings }) =>
    alike.map((path) => {
      const name =
        path === "-" ? (given.value("stdin-filename") ?? "-") : relative(cwd, resolve(cwd, path)) || ".";
      return { name, files: settings.files, entries: explain(settings, RULES, name, cwd) };
    }),
  );
  if (format === "json") {
    const value = answers.map(({ name, files, entries }) => ({
      file: name,
      settingsFiles: files,
      settings: entries.map(({ key, value, origin }) => ({ key, value, origin: originText(origin) })),
    }));
    await write("stdout", jsonText({ version: 1, files: value }));
    return 0;
  }
  for (const { name, files, entries } of answers) {
    const from = files.length === 0 ? "no settings file" : files.join(", ");
    const lines = [`# ${name}: ${from}`, ...explanationLines(entries)];
    await write("stdout", lines.map((line) => `${visible(line)}\n`).join(""));
  }
  return 0;
}
