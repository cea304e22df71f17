/** Answers that are to be recoded without a table for it (`ngx_http_charset_postconfiguration`). */
import { type Configuration, type Context, effective, type Statement } from "../../semantics/index.ts";
import type { Report } from "../rule.ts";

/** Looked at in every server and location, with what they inherit; each `source_charset` is told once. */
export function unmappedCharsets(configuration: Configuration): Report[] {
  const { http, statements } = configuration;
  if (http === null || http.incomplete || configuration.all("source_charset").length === 0) return [];
  const tables = new Set(
    http
      .all("charset_map")
      .map(({ args: [from = "", to = ""] }) => keyOf(from.toLowerCase(), to.toLowerCase())),
  );
  const reports = new Map<Statement, Report>();
  for (const { block: context } of statements) {
    if (context === null || !["server", "location", "location-if", "limit_except"].includes(context.kind))
      continue;
    const from = charsetIn(context, "source_charset");
    const to = charsetIn(context, "charset");
    if (from === null || to === null || to.name === "off" || from.name === to.name) continue;
    if (tables.has(keyOf(from.name, to.name)) || reports.has(from.at)) continue;
    reports.set(from.at, {
      at: from.at,
      message: `no "charset_map" between the charsets "${from.name}" and "${to.name}": nginx does not start.`,
      help: `define \`charset_map ${from.name} ${to.name} { … }\` in \`http\`, or remove \`source_charset\``,
    });
  }
  return [...reports.values()];
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
