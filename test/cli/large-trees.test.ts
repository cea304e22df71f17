import v8 from "node:v8";
import { afterEach, expect, it, vi } from "vitest";
import { readiness } from "../../src/cli/large-trees.ts";
import { loadIn, plant } from "../loader/trees.ts";

afterEach(() => vi.restoreAllMocks());

it("sets V8's flags once each, while much is read and not after it", async () => {
  const set: string[] = [];
  vi.spyOn(v8, "setFlagsFromString").mockImplementation((flag) => set.push(flag));
  const isReady = readiness();
  const totals: number[] = [];
  const onRead = (characters: number) => {
    totals.push(characters);
    isReady(characters);
    if (totals.length === 1) expect(set).toEqual([]);
  };
  const files = Object.fromEntries(
    ["a", "b", "c", "d"].map((name, n) => [`${name}.conf`, `gzip on;\n${"# x\n".repeat(10 ** (3 + n))}`]),
  );
  await loadIn(plant(files), ["."], { onRead });
  expect(totals).toEqual([4_009, 44_018, 444_027, 4_444_036]);
  expect(set.filter((flag) => flag.startsWith("--heap-growing-percent"))).toHaveLength(1);
  expect(new Set(set).size).toBe(set.length);
});
