/** argv → exit status. */
import { existsSync } from "node:fs";
import { visible } from "../reporters/index.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { describeRule, listRules } from "./catalogue.ts";
import { checklistCommand } from "./checklist-command.ts";
import { completion } from "./completion.ts";
import { explainCommand } from "./explain-command.ts";
import { githubAction } from "./github-action.ts";
import { help } from "./help.ts";
import { initCommand } from "./init-command.ts";
import { lintCommand } from "./lint-command.ts";
import { placeToLint, refuseFilesAsOptions, refuseWords } from "./meant.ts";
import { printConfig } from "./print-config.ts";
import { refuseStrangers } from "./strangers.ts";
import { write } from "./streams.ts";
import { UsageError } from "./usage-error.ts";

declare const __VERSION__: string;

/** Runs one command. Throws `UsageError`. */
async function run(argv: readonly string[]): Promise<number> {
  refuseFilesAsOptions(argv);
  const given = readArguments(argv);
  const [first, ...rest] = given.positionals;
  const command = given.isPathsAlone ? undefined : first;
  if (given.flag("version") || isWord(given, "version")) {
    await write("stdout", `${__VERSION__}\n`);
    return 0;
  }
  if (command === "github-action" && process.env.GITHUB_ACTIONS === "true") {
    return githubAction(process.env);
  }
  if (given.flag("help")) {
    await write("stdout", help(__VERSION__, command));
    return 0;
  }
  if (isWord(given, "help")) {
    await write("stdout", help(__VERSION__, rest[0]));
    return 0;
  }
  if (given.flag("print-config")) {
    refuseStrangers(given, "lint");
    return printConfig(given);
  }
  switch (command) {
    case "completion":
      await write("stdout", completion(rest));
      return 0;
    case "explain":
      refuseStrangers(given, command);
      return explainCommand(given, rest);
    case "init":
      refuseStrangers(given, command);
      return initCommand(rest);
    case "checklist":
      refuseStrangers(given, command);
      return checklistCommand(given, rest);
    case "rules":
      // In a repository of rules, that may be a folder's name.
      if (rest.length > 0) {
        if (!existsSync("rules"))
          throw new UsageError(
            `\`nginx-lint rules\` takes no arguments: \`nginx-lint rule ${rest[0]}\` explains one rule`,
          );
        break;
      }
      refuseStrangers(given, command);
      await write("stdout", listRules(given));
      return 0;
    case "rule":
      refuseStrangers(given, command);
      await write("stdout", describeRule(given, rest));
      return 0;
  }
  refuseStrangers(given, "lint");
  if (!given.isPathsAlone) refuseWords(given.positionals);
  return lintCommand(first === undefined ? await withPlace(given) : given);
}

/** A word that asks what an option asks, too; a file of that name is to be linted. */
function isWord({ positionals, isPathsAlone }: Arguments, word: string): boolean {
  return !isPathsAlone && positionals[0] === word && !existsSync(word);
}

/** Nothing was named: what is linted instead is said. */
async function withPlace(given: Arguments): Promise<Arguments> {
  const place = await placeToLint(process.cwd());
  const shown = place === "." ? "the working directory" : place;
  if (!given.flag("quiet")) await write("stderr", `nginx-lint: no path is given; linting ${shown}\n`);
  return { ...given, positionals: [place] };
}

async function main(): Promise<void> {
  try {
    process.exitCode = await run(process.argv.slice(2));
  } catch (error) {
    process.exitCode = 2;
    const message = error instanceof UsageError ? error.message : `internal error: ${describe(error)}`;
    for (const line of message.split("\n")) await write("stderr", `nginx-lint: ${visible(line)}\n`);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

void main();
