import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { goodTexts } from "./good.ts";
import { hostileTexts } from "./hostile.ts";
import { brokenBy } from "./invariants.ts";

const root = join(import.meta.dirname, "../..");

it("holds whatever it is given (`npm run fuzz` for more)", { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(hostileTexts(goodTexts(root)), (text) => {
      expect(brokenBy(text)).toEqual([]);
    }),
    { seed: 12, numRuns: 60 },
  );
});
