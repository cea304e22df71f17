import { greatest } from "../lists/index.ts";
import { FORMATS, wrap } from "../reporters/index.ts";
import { COMMANDS, type Command, FORMATS_OF, OPTIONS, type Option } from "./options.ts";

const WIDTH = 80;

/** What `--help` prints: of the whole, or of one command. */
export function help(version: string, name: string | undefined): string {
  const command = COMMANDS.find((each) => each.name === name && name !== "lint");
  return command === undefined ? general(version) : special(command);
}

function general(version: string): string {
  const [lint, ...others] = COMMANDS;
  return `nginx-lint ${version}: finds what an nginx configuration does to requests

Usage
${table(COMMANDS.map(({ usage, help }) => [usage, help]))}
${paragraph(lint?.about ?? "")}
${paragraph(`\`nginx-lint COMMAND --help\` shows the options of ${others.map(({ name }) => name).join(", ")}.`)}

Options
${table(optionsOf("lint"))}

Formats
${paragraph(`${FORMATS.join(", ")}.`)}

Presets
${table([
  ["recommended", "real bugs and holes (the default)"],
  ["security", "hardening"],
  ["django-react", "the deployment checklist of a Django and React site"],
  ["strict", "everything, also findings of low confidence"],
])}

Exit status
  0  nothing at or above --fail-on
  1  findings
  2  wrong usage, unreadable input or an internal error
`;
}

function special({ name, usage, help, about, examples }: Command): string {
  const formats = FORMATS_OF[name];
  return `${usage}: ${help}

${paragraph(about)}

Examples
${examples.map((example) => `  ${example}`).join("\n")}

Options
${table(optionsOf(name))}
${formats === undefined ? "" : `\nFormats\n${paragraph(`${formats.join(", ")}.`)}\n`}`;
}

function optionsOf(command: Command["name"]): (readonly [string, string])[] {
  return OPTIONS.filter(({ of }) => of === undefined || of.includes(command)).map((option) => [
    signature(option),
    option.helpOf?.[command] ?? option.help,
  ]);
}

function signature({ name, short, value, implied, negatable }: Option): string {
  const long = `--${negatable && value === undefined ? "[no-]" : ""}${name}`;
  const placeholder = value === undefined ? "" : implied === undefined ? ` ${value}` : `[=${value}]`;
  return `${short === undefined ? "    " : `-${short}, `}${long}${placeholder}`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = greatest(rows.map(([left]) => left.length));
  const room = WIDTH - width - 4;
  return rows
    .map(([left, right]) => {
      const lines = wrap(right, room, room).join(`\n${" ".repeat(width + 4)}`);
      return `  ${left.padEnd(width)}  ${lines}`;
    })
    .join("\n");
}

function paragraph(text: string): string {
  return wrap(text, WIDTH - 2, WIDTH - 2)
    .map((line) => `  ${line}`)
    .join("\n");
}
