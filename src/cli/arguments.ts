import { parseArgs } from "node:util";
import { didYouMean } from "../linter/index.ts";
import { choicesOf, OPTIONS, type Option } from "./options.ts";
import { UsageError } from "./usage-error.ts";

export interface Arguments {
  readonly positionals: readonly string[];
  /** The first of them stands behind `--`, so that all are paths and none is a command. */
  readonly isPathsAlone: boolean;
  /** True, false (`--no-…`) or undefined where the flag was not given. The last one counts. */
  flag(name: string): boolean | undefined;
  /** The last value given. */
  value(name: string): string | undefined;
  values(name: string): readonly string[];
}

/** Reads the command line. Throws `UsageError` for what the option table does not know. */
export function readArguments(argv: readonly string[]): Arguments {
  const end = argv.indexOf("--");
  const { positionals, tokens } = parseArgs({
    args: argv.map((argument, index) => (end === -1 || index < end ? implyValue(argument) : argument)),
    options: Object.fromEntries(OPTIONS.flatMap(describe)),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const given: { name: string; rawName: string; value: string | undefined }[] = [];
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { name, rawName } = token;
    const option = optionOf(rawName);
    for (const value of parts(option, token.value)) {
      check(option, rawName, value, positionals[0]);
      given.push({ name, rawName, value });
    }
  }
  const values = (name: string) =>
    given.flatMap((o) => (o.name === name && o.value !== undefined ? [o.value] : []));
  const first = tokens.find(({ kind }) => kind === "positional" || kind === "option-terminator");
  return {
    positionals,
    isPathsAlone: first?.kind === "option-terminator",
    flag(name) {
      const last = given.findLast((option) => option.name === name || option.name === `no-${name}`);
      return last === undefined ? undefined : !last.rawName.startsWith("--no-");
    },
    value: (name) => values(name).at(-1),
    values,
  };
}

type Described = [string, { type: "string" | "boolean"; short?: string; multiple: boolean }];

function describe({ name, short, value, negatable }: Option): Described[] {
  const type = value === undefined ? "boolean" : "string";
  const described: Described[] = [
    [name, { type, ...(short === undefined ? {} : { short }), multiple: true }],
  ];
  if (negatable) described.push([`no-${name}`, { type: "boolean", multiple: true }]);
  return described;
}

/** `--fix` is `--fix=safe`. */
function implyValue(argument: string): string {
  const option = OPTIONS.find(({ name, implied }) => implied !== undefined && argument === `--${name}`);
  return option === undefined ? argument : `${argument}=${option.implied}`;
}

/** Throws `UsageError` for an option that is not in the table. */
function optionOf(rawName: string): Option {
  const name = rawName.replace(/^--?/, "");
  const option = OPTIONS.find(
    (o) => o.name === name || (o.negatable && `no-${o.name}` === name) || o.short === name,
  );
  if (option !== undefined) return option;
  const names = OPTIONS.flatMap((o) => (o.negatable ? [o.name, `no-${o.name}`] : [o.name]));
  throw new UsageError(`unknown option ${rawName}${didYouMean(name, names).replace("`", "`--")}`);
}

/** `a,b` is two values where the option takes a list. */
function parts({ list }: Option, value: string | undefined): readonly (string | undefined)[] {
  if (!list || value === undefined) return [value];
  return value.split(",").map((part) => part.trim());
}

function check(
  option: Option,
  rawName: string,
  value: string | undefined,
  command: string | undefined,
): void {
  const { value: placeholder, choices } = option;
  const takesValue = placeholder !== undefined && !rawName.startsWith("--no-");
  if (takesValue && (value === undefined || value === ""))
    throw new UsageError(`${rawName} needs a value: ${rawName} ${placeholder}`);
  if (!takesValue && value !== undefined) throw new UsageError(`${rawName} takes no value`);
  if (value !== undefined && choices !== undefined && !choices.includes(value)) {
    const possible = choicesOf(option, command) ?? choices;
    throw new UsageError(
      `${rawName} ${value}: not one of ${possible.join(", ")}${didYouMean(value, possible)}`,
    );
  }
}
