import { COMMANDS, OPTIONS, type Option } from "./options.ts";

/** What `--help` prints. */
export function help(version: string): string {
  const options = OPTIONS.map((option) => [signature(option), option.help] as const);
  const commands = COMMANDS.map(({ usage, help }) => [usage, help] as const);
  return `nginx-lint ${version}: finds what an nginx configuration does to requests

Usage
${table(commands)}
  A directory is read from its nginx.conf on; without one, each of its files is a fragment.

Options
${table(options)}

Exit status
  0  nothing at or above --fail-on
  1  findings
  2  wrong usage, unreadable input or an internal error
`;
}

function signature({ name, short, value, implied, negatable }: Option): string {
  const long = `--${negatable && value === undefined ? "[no-]" : ""}${name}`;
  const placeholder = value === undefined ? "" : implied === undefined ? ` ${value}` : `[=${value}]`;
  return `${short === undefined ? "    " : `-${short}, `}${long}${placeholder}`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
