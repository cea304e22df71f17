/** Configurations that nginx runs with have no validity finding: as trees, and file by file as a pre-commit hook has them. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { lint } from "../../src/linter/index.ts";
import { load } from "../../src/loader/index.ts";
import { RULES } from "../../src/rules/index.ts";

const VALIDITY = RULES.filter(({ category }) => category === "validity");

/** What is truly wrong, with the reason. */
const TRUE_FINDINGS: Readonly<Record<string, readonly [finding: RegExp, reason: string][]>> = {
  trimstray: [
    [/_listen\/10\.240\.20\.2\/https\.conf/, "the tree comes without this file, which three servers include"],
    [/unknown log format "default"/, "its `log_format` is commented out"],
  ],
};

const corpus = resolve(import.meta.dirname, "../../../shared/corpus");
const roots = [
  ...(existsSync(corpus) ? readdirSync(corpus).map((name) => join(corpus, name)) : []),
  "/etc/nginx",
].filter((path) => existsSync(path) && statSync(path).isDirectory());
if (!existsSync(corpus)) console.log("skipped: no corpus of real trees beside the repository");
if (!existsSync("/etc/nginx")) console.log("skipped: there is no /etc/nginx");

async function findingsIn(path: string, cwd: string): Promise<string[]> {
  const { trees } = await load({ cwd, paths: [path] });
  const { findings } = lint(trees, { rules: VALIDITY });
  return findings
    .filter(({ severity }) => severity !== "info")
    .map(({ ruleId, file, line, message }) => `${file}:${line} ${ruleId}: ${message}`);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path) && statSync(path).isFile())
    .filter((path) =>
      /\.(?:conf|types|template)$|nginx|sites-|_params$|conf\.d/.test(relative(dirname(folder), path)),
    );
}

describe.each(roots.length === 0 ? ["none"] : roots)("%s", (root) => {
  const known = TRUE_FINDINGS[root.split("/").at(-1) ?? ""] ?? [];
  const isTrue = (finding: string) => known.some(([pattern]) => pattern.test(finding));

  it.skipIf(roots.length === 0)("has nothing that nginx would refuse", async () => {
    const findings = await findingsIn(root, dirname(root));
    expect(findings.filter((finding) => !isTrue(finding))).toEqual([]);
    for (const [pattern, reason] of known) expect(findings.join("\n"), reason).toMatch(pattern);
  });

  it.skipIf(roots.length === 0)("has nothing, file by file", async () => {
    const wrong: string[] = [];
    expect(filesBelow(root).length).toBeGreaterThan(5);
    for (const path of filesBelow(root)) {
      const findings = await findingsIn(relative(dirname(root), path), dirname(root));
      wrong.push(...findings.filter((finding) => !isTrue(finding)));
    }
    expect(wrong).toEqual([]);
  });
});
