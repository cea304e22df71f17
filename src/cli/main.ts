/** argv → exit status. */
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
import { OPTIONS } from "./options.ts";
import { printConfig } from "./print-config.ts";
import { write } from "./streams.ts";
import { UsageError } from "./usage-error.ts";

declare const __VERSION__: string;

/** Runs one command. Throws `UsageError`. */
async function run(argv: readonly string[]): Promise<number> {
  const given = readArguments(argv);
  const [command, ...rest] = given.positionals;
  if (given.flag("version")) {
    await write("stdout", `${__VERSION__}\n`);
    return 0;
  }
  if (command === "github-action" && process.env.GITHUB_ACTIONS === "true") {
    return githubAction(process.env);
  }
  if (command === "completion") {
    await write("stdout", completion(rest));
    return 0;
  }
  if (given.flag("help")) {
    await write("stdout", help(__VERSION__));
    return 0;
  }
  if (given.flag("print-config")) return printConfig(given);
  if (command === "explain") return explainCommand(given, rest);
  refuseStrangers(given);
  if (command === "init") return initCommand(rest);
  if (command === "checklist") return checklistCommand(given, rest);
  if (command === "rules" && rest.length === 0) {
    await write("stdout", listRules());
    return 0;
  }
  if (command === "rule") {
    const [id] = rest;
    if (id === undefined) throw new UsageError("which rule? nginx-lint rule ID");
    await write("stdout", describeRule(id));
    return 0;
  }
  if (command === undefined) {
    throw new UsageError("what is to be linted? nginx-lint /etc/nginx (nginx-lint --help for more)");
  }
  return lintCommand(given);
}

/** An option that would mean nothing here is a slip. Throws `UsageError`. */
function refuseStrangers(given: Arguments): void {
  const stranger = OPTIONS.find(
    ({ name, help }) => help.startsWith("explain:") && given.values(name).length > 0,
  );
  if (stranger !== undefined)
    throw new UsageError(`--${stranger.name} is an option of \`nginx-lint explain\``);
  if (given.positionals[0] !== "checklist") {
    for (const name of ["server"])
      if (given.values(name).length > 0)
        throw new UsageError(`--${name} is an option of \`nginx-lint checklist\``);
    if (given.value("format") === "markdown")
      throw new UsageError("markdown is a format of `nginx-lint checklist`");
  }
  if (given.value("stdin-filename") !== undefined && !given.positionals.includes("-")) {
    throw new UsageError("--stdin-filename names standard input; hand `-` for it, too");
  }
}

async function main(): Promise<void> {
  try {
    process.exitCode = await run(process.argv.slice(2));
  } catch (error) {
    process.exitCode = 2;
    if (error instanceof UsageError && error.placed) {
      for (const line of error.message.split("\n")) await write("stderr", `${visible(line)}\n`);
    } else {
      const message = error instanceof UsageError ? error.message : `internal error: ${describe(error)}`;
      await write("stderr", `nginx-lint: ${visible(message)}\n`);
    }
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

void main();
