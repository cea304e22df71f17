import { describe, expect, it } from "vitest";
import { append, firstNotBefore, greatest, groupBy, least, push } from "../../src/lists/index.ts";

/** More than fit on the stack as arguments. */
const MANY = Array.from({ length: 300_000 }, (_, i) => i);

describe("lists of any length", () => {
  it("append", () => {
    expect(() => [].push(...(MANY as never[]))).toThrow(RangeError);
    const list = [-1];
    append(list, MANY);
    expect([list.length, list[0], list.at(-1)]).toEqual([300_001, -1, 299_999]);
  });

  it("least and greatest", () => {
    expect([least(MANY), greatest(MANY)]).toEqual([0, 299_999]);
    expect([least([]), greatest([])]).toEqual([Math.min(), Math.max()]);
    expect(greatest([1, Number.NaN])).toBeNaN();
  });
});

it("finds a place among sorted items as looking through them does", () => {
  const items = [1, 3, 3, 7];
  for (let wanted = 0; wanted < 9; wanted++) {
    const found = items.findIndex((item) => item >= wanted);
    expect(firstNotBefore(items, (item) => item < wanted)).toBe(found < 0 ? items.length : found);
  }
  expect(firstNotBefore([], () => true)).toBe(0);
});

describe("values by a key", () => {
  it("groupBy keeps the order of keys and values", () => {
    expect([...groupBy(["bb", "a", "cc", "d"], ({ length }) => length)]).toEqual([
      [2, ["bb", "cc"]],
      [1, ["a", "d"]],
    ]);
  });

  it("push adds to what is there", () => {
    const map = new Map([["a", [1]]]);
    push(map, "a", 2);
    push(map, "b", 3);
    expect([...map]).toEqual([
      ["a", [1, 2]],
      ["b", [3]],
    ]);
  });
});
