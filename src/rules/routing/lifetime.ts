/** How to give a response another lifetime, in place of the line that gives it its own. */
import type { Configuration, Context, Header, Place } from "../../semantics/index.ts";
import { codeOf, titleOf } from "../wording.ts";

/** Where to write a location of its own for some requests of a place: where the files are that the place serves. */
export function besides({ context }: Pick<Place, "context">): string {
  return context.kind === "location" && (context.has("root") || context.has("alias"))
    ? `, nested in ${titleOf(context)}`
    : "";
}

export interface Wanted {
  /** What `expires` and `Cache-Control` should say. */
  readonly expires: string;
  readonly cacheControl: string;
  /** For people: `the page`. */
  readonly what: string;
  /** A location to be written for it, around the line; null where it has one. */
  readonly around: ((line: string) => string) | null;
}

/**
 * What to write, beginning with a verb; null where a line of `expires` will do. A second `Cache-Control` beside that of an `add_header`
 * would not.
 */
export function lifetimeHelp(
  { statement }: Header,
  { expires, cacheControl, what, around }: Wanted,
  place: Context,
  configuration: Configuration,
): string | null {
  if (statement === null) return null;
  const isExpires = statement.name === "expires";
  const variable = /^\$\{?(\w+)\}?$/.exec(statement.args.at(isExpires ? 0 : 1) ?? "")?.[1]?.toLowerCase();
  const map = configuration
    .all("map")
    .find(({ args }) => variable !== undefined && args.at(-1)?.toLowerCase() === `$${variable}`);
  if (map !== undefined)
    return `let ${codeOf(map)} give ${isExpires ? `\`${expires}\`` : `\`"${cacheControl}"\``} for ${what}`;
  if (isExpires)
    return around === null && statement.context === place
      ? `write \`expires ${expires};\` in place of ${codeOf(statement)}`
      : null;
  const line = `add_header Cache-Control "${cacheControl}"${statement.args.at(-1) === "always" ? " always" : ""};`;
  if (around === null && statement.context === place)
    return `write \`${line}\` in place of ${codeOf(statement)}`;
  const others =
    statement.context.all("add_header").length > 1 ? ", and repeat the other `add_header` lines there" : "";
  return `write \`${around === null ? `${line}\` in ${titleOf(place)}` : `${around(line)}\`${besides({ context: place })}`}${others}`;
}
