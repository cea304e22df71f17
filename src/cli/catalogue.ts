/** `nginx-lint rules` and `nginx-lint rule ID`. */
import { didYouMean } from "../linter/index.ts";
import { RULES, type Rule } from "../rules/index.ts";
import { UsageError } from "./usage-error.ts";

/** The catalogue as a table, by chapter. */
export function listRules(rules: readonly Rule[] = RULES): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  const lines: string[] = [];
  for (const category of new Set(rules.map((rule) => rule.category))) {
    lines.push(category);
    for (const { id, severity, docs } of rules.filter((rule) => rule.category === category)) {
      lines.push(`  ${id.padEnd(width)}  ${severity.padEnd(7)}  ${docs.summary}`);
    }
    lines.push("");
  }
  lines.push(`${rules.length} rules. \`nginx-lint rule ID\` explains one.`);
  return `${lines.join("\n")}\n`;
}

/** The tail of a message about an unknown rule. */
export function didYouMeanRule(id: string): string {
  return didYouMean(
    id,
    RULES.map((rule) => rule.id),
  );
}

/** One rule's page. Throws `UsageError` for an unknown id. */
export function describeRule(id: string, rules: readonly Rule[] = RULES): string {
  const rule = rules.find((candidate) => candidate.id === id);
  if (rule === undefined) throw new UsageError(`no rule is called ${id}${didYouMeanRule(id)}`);
  const { docs, severity, confidence, presets, checklist = [], options = {} } = rule;
  const facts = [
    `severity    ${severity}`,
    `confidence  ${confidence}`,
    `presets     ${presets.join(", ")}`,
    ...(checklist.length > 0 ? [`checklist   ${checklist.join(", ")}`] : []),
    ...(rule.fix === undefined ? [] : [`fix         ${rule.fix === "safe" ? "--fix" : "--fix=unsafe"}`]),
  ];
  const settings = Object.entries(options).map(
    ([name, { description, default: value }]) =>
      `  ${name} (default ${JSON.stringify(value)}): ${description}`,
  );
  return `${[
    `${id}: ${docs.summary}`,
    "",
    ...facts,
    "",
    docs.why,
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
