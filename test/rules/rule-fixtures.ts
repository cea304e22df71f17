/** The fixtures of the rules as tests read them. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Rule } from "../../src/rules/index.ts";
import type { SourceTree } from "../../src/semantics/index.ts";

export const root = join(import.meta.dirname, "../../fixtures/rules");

/** `NAME.fixed.conf` and `NAME.unsafe.conf` are what `--fix` and `--fix=unsafe` make of `NAME.conf`. */
const RESULT = /\.(fixed|unsafe)\.conf$/;

/** The configurations of a rule's folder, those for inclusion among them. */
export function fixturesOf(rule: Rule): string[] {
  try {
    return readdirSync(join(root, rule.id), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".conf") && !RESULT.test(name))
      .sort();
  } catch {
    return [];
  }
}

/** The configurations that are linted; files whose name starts with `_` are there to be included by them. */
export function entriesOf(rule: Rule): string[] {
  return fixturesOf(rule).filter((name) => !basename(name).startsWith("_"));
}

/** A fixture with what it includes. */
export function fixtureTexts(rule: Rule, name: string): Record<string, string> {
  const read = (file: string) => readFileSync(join(root, rule.id, file), "utf8");
  const texts = { [name]: read(name) };
  const parts = fixturesOf(rule).filter((other) => basename(other).startsWith("_"));
  for (let pending = [name]; pending.length > 0; ) {
    const text = texts[pending.pop() ?? ""] ?? "";
    const included = parts.filter((part) => !(part in texts) && text.includes(`include ${part};`));
    for (const part of included) texts[part] = read(part);
    pending.push(...included);
  }
  return texts;
}

/** A first line `# nginx-version: 1.28.0`. */
export function versionIn({ entry }: SourceTree): string | undefined {
  return /^# nginx-version: (\S+)/.exec(entry.text)?.[1];
}
