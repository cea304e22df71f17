/** One setting at a place: what nginx works with there, whether anybody wrote it or not. */
import { isFilledIn } from "../parser/index.ts";
import { defaultIn, directiveIn, lookupDirective } from "./directives/index.ts";
import { type Effective, effective } from "./effective.ts";
import type { Context, Statement } from "./tree.ts";
import type { Version } from "./version.ts";

export interface Setting {
  /** The words in force; those of the default where nobody wrote any. Empty where nothing is set and there is no default. */
  readonly args: readonly string[];
  /** The line that sets it; null for a default. */
  readonly statement: Statement | null;
  /** The context that sets it; null for a default. */
  readonly from: Context | null;
  /** `unknown`: a part that could not be read may set it, or something else than what is seen. */
  readonly origin: "written" | "default" | "unknown";
}

/**
 * The value of a directive in force at a context, under its rule of inheritance and with its default in a version (null: the
 * newest), both from the directive table. Of a list, the words of the last line.
 */
export function settingOf(context: Context, name: string, version: Version | null): Setting {
  const facts = directiveIn(name, context.kind) ?? lookupDirective(name)?.[0];
  const { statements, from, uncertain, replaceable } =
    facts?.inheritance === "none" ? ownLevel(context, name) : effective(context, name);
  const statement = statements.at(-1) ?? null;
  if (statement !== null)
    return {
      args: statement.args,
      statement,
      from,
      origin:
        replaceable || (statement.file.template && statement.args.some(isFilledIn)) ? "unknown" : "written",
    };
  const fallback = facts === undefined ? null : defaultIn(facts, version);
  const args = fallback === null ? NO_WORDS : wordsOf(fallback);
  return { args, statement: null, from: null, origin: uncertain ? "unknown" : "default" };
}

const NO_WORDS: readonly string[] = [];
const words = new Map<string, readonly string[]>();

/** The words of a default; there are as many texts as directives have defaults. */
function wordsOf(text: string): readonly string[] {
  let known = words.get(text);
  if (known === undefined) {
    known = text.split(" ");
    words.set(text, known);
  }
  return known;
}

/** What holds at its own level only. */
function ownLevel(context: Context, name: string): Effective {
  const { incomplete } = context;
  return { statements: context.all(name), from: context, uncertain: incomplete, replaceable: incomplete };
}
