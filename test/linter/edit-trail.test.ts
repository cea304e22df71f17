import { expect, it } from "vitest";
import { EditTrail } from "../../src/linter/index.ts";
import { parse } from "../../src/parser/index.ts";
import { editedText } from "../../src/semantics/index.ts";

it("leads a place back through rounds of edits to the line that it had", () => {
  const first = parse("a 1;\nb 2;\nc 3;\nd 4;\n", "x");
  const trail = new EditTrail();
  expect(trail.firstLine("x", 6)).toBeNull();
  let text = first.text;
  const edit = (...changes: [offset: number, length: number, text: string][]) => {
    const edits = changes.map(([offset, length, text]) => ({ file: "x", offset, length, text }));
    const now = parse(text, "x");
    trail.add(edits, () => now);
    text = editedText(text, edits);
  };
  // A line before `b`, two after it, and `c` changes.
  edit([10, 0, "m;\nn;\n"], [5, 0, "l;\n"], [12, 1, "33"]);
  expect(text).toBe("a 1;\nl;\nb 2;\nm;\nn;\nc 33;\nd 4;\n");
  const lineOf = (word: string) => trail.firstLine("x", text.indexOf(word));
  expect(["a 1", "l;", "b 2", "m;", "c 33", "d 4"].map(lineOf)).toEqual([1, 2, 2, 3, 3, 4]);
  edit([0, 5, ""], [text.indexOf("d 4"), 0, "o;\n"]);
  expect(["b 2", "n;", "c 33", "o;", "d 4"].map(lineOf)).toEqual([2, 3, 3, 4, 4]);
});
