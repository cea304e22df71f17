import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatBaseline, lint, parseBaseline } from "../../src/linter/index.ts";
import { load } from "../../src/loader/index.ts";
import { RULES } from "../../src/rules/index.ts";
import { rearrange } from "./rearrange.ts";
import { ruleFor } from "./sample.ts";

const corpus = join(import.meta.dirname, "../../../shared/corpus");
const trees = existsSync(corpus)
  ? readdirSync(corpus).filter((name) => statSync(join(corpus, name)).isDirectory())
  : [];
if (trees.length === 0) console.warn("skipped: no corpus of real configurations at ../shared/corpus");

/** Beside the catalogue, rules that find plenty: every one of these directives is a finding. */
const rules = [
  ...RULES,
  ...["add_header", "location", "listen", "proxy_pass", "include"].map((name) =>
    ruleFor(`has-${name}`, name),
  ),
];

function copyOf(tree: string): string {
  const folder = mkdtempSync(join(tmpdir(), "nginx-lint-baseline-"));
  cpSync(join(corpus, tree), folder, { recursive: true });
  return folder;
}

async function run(folder: string, baseline: string | null) {
  const { trees: found } = await load({ paths: ["."], cwd: folder });
  return lint(found, { rules, baseline: baseline === null ? null : parseBaseline(baseline, "b.json") });
}

/** Every file of the tree that was read, in another coat. */
function rearrangeAll(folder: string, names: readonly string[]): void {
  for (const name of names) {
    const path = join(folder, name);
    if (existsSync(path)) writeFileSync(path, rearrange(readFileSync(path, "utf8")));
  }
}

describe.skipIf(trees.length === 0)("a baseline of a real tree", () => {
  it.each(trees)("%s: clean at once, clean rearranged, and a new mistake alone is seen", async (tree) => {
    const folder = copyOf(tree);
    const first = await run(folder, null);
    expect(first.findings.length).toBeGreaterThan(5);
    const baseline = formatBaseline(first.findings);
    expect((await run(folder, baseline)).findings).toEqual([]);

    rearrangeAll(
      folder,
      first.files.map((file) => file.name),
    );
    const moved = await run(folder, baseline);
    expect(moved.findings.map(({ file, line, ruleId, message }) => [file, line, ruleId, message])).toEqual(
      [],
    );
    expect(moved.baseline).toMatchObject({ left: first.findings.length, gone: [], unseen: 0 });

    const server = /^\s*server\s*\{/m;
    const victim = first.files.find(({ text }) => server.test(text))?.name ?? "";
    const path = join(folder, victim);
    writeFileSync(path, readFileSync(path, "utf8").replace(server, "server {\n add_header X-New yes;\n"));
    expect((await run(folder, baseline)).findings.map(({ file, ruleId }) => [file, ruleId])).toContainEqual([
      victim,
      "has-add_header",
    ]);
    expect(
      (await run(folder, baseline)).findings.filter(({ ruleId }) => ruleId.startsWith("has-")),
    ).toHaveLength(1);
  });
});
