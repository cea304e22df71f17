/** What may be known of a server outside of it, and what stands outside of all servers. */
import type { Configuration } from "./configuration.ts";
import { PASS_DIRECTIVES } from "./content.ts";
import type { Server } from "./server.ts";
import type { Context, Statement } from "./tree.ts";

/** How it is reached, what it makes of plain HTTP, and whether it hands requests on. */
const LEVEL: ReadonlySet<string> = new Set([
  "listen",
  "server_name",
  "http2",
  "http3",
  "if",
  "return",
  "rewrite",
  "error_page",
  "set_real_ip_from",
]);

/** Variables are known in all servers, whichever fills them. */
const FILLING: ReadonlySet<string> = new Set(["set", "auth_request_set", "perl_set"]);

const PASSES: ReadonlySet<string> = new Set(PASS_DIRECTIVES);

/**
 * All that rules about one server may know of another: addresses and names, TLS, what becomes of plain HTTP, whether it hands
 * requests on, and the variables that it fills. As text, to be compared.
 */
export function factsOf({ context }: Server): string {
  const facts: string[] = [];
  let isIncomplete = context.incomplete;
  let handsOn = false;
  for (const statement of context.below) {
    const { name, args } = statement;
    if (statement.block?.incomplete === true) isIncomplete = true;
    if (PASSES.has(name)) handsOn = true;
    if (statement.context === context && (LEVEL.has(name) || name.startsWith("ssl"))) {
      facts.push(headOf(statement));
    } else if (FILLING.has(name) || args.some((word) => word.includes("(?"))) facts.push(headOf(statement));
  }
  facts.push(String(isIncomplete), String(handsOn));
  return facts.join("\n");
}

/** Every statement outside of the servers of `http`, as it is written, with its file. */
export function textOutside({ root, servers }: Configuration): string {
  const inside = new Set(servers.map(({ context }) => context));
  const parts: string[] = [];
  const read = (context: Context): void => {
    if (inside.has(context)) {
      parts.push("…");
      return;
    }
    parts.push(context.incomplete ? "{?" : "{");
    for (const statement of context.statements) {
      parts.push(statement.file.name, headOf(statement));
      if (statement.block !== null) read(statement.block);
    }
    parts.push("}");
  };
  read(root);
  return parts.join("\n");
}

/** The names of the files that the text of a server is in, with those of the files that they include. */
export function filesIn({ context }: Server): ReadonlySet<string> {
  const { includes } = context.tree;
  const names = new Set<string>();
  const add = (around: Context) => {
    for (const { directive } of around.includes)
      for (const { name } of includes.get(directive)?.files ?? []) names.add(name);
  };
  add(context);
  for (const { block } of context.below) if (block !== null) add(block);
  return names;
}

function headOf({ file, directive: { start, end, block } }: Statement): string {
  return file.text.slice(start, block === null ? end : block.open);
}
