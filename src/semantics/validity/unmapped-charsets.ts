/** Answers that are to be recoded without a table for it (`ngx_http_charset_postconfiguration`). */

import type { Refusal } from "../anchor.ts";
import type { Configuration } from "../configuration.ts";
import { effective } from "../effective.ts";
import type { Context, Statement } from "../tree.ts";

/** Looked at in every server and location, with what they inherit; each `source_charset` is told once. */
export function unmappedCharsets(configuration: Configuration): Refusal[] {
  const { http, statements } = configuration;
  if (http === null || http.incomplete || configuration.all("source_charset").length === 0) return [];
  const tables = new Set(
    http
      .all("charset_map")
      .map(({ args: [from = "", to = ""] }) => keyOf(from.toLowerCase(), to.toLowerCase())),
  );
  const refusals = new Map<Statement, Refusal>();
  for (const { block: context } of statements) {
    if (context === null || !["server", "location", "location-if", "limit_except"].includes(context.kind))
      continue;
    const from = charsetIn(context, "source_charset");
    const to = charsetIn(context, "charset");
    if (from === null || to === null || to.name === "off" || from.name === to.name) continue;
    if (tables.has(keyOf(from.name, to.name)) || refusals.has(from.at)) continue;
    refusals.set(from.at, {
      at: from.at,
      message: `no "charset_map" between the charsets "${from.name}" and "${to.name}": nginx does not start.`,
      help: `define \`charset_map ${from.name} ${to.name} { … }\` in \`http\`, or remove \`source_charset\``,
    });
  }
  return [...refusals.values()];
}

/** A table serves both ways. */
function keyOf(one: string, other: string): string {
  return [one, other].sort().join(" ");
}

/** Null where none is set, or it is a variable. */
function charsetIn(context: Context, directive: string): { at: Statement; name: string } | null {
  const { statements, replaceable } = effective(context, directive);
  const at = statements.at(-1);
  const name = at?.args[0]?.toLowerCase() ?? "";
  return at === undefined || replaceable || name.startsWith("$") ? null : { at, name };
}
