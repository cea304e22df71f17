/** `scripts/array-loops.mjs` on a source file with loops and patterns of each kind. */
import { join } from "node:path";
import { transform } from "esbuild";
import { describe, expect, it } from "vitest";
// @ts-expect-error: a script without types
import { withArrayLoops } from "../../scripts/array-loops.mjs";
import { directoryOf } from "./run.ts";

const SOURCE = `
interface Line { readonly args: readonly string[]; readonly pair: readonly [string, number] }
function* numbers() { yield 1; yield 2; }
export function answer(): unknown[] {
  const out: unknown[] = [];
  const lines: readonly Line[] = [{ args: ["a", "b"], pair: ["x", 1] }, { args: [], pair: ["y", 2] }];
  outer: for (const { args: [first = "none", , third], pair: [name, value] } of lines) {
    for (const arg of args(lines)) {
      if (arg === "skip") continue;
      if (arg === "b") continue outer;
      out.push([first, third, name, value, arg]);
    }
    out.push("end");
  }
  const grown = [1];
  for (const each of grown) if (each < 4) grown.push(each + 1);
  const set = new Set([1]);
  for (const each of set) if (each < 4) set.add(each + 1);
  for (const [key, value] of new Map([["k", grown]])) out.push(key, value);
  for (const each of numbers()) out.push(each);
  for (const char of "é😀") out.push(char);
  for (const each of lines) { const each = "shadow"; out.push(() => each); }
  const [one = 0, [two] = [5]] = [] as [number?, number[]?];
  const [head, ...rest] = grown;
  const [only] = set;
  out.push(one, two, head, rest, only, [...set], lines.map(({ pair: [, number] }) => number));
  return out.map((each) => (typeof each === "function" ? each() : each));
}
function args(lines: readonly Line[]) { return ["skip", ...lines.flatMap((line) => line.args)]; }
`;

describe("loops over arrays in what is built", () => {
  it("go by number and do what is written", async () => {
    const compilerOptions = { target: "es2023", lib: ["es2023"], strict: true, noEmit: true, types: [] };
    const folder = directoryOf({
      "src/answer.ts": SOURCE,
      "tsconfig.json": JSON.stringify({ compilerOptions, include: ["src"] }),
    });
    const text: string = withArrayLoops(folder).get(join(folder, "src/answer.ts"));
    const run = async (source: string): Promise<unknown[]> => {
      const { code } = await transform(source, { loader: "ts" });
      return (await import(`data:text/javascript,${encodeURIComponent(code)}`)).answer();
    };
    expect(await run(text)).toEqual(await run(SOURCE));
    // Those over a set, a map, a generator, a string, and a pattern of a set stay; so does one with a rest.
    expect(text.match(/ of /g)).toHaveLength(4);
    expect(text.match(/const \[[^\]]*\]/g)).toEqual(["const [head, ...rest]", "const [only]"]);
  });
});
