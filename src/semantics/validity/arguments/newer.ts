/** Values that versions read differently. */

import type { Statement } from "../../tree.ts";
import { parseFlag, parseNumber } from "../../values/index.ts";
import { isSince } from "../../version.ts";
import { type ArgumentProblem, problemAt, type Surroundings } from "./problem.ts";

/** `proxy_limit_rate $rate` and its siblings. */
export function* checkLimitRate(statement: Statement, { version }: Surroundings): Generator<ArgumentProblem> {
  if (statement.args[0]?.includes("$") !== true || isSince(version, "1.27.0") !== false) return;
  yield problemAt(
    statement,
    0,
    `"${statement.name}" directive invalid value`,
    "write a size; a variable needs nginx 1.27.0",
  );
}

/** `proxy_http_version 2`. */
export function* checkHttpVersion(
  statement: Statement,
  { version }: Surroundings,
): Generator<ArgumentProblem> {
  if (statement.args[0] !== "2" || isSince(version, "1.29.4") !== false) return;
  yield problemAt(statement, 0, 'invalid value "2"', "write `1.1`; `2` needs nginx 1.29.4");
}

/** `proxy_protocol v2` of stream and mail. */
export function* checkProxyProtocol(
  statement: Statement,
  { version }: Surroundings,
): Generator<ArgumentProblem> {
  if (statement.args[0]?.toLowerCase() !== "v2" || isSince(version, "1.31.4") !== false) return;
  yield problemAt(statement, 0, 'invalid value "v2"', "write `on`; `v2` needs nginx 1.31.4");
}

/** `http2_push_preload`, `http2_max_concurrent_pushes`: obsolete since 1.25.1, which no longer reads them. */
export function* checkPushes(statement: Statement, { version }: Surroundings): Generator<ArgumentProblem> {
  if (isSince(version, "1.25.1") !== false) return;
  const [value = ""] = statement.args;
  const parsed = statement.name === "http2_push_preload" ? parseFlag(value) : parseNumber(value);
  if (!parsed.ok) yield problemAt(statement, 0, `${parsed.reason} "${value}"`, "remove it");
}
