/**
 * Rules ask the model: what nginx does is known in `src/semantics`, and what a site is for in `src/site`. This finds rules that
 * know better, and those that grew too long. Files still to be mended are listed; a file that is mended leaves its list.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const rules = join(dirname(fileURLToPath(import.meta.url)), "../src/rules");

/** Lines of a file without the docs of its rule. */
const MOST_LINES = 200;

const CHECKS = [
  {
    what: "asks `effective` for what is in force; ask `place.setting`, `place.list` or `place.lost`",
    pattern: /\beffective\(/,
    pending: [],
  },
  {
    what: "keeps what it found in a WeakMap; the model and the site remember their answers",
    pattern: /\bWeakMap\b/,
    pending: [],
  },
  {
    what: "compares modifiers of locations; ask `isRegex`, `isPrefix`, `isExact`, `isNamed` or `stopsRegexes`",
    pattern: /\bmodifier\b\s*[!=]==|[!=]==\s*[\w.]*\bmodifier\b|\(\s*[\w.]*\.modifier\s*\)/,
    pending: [],
  },
  {
    what: "imports from Node; rules run in browsers",
    pattern: /from "node:|import\("node:/,
    pending: [],
  },
  {
    what: "makes its own guess about how clients come in; ask `site.edge`",
    pattern: /\bnew Edge\(/,
    pending: [],
  },
  {
    what: "counts the offsets of an edit; build it with what `fix.ts` and `fix-lines.ts` have",
    pattern: /\boffset\b\s*[:,]|\blength:/,
    pending: [],
    except: ["fix.ts", "fix-lines.ts", "rule.ts"],
  },
  {
    what: `has more than ${MOST_LINES} lines without its docs`,
    pending: [],
  },
];

function textOf(file) {
  return readFileSync(join(rules, file), "utf8");
}

/** Without comments, which may speak of anything. */
function codeOf(text) {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g, "");
}

function linesOf(text) {
  return text.replace(/\n {2}docs: \{\n[\s\S]*?\n {2}\},\n/, "\n").split("\n").length - 1;
}

const files = readdirSync(rules, { recursive: true })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts") && file !== "index.ts")
  .sort();

let failed = 0;
for (const { what, pattern, pending, except = [] } of CHECKS) {
  const offends = (text) => (pattern === undefined ? linesOf(text) > MOST_LINES : pattern.test(codeOf(text)));
  const offenders = files.filter((file) => !except.includes(file) && offends(textOf(file)));
  for (const file of offenders) {
    if (pending.includes(file)) continue;
    failed++;
    console.error(`src/rules/${file} ${what}`);
  }
  for (const file of pending) {
    if (offenders.includes(file)) continue;
    failed++;
    console.error(`src/rules/${file} is mended: take it off the list of scripts/check-rules.mjs (“${what}”)`);
  }
}
if (failed > 0) process.exitCode = 1;
else console.log(`${files.length} files of rules ask the model`);
