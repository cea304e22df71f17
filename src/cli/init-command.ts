/** `nginx-lint init [path]`: writes a commented settings file that fits the tree. */
import { lstatSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Bounds } from "../bounds/index.ts";
import { load } from "../loader/index.ts";
import { guessVersion, initialSettings, SETTINGS_NAMES, treeFacts } from "../settings/index.ts";
import { write, writeNew } from "./streams.ts";
import { UsageError } from "./usage-error.ts";

/** Writes the file into the working directory. Throws `UsageError` where one is there already. */
export async function initCommand(paths: readonly string[]): Promise<number> {
  const cwd = process.cwd();
  const existing = SETTINGS_NAMES.find((name) => lstatSync(join(cwd, name), { throwIfNoEntry: false }));
  if (existing !== undefined)
    throw new UsageError(`${existing} already exists; delete it to write a new one`);
  const handed = paths.length === 0 ? ["."] : paths;
  const bounds = new Bounds({ cwd, handed });
  const { trees, problems } = await load({ paths: handed, cwd, bounds });
  // Without any configuration a settings file is still of use; a path that is not there is a slip.
  if (paths.length > 0 && problems.length > 0)
    throw new UsageError(problems[0]?.message ?? "nothing to read");
  const [first = "."] = handed;
  const place = resolve(cwd, first);
  const folder = statSync(place, { throwIfNoEntry: false })?.isDirectory() === true ? place : dirname(place);
  const [target] = SETTINGS_NAMES;
  writeNew(target, initialSettings(treeFacts(trees, guessVersion(folder, bounds))));
  const seen = trees.length === 0 ? "; no nginx configuration was seen" : "";
  await write("stderr", `${relative(cwd, join(cwd, target))} is written${seen}\n`);
  return 0;
}
