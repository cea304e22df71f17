import { describe, expect, it } from "vitest";
import { type ConfigFile, parse } from "../../../src/parser/index.ts";
import { NamedFiles } from "../../../src/semantics/files/named-files.ts";

describe("patterns among named files", () => {
  it("are not tried on names any more when they have been on too many", () => {
    const file = parse("", "a");
    let listed = 0;
    class Counted extends Map<string, ConfigFile> {
      override keys() {
        listed++;
        return super.keys();
      }
    }
    const files = new Counted(Array.from({ length: 5_000 }, (_, i) => [`/d/${i}.conf`, file] as const));
    const named = new NamedFiles(files, { prefixes: ["/"], known: "everything" });
    for (let i = 0; i < 3_000; i++) named.resolve(`/*/x${i}*.conf`);
    expect(named.resolve("/*/y*.conf").problems).toMatchObject([{ kind: "too-many" }]);
    // Each name counts as four of the twenty million.
    expect(listed).toBe(1_000);
  });
});
