/** Links between the pages lead to files and headings that are there. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, it } from "vitest";
import { REPOSITORY } from "./run.ts";

const pages = [
  ...readdirSync(REPOSITORY),
  ...readdirSync(join(REPOSITORY, "docs"), { recursive: true }).map((name) => `docs/${String(name)}`),
].filter((name) => name.endsWith(".md"));

const prose = (name: string) =>
  readFileSync(join(REPOSITORY, name), "utf8")
    .replace(/^(`{3,})[\s\S]*?^\1$/gm, "")
    .replace(/`[^`\n]*`/g, "");

/** The names that GitHub gives to headings. */
function headings(name: string): string[] {
  const text = readFileSync(join(REPOSITORY, name), "utf8");
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

it("links lead somewhere", () => {
  const lost: string[] = [];
  for (const page of pages) {
    for (const [, target = ""] of prose(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : relative(REPOSITORY, resolve(REPOSITORY, dirname(page), path));
      const isThere = existsSync(join(REPOSITORY, file));
      if (!isThere || (anchor !== undefined && !headings(file).includes(anchor)))
        lost.push(`${page}: ${target}`);
    }
  }
  expect(lost).toEqual([]);
});

it("every page of docs/ is in the index", () => {
  const index = readFileSync(join(REPOSITORY, "docs/README.md"), "utf8");
  const names = readdirSync(join(REPOSITORY, "docs")).filter((name) => name.endsWith(".md"));
  for (const name of names.filter((name) => name !== "README.md")) expect(index).toContain(`](${name})`);
});
