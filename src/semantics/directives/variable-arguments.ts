/** In which arguments of a directive nginx looks for variables, as it said itself when it met an unknown one there. */
import { VARIABLE_ARGUMENTS } from "./directives.generated.ts";

export interface VariableArguments {
  /** Indexes of arguments. */
  readonly at: readonly number[];
  /** Every argument from this index on; null: none. */
  readonly from: number | null;
  /** The last argument alone (`error_page`). */
  readonly last: boolean;
  /** Arguments that begin so (`if=`), of what follows. */
  readonly after: readonly string[];
  /**
   * What is read in a way of its own: `condition` (`if`), `entries` (the values of a `map`, too), `name` (a bare
   * `$name`, of `geo`), `format` (`log_format`: `$1` is a name), `header` (`more_set_headers`: behind the colon).
   */
  readonly special: "condition" | "entries" | "name" | "format" | "header" | null;
}

/** Undefined: nginx takes `$` literally in all arguments, or it is not known. */
export function variableArguments(name: string, family: "http" | "stream"): VariableArguments | undefined {
  table ??= readTable();
  return table[family].get(name);
}

type Table = Readonly<Record<"http" | "stream", Map<string, VariableArguments>>>;

let table: Table | undefined;

function readTable(): Table {
  const read: Table = { http: new Map(), stream: new Map() };
  for (const line of VARIABLE_ARGUMENTS.split("\n")) {
    const [directive = "", family = "", ...words] = line.split(" ");
    if (family === "http" || family === "stream") read[family].set(directive, parse(words));
  }
  return read;
}

const SPECIAL = ["condition", "entries", "name", "format", "header"] as const;

function parse(words: readonly string[]): VariableArguments {
  const from = words.find((word) => /^[0-9]\+$/.test(word));
  return {
    at: words.filter((word) => /^[0-9]$/.test(word)).map(Number),
    from: from === undefined ? null : Number.parseInt(from, 10),
    last: words.includes("last"),
    after: words.filter((word) => word.endsWith("=")),
    special: SPECIAL.find((kind) => words.includes(kind)) ?? null,
  };
}
