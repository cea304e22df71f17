/** The directives of the rewrite module: `return`, `if`, `rewrite`. */

import type { Statement } from "../../tree.ts";
import { parseReturnCode } from "../../values/index.ts";
import { type ArgumentProblem, problemAt } from "./problem.ts";

/** `ngx_http_rewrite_return`; `return` of stream takes any text. */
export function* checkReturn(statement: Statement): Generator<ArgumentProblem> {
  const { args, context } = statement;
  if (context.kind === "stream-server") return;
  const [first = ""] = args;
  if (parseReturnCode(first).ok) return;
  if (args.length === 1 && /^(?:https?:\/\/|\$scheme)/.test(first)) return;
  yield problemAt(
    statement,
    0,
    `invalid return code "${first}"`,
    /^[/"]|:\/\//.test(first) || args.length === 1
      ? `write a code first: \`return 302 ${first};\`, or \`return 200 "…";\` for a text`
      : "write a code from 0 to 999, such as `return 301 …`",
  );
}

/** `ngx_http_rewrite`: flags and pattern are judged elsewhere. */
export function* checkRewrite(statement: Statement): Generator<ArgumentProblem> {
  if (statement.args[1] === "") {
    yield problemAt(statement, 1, "empty replacement", "write where the request goes");
  }
}

const CONDITION_HELP =
  "write `if ($variable = value) { … }`, `if ($variable ~ pattern) { … }` or `if (-f $request_filename) { … }`";

/** `ngx_http_rewrite_if_condition`, step by step. */
export function* checkIf(statement: Statement): Generator<ArgumentProblem> {
  const invalid = (index: number, text: string, help = CONDITION_HELP) =>
    problemAt(statement, index, `invalid condition "${text}"`, help);
  const words = [...statement.args];
  let current = 0;
  let last = words.length - 1;
  const [first = ""] = words;
  if (!first.startsWith("(")) {
    yield invalid(0, first, `open the condition with a parenthesis: \`if (${words.join(" ")}…\``);
    return;
  }
  if (first === "(") current = 1;
  else words[0] = first.slice(1);
  const closing = words[last] ?? "";
  if (!closing.endsWith(")")) {
    yield invalid(last, statement.args[last] ?? "", "close the condition with a parenthesis");
    return;
  }
  if (closing === ")") last--;
  else words[last] = closing.slice(0, -1);

  const subject = words[current] ?? "";
  if (subject.length > 1 && subject.startsWith("$")) {
    if (current !== last && current + 2 !== last) {
      yield invalid(current, subject, "quote a value that holds spaces, and write one comparison only");
      return;
    }
    const operator = words[current + 1] ?? "";
    if (current === last || /^!?(?:=|~\*?)$/.test(operator)) return;
    yield problemAt(
      statement,
      current + 1,
      `unexpected "${operator}" in condition`,
      operator === "==" ? "write `=`" : "write one of `=`, `!=`, `~`, `~*`, `!~`, `!~*`",
    );
    return;
  }
  const isTest = /^!?-.$/s.test(subject);
  if (!isTest || current + 1 !== last || !/[fdex]$/.test(subject)) yield invalid(current, subject);
}
