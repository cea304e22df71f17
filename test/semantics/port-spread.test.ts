import { describe, expect, it } from "vitest";
import { PortSpread } from "../../src/semantics/listen.ts";

describe("ranges of ports", () => {
  it("are taken apart until there are more than memory holds", () => {
    const spread = new PortSpread();
    expect(spread.of({ port: 8000, lastPort: 8002 })).toEqual([8000, 8001, 8002]);
    const all = { port: 1, lastPort: 65_535 };
    const taken = [1, 2].map(() => spread.of(all)?.length ?? null);
    expect(taken).toEqual([65_535, null]);
  });

  it("leave single ports alone", () => {
    const spread = new PortSpread();
    for (let i = 0; i < 4; i++) spread.of({ port: 1, lastPort: 65_535 });
    expect(spread.of({ port: 80, lastPort: 80 })).toEqual([80]);
  });
});
