/** What is answered and how long it lives: `error_page`, `try_files`, `expires`, `*_cache_valid`. */

import type { Statement } from "../../tree.ts";
import {
  parseCacheValidCode,
  parseErrorPageCode,
  parseSeconds,
  parseTryFilesCode,
} from "../../values/index.ts";
import { type ArgumentProblem, isNumber, isSeconds, problemAt } from "./problem.ts";

/** `ngx_http_core_error_page`: `404 405 =200 /page`. */
export function* checkErrorPage(statement: Statement): Generator<ArgumentProblem> {
  const { args } = statement;
  const beforeUri = args.length - 2;
  const answer = args[beforeUri] ?? "";
  const codes = answer.startsWith("=") ? beforeUri : beforeUri + 1;
  if (answer.startsWith("=") && (codes === 0 || (answer !== "=" && !isNumber(answer.slice(1))))) {
    yield problemAt(
      statement,
      beforeUri,
      `invalid value "${answer}"`,
      "write the codes first, then `=` or `=200`, then the page",
    );
    return;
  }
  for (const [index, code] of args.slice(0, codes).entries()) {
    const parsed = parseErrorPageCode(code);
    if (parsed.ok) continue;
    const outside = parsed.reason.startsWith("value must");
    yield problemAt(
      statement,
      index,
      outside ? `value "${code}" must be between 300 and 599` : `invalid value "${code}"`,
      code === "499"
        ? "remove 499: the client has gone"
        : "write codes from 300 to 599, and the page as the last argument",
    );
    return;
  }
}

/** `ngx_http_try_files`: a code stands last. */
export function* checkTryFiles(statement: Statement): Generator<ArgumentProblem> {
  const index = statement.args.length - 1;
  const last = statement.args[index] ?? "";
  if (!last.startsWith("=") || parseTryFilesCode(last.slice(1)).ok) return;
  yield problemAt(statement, index, `invalid code "${last}"`, "write a code from 0 to 999, such as `=404`");
}

const DAY = 24 * 60 * 60;

/** `ngx_http_headers_expires`. */
export function* checkExpires(statement: Statement): Generator<ArgumentProblem> {
  const { args } = statement;
  const [first = ""] = args;
  const says = (
    index: number,
    message: string,
    help = "write a time such as `30d`, `epoch`, `max` or `off`",
  ) => problemAt(statement, index, `"expires" directive ${message}`, help);
  if (args.length === 2 && first !== "modified") {
    yield says(0, "invalid value", "write `modified` before the time, or nothing");
    return;
  }
  const modified = args.length === 2;
  const index = args.length - 1;
  const value = args[index] ?? "";
  if (value.includes("$") || (!modified && ["epoch", "max", "off"].includes(value))) return;
  if (value.startsWith("@") && modified) {
    yield says(index, 'daily time cannot be used with "modified" parameter', "write a span such as `24h`");
    return;
  }
  const time = parseSeconds(value.replace(/^[@+-]/, ""));
  if (!time.ok) yield says(index, "invalid value");
  else if (value.startsWith("@") && time.value > DAY) {
    yield says(
      index,
      "daily time value must be less than 24 hours",
      "write a time of the day such as `@15h30m`",
    );
  }
}

/** `ngx_http_file_cache_valid_set_slot`: `200 302 10m`, `any 1m`, `5m`. */
export function* checkCacheValid(statement: Statement): Generator<ArgumentProblem> {
  const { args } = statement;
  const index = args.length - 1;
  const time = args[index] ?? "";
  if (!isSeconds(time)) {
    yield problemAt(statement, index, `invalid time value "${time}"`, "end with a time: `200 302 10m`");
    return;
  }
  for (const [position, code] of args.slice(0, index).entries()) {
    if (code === "any" || parseCacheValidCode(code).ok) continue;
    yield problemAt(statement, position, `invalid status "${code}"`, "write codes from 100 to 599, or `any`");
    return;
  }
}
