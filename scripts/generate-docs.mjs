/** Writes docs/rules/: a page a rule, and the catalogue. `--check` only compares. */
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
for (const name of existsSync(join(root, directory)) ? readdirSync(join(root, directory)) : []) {
  if (pages.has(name)) continue;
  if (process.argv.includes("--check")) {
    console.error(`${directory}/${name} belongs to no rule: npm run generate`);
    process.exitCode = 1;
  } else {
    rmSync(join(root, directory, name));
  }
}

function catalogue(rules) {
  const lines = [
    "# Rules",
    "",
    `${rules.length} rules. The preset \`strict\` turns all of them on; without a preset, \`recommended\` is used, and`,
    "`django-react` adds to it. `nginx-lint rule ID` prints a page at the terminal.",
  ];
  for (const category of new Set(rules.map((rule) => rule.category))) {
    lines.push(
      "",
      `## ${capital(category)}`,
      "",
      "| rule | severity | presets | what it asks for |",
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
