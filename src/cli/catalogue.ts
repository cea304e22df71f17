/** `nginx-lint rules` and `nginx-lint rule ID`. */

import { didYouMean, inPreset } from "../linter/index.ts";
import { greatest } from "../lists/index.ts";
import { docsUrl, wrap } from "../reporters/index.ts";
import { type Preset, RULES, type Rule } from "../rules/index.ts";
import { PRESETS } from "../settings/index.ts";
import type { Arguments } from "./arguments.ts";
import { terminal } from "./streams.ts";
import { UsageError } from "./usage-error.ts";

/** The rules that the options choose, by category: as a table, or with `-f json` as JSON. */
export function listRules(given: Arguments): string {
  const presets = PRESETS.filter((preset) => given.values("preset").includes(preset));
  const categories = given.values("category");
  const chosen = RULES.filter(
    (rule) =>
      (presets.length === 0 || presets.some((preset) => inPreset(rule, preset))) &&
      (categories.length === 0 || categories.includes(rule.category)) &&
      (!given.flag("fixable") || rule.fix !== undefined),
  );
  if (given.value("format") === "json") return `${JSON.stringify(chosen.map(briefly), null, 2)}\n`;
  const width = greatest([0, ...chosen.map(({ id }) => id.length)]);
  const lines: string[] = [];
  for (const category of new Set(chosen.map((rule) => rule.category))) {
    lines.push(category);
    for (const { id, severity, docs } of chosen.filter((rule) => rule.category === category)) {
      lines.push(`  ${id.padEnd(width)}  ${severity.padEnd(7)}  ${docs.summary}`);
    }
    lines.push("");
  }
  const count = chosen.length === 1 ? "1 rule" : `${chosen.length} rules`;
  lines.push(`${count}. \`nginx-lint rule ID\` explains one.`);
  return `${lines.join("\n")}\n`;
}

/** One rule's page: for people, or with `-f json` as JSON. Throws `UsageError` for an unknown id. */
export function describeRule(given: Arguments, [id, ...more]: readonly string[]): string {
  if (id === undefined)
    throw new UsageError("which rule? nginx-lint rule ID (`nginx-lint rules` lists them)");
  if (more.length > 0) throw new UsageError(`rule explains one rule, not ${more.join(" ")}, too`);
  const rule = RULES.find((candidate) => candidate.id === id);
  if (rule === undefined) {
    const ids = RULES.map((candidate) => candidate.id);
    throw new UsageError(`no rule is called ${id}${didYouMean(id, ids)}`);
  }
  if (given.value("format") === "json") return `${JSON.stringify(fully(rule), null, 2)}\n`;
  return page(rule, Math.min(110, Math.max(40, terminal(false, false).width)));
}

/** Those that turn a rule on, as a run has it. */
function presetsOf(rule: Rule): Preset[] {
  return PRESETS.filter((preset) => inPreset(rule, preset));
}

function briefly(rule: Rule) {
  const { id, category, severity, confidence, fix, docs } = rule;
  return {
    id,
    category,
    severity,
    confidence,
    presets: presetsOf(rule),
    fix: fix ?? null,
    summary: docs.summary,
    url: docsUrl(id),
  };
}

function fully(rule: Rule) {
  const { why, bad, good, references } = rule.docs;
  const { checklist = [], options = {} } = rule;
  return { ...briefly(rule), why, bad, good, references, checklist, options };
}

function page(rule: Rule, width: number): string {
  const { id, docs, severity, confidence, checklist = [], options = {} } = rule;
  const facts = [
    `severity    ${severity}`,
    `confidence  ${confidence}`,
    `presets     ${presetsOf(rule).join(", ")}`,
    ...(checklist.length > 0 ? [`checklist   ${checklist.join(", ")}`] : []),
    ...(rule.fix === undefined ? [] : [`fix         ${rule.fix === "safe" ? "--fix" : "--fix=unsafe"}`]),
  ];
  const settings = Object.entries(options).flatMap(([name, { description, default: value }]) =>
    wrap(`${name} (default ${JSON.stringify(value)}): ${description}`, width - 2, width - 4).map(
      (line, index) => `${index === 0 ? "  " : "    "}${line}`,
    ),
  );
  return `${[
    ...wrap(`${id}: ${docs.summary}`, width, width),
    "",
    ...facts,
    "",
    ...docs.why.split("\n").flatMap((line) => wrap(line, width, width)),
    "",
    "Reported:",
    indent(docs.bad),
    "",
    "Good:",
    indent(docs.good),
    ...(settings.length > 0 ? ["", "Options:", ...settings] : []),
    "",
    ...docs.references.map((reference) => `See ${reference}`),
  ].join("\n")}\n`;
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${line}`))
    .join("\n");
}
