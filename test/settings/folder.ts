import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { defineRule, RULES, type Rule } from "../../src/rules/index.ts";
import { type CommandLine, createSettings, loadSettings, type Settings } from "../../src/settings/index.ts";
import { ruleFor } from "../linter/sample.ts";

/** A new folder with these files (path → content). */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), "nginx-lint-settings-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** The catalogue with a few rules whose options and presets are known here. */
export const rules: readonly Rule[] = [
  ...RULES,
  defineRule({
    ...ruleFor("sample-options", "root"),
    options: {
      paths: { type: "array", items: { type: "string" }, description: "Paths.", default: ["/"] },
      limit: { type: "number", description: "A limit.", default: 3 },
      strict: { type: "boolean", description: "A switch.", default: false },
    },
  }),
  ruleFor("sample-secure", "index", { presets: ["security"], severity: "error" }),
];

/** The settings that a folder's files and a command line make. */
export async function settingsOf(
  files: Readonly<Record<string, string>>,
  commandLine: CommandLine = {},
  name = ".nginx-lint.yaml",
): Promise<{ settings: Settings; folder: string }> {
  const folder = folderOf(files);
  const loaded = files[name] === undefined ? null : await loadSettings(name, rules, folder);
  return { settings: createSettings(loaded, commandLine, rules, folder), folder };
}
