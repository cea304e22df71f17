import { chmodSync, mkdtempSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fixFiles } from "../../src/cli/fix-files.ts";
import { load } from "../../src/loader/index.ts";

const MAIN = "events {}\nhttp {\n    include a.conf;\n    include b.conf;\n}\n";
const SITE = "server {\n    listen 443 ssl;\n    ssl_protocols TLSv1 TLSv1.2;\n    return 404;\n}\n";

it("leaves a file that changed since it was read, and fixes the others", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "fix-files-"));
  const path = (name: string) => join(cwd, name);
  writeFileSync(path("nginx.conf"), MAIN);
  writeFileSync(path("a.conf"), SITE);
  writeFileSync(path("b.conf"), SITE);
  const loaded = await load({ paths: ["nginx.conf"], cwd });
  writeFileSync(path("a.conf"), `${SITE}# somebody else's\n`);
  await fixFiles(loaded, { level: "safe" });
  expect(readFileSync(path("a.conf"), "utf8")).toBe(`${SITE}# somebody else's\n`);
  expect(readFileSync(path("b.conf"), "utf8")).toBe(SITE.replace("TLSv1 TLSv1.2", "TLSv1.2 TLSv1.3"));
});

it("leaves a read-only file, and fixes the others", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "fix-files-"));
  const path = (name: string) => join(cwd, name);
  writeFileSync(path("nginx.conf"), MAIN);
  writeFileSync(path("a.conf"), SITE);
  writeFileSync(path("b.conf"), SITE);
  chmodSync(path("a.conf"), 0o444);
  const loaded = await load({ paths: ["nginx.conf"], cwd });
  const { findings } = await fixFiles(loaded, { level: "safe" });
  expect(findings.filter(({ ruleId }) => ruleId === "tls-deprecated-protocols")).toMatchObject([
    { file: "a.conf" },
  ]);
  expect(readFileSync(path("a.conf"), "utf8")).toBe(SITE);
  expect(readFileSync(path("b.conf"), "utf8")).toBe(SITE.replace("TLSv1 TLSv1.2", "TLSv1.2 TLSv1.3"));
});

it("leaves what has become a link since it was read, also where that leads to the same text", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "fix-files-"));
  const elsewhere = mkdtempSync(join(tmpdir(), "elsewhere-"));
  const path = (name: string) => join(cwd, name);
  writeFileSync(path("nginx.conf"), MAIN);
  writeFileSync(path("a.conf"), SITE);
  writeFileSync(path("b.conf"), SITE);
  const loaded = await load({ paths: ["nginx.conf"], cwd });
  renameSync(path("a.conf"), join(elsewhere, "a.conf"));
  symlinkSync(join(elsewhere, "a.conf"), path("a.conf"));
  await fixFiles(loaded, { level: "safe" });
  expect(readFileSync(join(elsewhere, "a.conf"), "utf8")).toBe(SITE);
  expect(readFileSync(path("b.conf"), "utf8")).not.toBe(SITE);
});
