/** Real trees, where they are at hand beside the repository. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { loadIn, names, problems } from "./trees.ts";

const corpus = resolve(import.meta.dirname, "../../../shared/corpus");
const present = existsSync(corpus);
if (!present) console.log("skipped: no corpus of real trees beside the repository");

describe.skipIf(!present)("a real tree", () => {
  it("with includes relative to its main file is whole", async () => {
    const { trees, problems: failures } = await loadIn(corpus, ["h5bp"]);
    expect(failures).toEqual([]);
    const [tree] = trees;
    expect(tree).toMatchObject({ top: "main", fragment: false });
    expect(names(tree)).toContain("h5bp/h5bp/web_performance/compression.conf");
    expect(trees.flatMap(problems)).toEqual([]);
  });

  it("with absolute includes of another machine is mapped, and the one missing file is told", async () => {
    const { trees } = await loadIn(corpus, ["trimstray"]);
    const [tree] = trees;
    expect(names(tree)).toContain("trimstray/master/_listen/localhost/https.conf");
    const listen = "trimstray/master/_listen/10.240.20.2/https.conf";
    expect(new Set(problems(tree).map(({ message }) => message))).toEqual(
      new Set([`${listen} does not exist`]),
    );
  });

  it("of many projects is its main files and fragments", async () => {
    const { trees } = await loadIn(corpus, ["awesome-compose"]);
    const whole = trees.filter(({ fragment }) => !fragment);
    expect(whole.map(({ entry }) => entry.name)).toEqual([
      "awesome-compose/nginx-wsgi-flask/nginx/nginx.conf",
    ]);
    expect(trees.length).toBeGreaterThan(5);
    expect(new Set(trees.map(({ top }) => top))).toEqual(new Set(["main", "http"]));
    expect(trees.flatMap(problems)).toEqual([]);
  });
});
