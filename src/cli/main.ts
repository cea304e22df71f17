/** argv → exit status. */
import { readArguments } from "./arguments.ts";
import { write } from "./streams.ts";
import { UsageError } from "./usage-error.ts";

declare const __VERSION__: string;

/** Runs one command. Throws `UsageError`. */
async function run(argv: readonly string[]): Promise<number> {
  const given = readArguments(argv);
  const [command, ...rest] = given.positionals;
  if (given.flag("version")) {
    await write(process.stdout, `${__VERSION__}\n`);
    return 0;
  }
  if (command === "github-action" && process.env.GITHUB_ACTIONS === "true") {
    return (await import("./github-action.ts")).githubAction(process.env);
  }
  if (command === "completion") {
    await write(process.stdout, (await import("./completion.ts")).completion(rest));
    return 0;
  }
  if (given.flag("help")) {
    await write(process.stdout, (await import("./help.ts")).help(__VERSION__));
    return 0;
  }
  if (given.flag("print-config")) return (await import("./print-config.ts")).printConfig(given);
  if (command === "explain") return (await import("./explain-command.ts")).explainCommand(given, rest);
  if (command === "init") return (await import("./init-command.ts")).initCommand(rest);
  if (command === "rules" && rest.length === 0) {
    await write(process.stdout, (await import("./catalogue.ts")).listRules());
    return 0;
  }
  if (command === "rule") {
    const [id] = rest;
    if (id === undefined) throw new UsageError("which rule? nginx-lint rule ID");
    await write(process.stdout, (await import("./catalogue.ts")).describeRule(id));
    return 0;
  }
  if (command === undefined) {
    throw new UsageError("what is to be linted? nginx-lint /etc/nginx (nginx-lint --help for more)");
  }
  return (await import("./lint-command.ts")).lintCommand(given);
}

async function main(): Promise<void> {
  try {
    process.exitCode = await run(process.argv.slice(2));
  } catch (error) {
    process.exitCode = 2;
    const { visible } = await import("../reporters/index.ts");
    if (error instanceof UsageError && error.placed) {
      for (const line of error.message.split("\n")) await write(process.stderr, `${visible(line)}\n`);
    } else {
      const message = error instanceof UsageError ? error.message : `internal error: ${describe(error)}`;
      await write(process.stderr, `nginx-lint: ${visible(message)}\n`);
    }
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

void main();
