/** Options that mean nothing to a command, or beside others. */
import type { Arguments } from "./arguments.ts";
import { type CommandName, FORMATS_OF, OPTIONS } from "./options.ts";
import { UsageError } from "./usage-error.ts";

/** An option that would mean nothing here is a slip. Throws `UsageError`. */
export function refuseStrangers(given: Arguments, command: CommandName): void {
  for (const { name, of } of OPTIONS) {
    if (of === undefined || of.includes(command)) continue;
    if (given.flag(name) === undefined && given.values(name).length === 0) continue;
    const owners = of.map((each) => (each === "lint" ? "linting" : `\`nginx-lint ${each}\``)).join(" and ");
    const place = command === "lint" ? "" : `, not of \`nginx-lint ${command}\``;
    throw new UsageError(`--${name} is an option of ${owners}${place}`);
  }
  const format = given.value("format");
  const formats = FORMATS_OF[command];
  if (format !== undefined && formats !== undefined && !formats.includes(format)) {
    if (command === "lint") throw new UsageError(`${format} is a format of \`nginx-lint checklist\``);
    throw new UsageError(`${command} writes ${formats.join(", ")}, not ${format}`);
  }
  if (given.flag("statistics") && (format ?? "stylish") !== "stylish") {
    throw new UsageError("--statistics prints a table of its own; it goes with no --format");
  }
  if (
    given.flag("report") === false &&
    given.value("fix") === undefined &&
    given.values("fix-only").length === 0
  ) {
    throw new UsageError("--no-report goes with --fix: there is nothing else to do");
  }
  if (given.value("stdin-filename") !== undefined && !given.positionals.includes("-")) {
    throw new UsageError("--stdin-filename names standard input: give `-` as a path, too");
  }
}
