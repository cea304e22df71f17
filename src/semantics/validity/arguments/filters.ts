/** What changes or marks responses: `image_filter` and its siblings, `userid_mark`. */

import type { Statement } from "../../tree.ts";
import { parseNumber } from "../../values/index.ts";
import { type ArgumentProblem, problemAt } from "./problem.ts";

/** `ngx_http_image_filter_value`: `-` and a variable say nothing here; null where it is no number above zero. */
function readMeasure(text: string): number | "open" | null {
  if (text.includes("$") || text === "-") return "open";
  const number = parseNumber(text);
  return number.ok && number.value > 0 ? number.value : null;
}

const TURNS: readonly (number | "open" | null)[] = [90, 180, 270];

/** `ngx_http_image_filter`. */
export function* checkImageFilter(statement: Statement): Generator<ArgumentProblem> {
  const { args } = statement;
  const [what = "", ...measures] = args;
  const invalid = (index: number, help: string) =>
    problemAt(statement, index, `invalid parameter "${args[index] ?? ""}"`, help);
  const forms: readonly string[] =
    measures.length === 0 ? ["off", "test", "size"] : measures.length === 1 ? ["rotate"] : ["resize", "crop"];
  if (!forms.includes(what)) {
    yield invalid(0, "write `off`, `test`, `size`, `rotate <angle>`, or `resize` or `crop` and two measures");
  } else if (what === "rotate") {
    const [angle = ""] = measures;
    if (!angle.includes("$") && !TURNS.includes(readMeasure(angle))) {
      yield invalid(1, "write `90`, `180` or `270`");
    }
  } else {
    const index = measures.findIndex((measure) => readMeasure(measure) === null);
    if (index >= 0) yield invalid(index + 1, "write a number of pixels, or `-` to follow the other measure");
  }
}

/** `image_filter_jpeg_quality`, `image_filter_webp_quality`, `image_filter_sharpen`: the last overlooks what it cannot read. */
export function* checkImageMeasure(statement: Statement): Generator<ArgumentProblem> {
  const [text = ""] = statement.args;
  const isRight =
    statement.name === "image_filter_sharpen" ? text !== "-" : text !== "-" && readMeasure(text);
  if (isRight) return;
  yield problemAt(statement, 0, `invalid value "${text}"`, "write a number, or a variable");
}

/** `ngx_http_userid_mark`. */
export function* checkUserMark(statement: Statement): Generator<ArgumentProblem> {
  const [mark = ""] = statement.args;
  if (mark === "off" || /^[0-9A-Za-z=]$/.test(mark)) return;
  yield problemAt(
    statement,
    0,
    '"userid_mark" directive value must be "off" or a single letter, digit or "="',
    "write one letter or digit, or `off`",
  );
}
