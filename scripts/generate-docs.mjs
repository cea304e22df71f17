/** Writes docs/rules/, a page a rule and the catalogue, and docs/presets.md. `--check` only compares. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { generate, importSource, root } from "./generated.mjs";

const { RULES, inPreset } = await importSource(
  'export { RULES } from "./src/rules/index.ts"; export { inPreset } from "./src/linter/index.ts";',
);

/** What each preset is for, in the order of the pages. */
const PRESETS = {
  recommended:
    "The default: what is wrong or dangerous on any site. Requests that get lost, headers that are dropped, files and endpoints that are open, and what keeps nginx from starting.",
  security:
    "Hardening: headers, TLS, access and limits that a public site should have. Its findings are decisions to make as often as bugs to fix. Of `recommended` it has the checks of validity and what concerns security, not the rest.",
  "django-react":
    "What a React app in front of a Django API needs, from static files and forwarded headers to caching and limits. [The checklist](checklist.md) is answered from these rules.",
  strict: "Every rule, and also findings of low confidence. For a review by hand, or to choose from.",
};

/** The presets that turn a rule on. */
function presetsOf(rule) {
  return Object.keys(PRESETS).filter((preset) => inPreset(rule, preset));
}

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
  const names = Object.keys(PRESETS);
  const lines = [
    "# Presets",
    "",
    "A preset is a set of rules: `--preset security,django-react`, or `extends: [recommended, security]` in the",
    "[settings](settings.md). Several add up. Presets on the command line replace those of the settings, and those replace",
    "the default, `recommended`: `--preset security` alone drops the rest of `recommended`; `--preset recommended,security` has both.",
    "`django-react` contains all of `recommended`, `strict` contains everything, and each contains the checks of what keeps nginx",
    "from starting. Some rules count only their graver cases in `recommended` and the rest in a further preset.",
    "",
    "`nginx-lint rules --preset NAME` lists the rules of a preset, `nginx-lint --print-config` what is on for a file.",
    "",
    `| | ${names.join(" | ")} |`,
    `| --- |${" --- |".repeat(names.length)}`,
  ];
  const counted = (list, name) => list.filter((rule) => inPreset(rule, name)).length;
  for (const category of new Set(rules.map((rule) => rule.category))) {
    const list = rules.filter((rule) => rule.category === category);
    lines.push(`| ${category} | ${names.map((name) => counted(list, name)).join(" | ")} |`);
  }
  lines.push(`| **all** | ${names.map((name) => counted(rules, name)).join(" | ")} |`);
  for (const [name, reason] of Object.entries(PRESETS)) {
    lines.push("", `## ${name}`, "", reason);
    if (name === "strict") continue;
    const isMore = name === "django-react";
    if (isMore) lines.push("", "All of `recommended`, and:");
    lines.push("");
    const shown = rules.filter((rule) => inPreset(rule, name) && !(isMore && inPreset(rule, "recommended")));
    for (const category of new Set(shown.map((rule) => rule.category))) {
      const list = shown.filter((rule) => rule.category === category);
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
    for (const rule of rules.filter((rule) => rule.category === category)) {
      const { id, severity, fix, docs } = rule;
      const fixes = fix === undefined ? "" : fix === "safe" ? " · `--fix`" : " · `--fix=unsafe`";
      lines.push(
        `| [${id}](${id}.md) | ${severity} | ${presetsOf(rule).join(", ")} | ${cell(docs.summary)}${fixes} |`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

function page(rule) {
  const { id, category, severity, confidence, checklist = [], fix, options = {}, docs } = rule;
  const facts = [
    ["severity", severity],
    ["confidence", confidence],
    ["chapter", `[${category}](README.md#${category})`],
    ["presets", presetsOf(rule).join(", ")],
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
