/** Directives that define a variable (`ngx_http_add_variable`): not one that nginx has already. */
import { isFixedVariable } from "../../directives/variables.ts";
import type { Statement } from "../../tree.ts";
import { type ArgumentProblem, problemAt, type Surroundings } from "./problem.ts";

const NAME_AT: Readonly<Record<string, number>> = { map: 1, split_clients: 1 };

/** `set`, `map`, `geo`, `split_clients`, `auth_request_set`, `perl_set`. */
export function* checkDefinition(
  statement: Statement,
  { version }: Surroundings,
): Generator<ArgumentProblem> {
  const { name, args, context } = statement;
  const index = name === "geo" ? args.length - 1 : (NAME_AT[name] ?? 0);
  const variable = args[index]?.replace(/^\$/, "") ?? "";
  if (!isFixedVariable(variable, context.kind.startsWith("stream") ? "stream" : "http", version)) return;
  yield problemAt(
    statement,
    index,
    `the duplicate "${variable}" variable`,
    `nginx sets \`$${variable}\` itself; choose another name`,
  );
}
