/** How messages name things. */
import { isFilledIn } from "../parser/index.ts";
import type { Context, Statement } from "../semantics/index.ts";

/** What a person has to look at where a setting is not known: a part that was not read, or a word that a template fills in. */
export function whereToLook(directive: string, statement: Statement | null): string {
  return statement?.args.some(isFilledIn)
    ? `a template fills in ${codeOf(statement)}: look at the file that it makes`
    : `look for \`${directive}\` in the parts that were not read`;
}

/** What to do about a setting: one further in than `http` is in force whatever `http` says. */
export function insteadOf(statement: Statement | null, line: string, otherwise: string): string {
  return statement === null || statement.context.kind === "http"
    ? otherwise
    : `write \`${line}\` in place of ${codeOf(statement)}`;
}

/** `a, b and c` */
export function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** `a, b and 3 more` */
export function shortListOf(words: readonly string[], most = 3): string {
  if (words.length <= most) return listOf(words);
  return `${words.slice(0, most - 1).join(", ")} and ${words.length - most + 1} more`;
}

/** A statement without its block, as it is written, cut to a readable length. */
export function codeOf(statement: Statement, length = 60): string {
  const { directive, file } = statement;
  const end = directive.args.at(-1)?.end ?? directive.name.end;
  const text = file.text.slice(directive.start, end).replace(/\s+/g, " ");
  return `\`${text.length > length ? `${text.slice(0, length - 1)}…` : text}\``;
}

/** A place for people: `` `location /x/` ``, ``the server `shop.example` ``, `` `if ($a)` in `location /x/` ``. */
export function titleOf(context: Context): string {
  const { kind, opener } = context;
  if (opener === null) return "the top of this file";
  if (kind === "server") {
    const name = context.all("server_name")[0]?.args[0] ?? "_";
    if (name !== "_" && name !== "") return `the server \`${name}\``;
    const listen = context.all("listen")[0];
    return listen === undefined ? "this `server`" : `the server of ${codeOf(listen)}`;
  }
  if (kind === "location-if" || kind === "limit_except") {
    return `${codeOf(opener)} in ${titleOf(opener.context)}`;
  }
  return codeOf(opener);
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Several places for people, each named once. */
export function titlesOf(contexts: readonly Context[]): string {
  const titles = [...new Set(contexts.map(titleOf))];
  // A snippet that several servers include has one name everywhere.
  const [only = "", ...others] = titles;
  if (others.length === 0 && contexts.length > 1 && only.startsWith("`")) {
    return `the ${contexts.length} ${only}`;
  }
  return shortListOf(titles);
}
