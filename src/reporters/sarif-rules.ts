/** Rules as SARIF reporting descriptors, with the properties that GitHub code scanning reads. */
import type { ReportingDescriptor } from "sarif";
import type { Rule, Severity } from "../rules/index.ts";
import { docsUrl } from "./catalogue.ts";
import { LEVELS } from "./sarif-levels.ts";

const PROBLEM_SEVERITIES: Record<Severity, string> = {
  error: "error",
  warning: "warning",
  info: "recommendation",
};

/** GitHub reads above 9.0 as critical, from 7.0 as high, from 4.0 as medium. */
const SECURITY_SEVERITIES: Record<Severity, string> = { error: "7.5", warning: "5.0", info: "2.0" };

/** A rule that the catalogue does not have (another version's suppression) still gets an entry for its results. */
export function ruleDescriptor(id: string, rules: readonly Rule[]): ReportingDescriptor {
  const rule = rules.find((candidate) => candidate.id === id);
  const name = nameOf(id);
  if (!rule) {
    const text = sentence(`${id} is not a rule of this version`);
    return { id, name, shortDescription: { text }, help: { text }, helpUri: docsUrl(id) };
  }
  const { docs, severity, confidence, category } = rule;
  const isSecurity = rule.presets.includes("security");
  return {
    id,
    name,
    shortDescription: { text: sentence(plain(docs.summary)) },
    fullDescription: { text: sentence(plain(docs.why.split("\n\n")[0] ?? docs.summary)) },
    help: { text: helpText(rule), markdown: helpMarkdown(rule) },
    helpUri: docsUrl(id),
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      category,
      precision: confidence,
      "problem.severity": PROBLEM_SEVERITIES[severity],
      ...(isSecurity && { "security-severity": SECURITY_SEVERITIES[severity] }),
      tags: ["nginx", category, ...(isSecurity ? ["security"] : [])],
    },
  };
}

function helpText({ docs }: Rule): string {
  const links = docs.references.length > 0 ? `\n\nSee:\n${docs.references.join("\n")}` : "";
  return `${plain(docs.why)}\n\nReported:\n\n${docs.bad.trim()}\n\nNot reported:\n\n${docs.good.trim()}${links}`;
}

function helpMarkdown({ docs }: Rule): string {
  const links = docs.references.map((reference) => `- <${reference}>`).join("\n");
  return [
    docs.why.trim(),
    "Reported:",
    fenced(docs.bad),
    "Not reported:",
    fenced(docs.good),
    ...(links ? [`See:\n\n${links}`] : []),
  ].join("\n\n");
}

function fenced(code: string): string {
  return `\`\`\`nginx\n${code.trim()}\n\`\`\``;
}

/** Markdown's code marks have no place in plain text. */
function plain(markdown: string): string {
  return markdown.replaceAll("`", "").trim();
}

function sentence(text: string): string {
  const capital = text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

/** `LocationShadowed`; never the id itself in other case, which the standard forbids (3.49.7). */
function nameOf(id: string): string {
  const name = id.replace(/(?:^|-)(.)/g, (_match, letter: string) => letter.toUpperCase());
  return name.toLowerCase() === id ? `Nginx${name}` : name;
}
