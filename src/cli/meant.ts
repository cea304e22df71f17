/** What was meant by the words of other tools, and where to look when nothing was named. */
import { existsSync, lstatSync } from "node:fs";
import { homedir } from "node:os";
import { Bounds } from "../bounds/index.ts";
import { didYouMean } from "../linter/index.ts";
import { load } from "../loader/index.ts";
import { RULES } from "../rules/index.ts";
import { COMMANDS } from "./options.ts";
import { write } from "./streams.ts";
import { UsageError } from "./usage-error.ts";

/** Where packages put the configuration of a server. */
const SERVERS_OWN = "/etc/nginx";

/** What other linters call linting. */
const LINTING = /^(?:lint|check|test|scan|analy[sz]e|run)$/;

/** Throws `UsageError` for a word that stands in a path's place and is none. A file of that name is a path. */
export function refuseWords(positionals: readonly string[]): void {
  const [word, ...rest] = positionals;
  if (word === undefined || word === "-" || existsSync(word)) return;
  if (/^https?:\/\//i.test(word))
    throw new UsageError(`${word} is a URL: \`nginx-lint explain ${word}\` shows what happens to it`);
  if (LINTING.test(word)) {
    const line = ["nginx-lint", ...rest].join(" ");
    throw new UsageError(`linting is done without the word \`${word}\`: write \`${line}\``);
  }
  if (RULES.some(({ id }) => id === word))
    throw new UsageError(`${word} is a rule: \`nginx-lint rule ${word}\` explains it`);
  if (!/^[a-z]+$/.test(word)) return;
  const names = COMMANDS.map(({ name }) => name).filter((name) => name !== "lint");
  const hint = didYouMean(word, names);
  if (hint !== "") throw new UsageError(`there is no command or file \`${word}\`${hint}`);
}

/**
 * A tree may hold files that are called like options, and shells and hooks hand over the names of files as they are.
 * @throws {UsageError} for an argument that may be either.
 */
export function refuseFilesAsOptions(argv: readonly string[]): void {
  for (const argument of argv) {
    if (argument === "--") return;
    if (!argument.startsWith("-") || argument === "-" || !isThere(argument)) continue;
    throw new UsageError(
      `${argument} may be an option, and there is a file of that name: put \`--\` before the paths, or write ./${argument} for the file`,
    );
  }
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** The working directory where it holds nginx files, else the server's own configuration. Throws `UsageError`. */
export async function placeToLint(cwd: string): Promise<string> {
  // A whole disk or a home is not walked because somebody forgot the path.
  const isWide = cwd === "/" || cwd === homedir();
  if ((!isWide || existsSync("nginx.conf")) && (await holdsNginx(cwd))) return ".";
  if (existsSync(`${SERVERS_OWN}/nginx.conf`)) return SERVERS_OWN;
  throw new UsageError(
    `no nginx files here, and no ${SERVERS_OWN}: name what to lint, as in \`nginx-lint path/to/nginx\` (\`nginx-lint --help\` for more)`,
  );
}

/** As `placeToLint`; says so where that is not the working directory. Throws `UsageError`. */
export async function placeToRead(cwd: string): Promise<string> {
  const place = await placeToLint(cwd);
  if (place !== ".") await write("stderr", `nginx-lint: no path is given; reading ${place}\n`);
  return place;
}

async function holdsNginx(cwd: string): Promise<boolean> {
  const paths = ["."];
  const { trees } = await load({ paths, cwd, bounds: new Bounds({ cwd, handed: paths }) });
  return trees.length > 0;
}
