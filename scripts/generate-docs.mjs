/** Writes docs/rules/, a page a rule and the catalogue, and docs/presets.md. `--check` only compares. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { generate, importSource, root } from "./generated.mjs";

const { RULES } = await importSource('export { RULES } from "./src/rules/index.ts";');

const directory = "docs/rules";
const pages = new Map([
  ["README.md", catalogue(RULES)],
  ...RULES.map((rule) => [`${rule.id}.md`, page(rule)]),
]);
for (const [name, text] of pages) generate(`${directory}/${name}`, text);
generate("docs/presets.md", presets(RULES));
for (const name of existsSync(join(root, directory)) ? readdirSync(join(root, directory)) : []) {
  if (pages.has(name)) continue;
  if (process.argv.includes("--check")) {
    console.error(`${directory}/${name} belongs to no rule: npm run generate`);
    process.exitCode = 1;
  } else {
    rmSync(join(root, directory, name));
  }
}

function presets(rules) {
  const reasons = {
    recommended:
      "The default: what is wrong or dangerous on any site. Requests that get lost, headers that are dropped, files and endpoints that are open, and what keeps nginx from starting.",
    security:
      "Hardening: headers, TLS, access and limits that a public site should have. Its findings are decisions to make as often as bugs to mend.",
    "django-react":
      "What a React app in front of a Django API needs, from static files and forwarded headers to caching and limits. [The checklist](checklist.md) is answered from these rules.",
    strict: "Every rule, and also findings of low confidence. For a review by hand, or to choose from.",
  };
  const lines = [
    "# Presets",
    "",
    "A preset is a set of rules. `--preset security,django-react`, or `extends: [recommended, security]` in the",
    "[settings](settings.md); presets on the command line replace those of the settings. Without one, `recommended` holds. Some rules",
    "count only their graver cases in `recommended` and the rest in a further preset.",
    "",
    `| | ${Object.keys(reasons).join(" | ")} |`,
    `| --- |${" --- |".repeat(Object.keys(reasons).length)}`,
  ];
  const isIn = (rule, name) => name === "strict" || rule.presets.includes(name);
  const counted = (list, name) => list.filter((rule) => isIn(rule, name)).length;
  for (const category of new Set(rules.map((rule) => rule.category))) {
    const list = rules.filter((rule) => rule.category === category);
    lines.push(
      `| ${category} | ${Object.keys(reasons)
        .map((name) => counted(list, name))
        .join(" | ")} |`,
    );
  }
  lines.push(
    `| **all** | ${Object.keys(reasons)
      .map((name) => counted(rules, name))
      .join(" | ")} |`,
  );
  for (const [name, reason] of Object.entries(reasons)) {
    lines.push("", `## ${name}`, "", reason);
    if (name === "strict") continue;
    lines.push("");
    for (const category of new Set(rules.map((rule) => rule.category))) {
      const list = rules.filter((rule) => rule.category === category && isIn(rule, name));
      if (list.length === 0) continue;
      const links = list.map(({ id }) => `[${id}](rules/${id}.md)`);
      lines.push(`- **${capital(category)}**: ${links.join(", ")}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function catalogue(rules) {
  const lines = [
    "# Rules",
    "",
    `${rules.length} rules. Without a preset, \`recommended\` is on; \`strict\` turns on all of them. [What is in each preset](../presets.md).`,
    "`nginx-lint rule ID` prints a page at the terminal.",
  ];
  for (const category of new Set(rules.map((rule) => rule.category))) {
    lines.push(
      "",
      `## ${capital(category)}`,
      "",
      "| rule | severity | presets | what it reports |",
      "| --- | --- | --- | --- |",
    );
    for (const { id, severity, presets, fix, docs } of rules.filter((rule) => rule.category === category)) {
      const fixes = fix === undefined ? "" : fix === "safe" ? " · `--fix`" : " · `--fix=unsafe`";
      lines.push(
        `| [${id}](${id}.md) | ${severity} | ${presets.join(", ")} | ${cell(docs.summary)}${fixes} |`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

function page({ id, category, severity, confidence, presets, checklist = [], fix, options = {}, docs }) {
  const facts = [
    ["severity", severity],
    ["confidence", confidence],
    ["chapter", `[${category}](README.md#${category})`],
    ["presets", ["strict", ...presets].filter((name, at, all) => all.indexOf(name) === at).join(", ")],
    ...(checklist.length === 0 ? [] : [["checklist", checklist.join(", ")]]),
    ...(fix === undefined
      ? []
      : [["fix", fix === "safe" ? "`--fix`" : "`--fix=unsafe`: look at what it changes"]]),
  ];
  const settings = Object.entries(options);
  return [
    `# ${id}`,
    "",
    `${docs.summary}.`,
    "",
    "| | |",
    "| --- | --- |",
    ...facts.map(([name, value]) => `| ${name} | ${value} |`),
    "",
    docs.why.trim(),
    "",
    "## Reported",
    "",
    fenced("nginx", docs.bad),
    "",
    "## Good",
    "",
    fenced("nginx", docs.good),
    ...(settings.length === 0
      ? []
      : [
          "",
          "## Options",
          "",
          "| option | type | default | |",
          "| --- | --- | --- | --- |",
          ...settings.map(
            ([name, { type, items, description, default: value }]) =>
              `| \`${name}\` | ${type}${items === undefined ? "" : ` of ${items.type}s`} | \`${cell(JSON.stringify(value))}\` | ${cell(description)} |`,
          ),
        ]),
    "",
    "## Turning it off",
    "",
    fenced("yaml", `# .nginx-lint.yaml\nrules:\n  ${id}: off\n`),
    ...(docs.references.length === 0
      ? []
      : ["", "## See", "", ...docs.references.map((url) => `- <${url}>`)]),
    "",
  ].join("\n");
}

/** Longer than any fence inside; what only repeats a letter is cut short. */
function fenced(language, long) {
  const text = long.replace(/(.)\1{99,}/g, (_, letter) => `${letter.repeat(20)}…`);
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}

function cell(text) {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function capital(text) {
  return text === "tls" ? "TLS" : text[0].toUpperCase() + text.slice(1);
}
