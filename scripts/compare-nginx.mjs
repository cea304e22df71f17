#!/usr/bin/env node
/**
 * Compares what is known here of directives and variables with an nginx source tree, and says what differs.
 *
 *   node scripts/compare-nginx.mjs --nginx PATH [--since 1.15.0]
 *
 * PATH is a checkout of nginx (`src/`, and `docs/xml/nginx/changes.xml` for births). Exit status 1 where something differs
 * that `scripts/nginx-source/known-differences.tsv` does not explain. See docs/keeping-up.md.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { importSource } from "./generated.mjs";
import { readBirths, readReleases } from "./nginx-source/changes.mjs";
import { KIND_OF_SETTER, readCommands } from "./nginx-source/commands.mjs";
import { readVariables } from "./nginx-source/variables.mjs";
import { tellUsage } from "./usage.mjs";

tellUsage(import.meta.url);
const options = readOptions();
if (options.nginx === undefined || !existsSync(join(options.nginx, "src/core/nginx.h"))) {
  console.error(
    "which source? node scripts/compare-nginx.mjs --nginx PATH, the folder that holds src/core/nginx.h",
  );
  process.exit(2);
}

const facts = await importSource(`export {
  acceptsCount, isFixedVariable, isSince, lookupDirective, directiveNames, lookupVariable, parseMilliseconds, parseSize,
  parseVersion, variableNames,
} from "./src/semantics/index.ts";`);

const sources = [...sourcesBelow(join(options.nginx, "src"))];
const commands = sources.flatMap(readCommands);
const variables = sources.flatMap(readVariables);
const changes = join(options.nginx, "docs/xml/nginx/changes.xml");
const releases = existsSync(changes) ? readReleases(readFileSync(changes, "utf8")) : [];
const births = readBirths(releases);

function readOptions() {
  try {
    const known = { nginx: { type: "string" }, since: { type: "string", default: "1.15.0" } };
    return parseArgs({ options: known }).values;
  } catch (error) {
    console.error(`${error.message.split(". ")[0]}; --help says what there is`);
    return process.exit(2);
  }
}

/** `kind`, tabulator, what it is about, tabulator, why it is fine. */
const known = new Map(
  readFileSync(new URL("nginx-source/known-differences.tsv", import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split("\t"))
    .map(([kind, what, why]) => [`${kind}\t${what}`, why]),
);

const differences = new Map();
let explained = 0;
function differs(kind, what, details) {
  if (isKnown(kind, what)) explained++;
  else differences.set(kind, [...(differences.get(kind) ?? []), `${what}: ${details}`]);
}

/** Whether a line of known-differences.tsv names it; one that ends in `*` names all that begin so. */
function isKnown(kind, what) {
  return [...known.keys()].some((key) =>
    key.endsWith("*") ? `${kind}\t${what}`.startsWith(key.slice(0, -1)) : key === `${kind}\t${what}`,
  );
}

/** The post handlers of a setter narrow it. */
const CLOSE = new Set([
  "size pool-size",
  "size size-choice",
  "number power-of-two",
  "number integer",
  "offset size",
  "num count",
  "number text",
  "flag text",
]);

const seen = new Set();
for (const command of unite(commands)) compareDirective(command);
compareMissing();
for (const variable of variables) compareVariable(variable);
compareMissingVariables();
compareBirths();

const version = /NGINX_VERSION\s+"([\d.]+)"/.exec(
  readFileSync(join(options.nginx, "src/core/nginx.h"), "utf8"),
)?.[1];
console.log(
  `nginx ${version}: ${commands.length} directives, ${variables.length} variables, change log up to ${releases[0]?.version ?? "(none)"}`,
);
const newest = facts.parseVersion("mainline");
console.log(`known here: up to ${newest.major}.${newest.minor}.${newest.patch}`);
for (const [kind, lines] of differences) {
  console.log(`\n${kind} (${lines.length})`);
  for (const line of lines) console.log(`  ${line}`);
}
const count = [...differences.values()].reduce((sum, lines) => sum + lines.length, 0);
console.log(`\n${count} to look at, ${explained} explained in scripts/nginx-source/known-differences.tsv`);
process.exitCode = count === 0 ? 0 : 1;

function* sourcesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourcesBelow(path);
    else if (entry.name.endsWith(".c")) yield readFileSync(path, "utf8");
  }
}

/** A directive that several modules have is one: `server` of http and of upstream are two. */
function unite(all) {
  const byKey = new Map();
  for (const command of all) {
    const isUpstream = command.contexts.some((context) => /(^|-)upstream$/.test(context));
    const key = `${command.family} ${command.name} ${isUpstream && command.contexts.length === 1}`;
    const before = byKey.get(key);
    if (before === undefined) byKey.set(key, command);
    else byKey.set(key, { ...before, contexts: [...new Set([...before.contexts, ...command.contexts])] });
  }
  return byKey.values();
}

function factsOf({ name, family, contexts }) {
  const all = facts.lookupDirective(name) ?? [];
  const shared = (entry) => entry.contexts.filter((context) => contexts.includes(context)).length;
  return (
    all.filter((entry) => shared(entry) > 0).sort((a, b) => shared(b) - shared(a))[0] ??
    all.find((entry) => entry.family === family)
  );
}

function compareDirective(command) {
  const { name, family, contexts, args, setter } = command;
  const what = `${family} ${name}`;
  const entry = factsOf(command);
  if (entry === undefined) {
    differs(
      "unknown directive",
      what,
      `in ${contexts.join(", ")} with ${args || "no"} arguments (${setter})`,
    );
    return;
  }
  seen.add(entry);
  if (entry.edition !== "open-source") differs("edition", what, `open source here, ${entry.edition} there`);
  if (entry.removed !== null) differs("removed", what, `gone since ${entry.removed}, we say`);
  const missing = contexts.filter((context) => context !== "any" && !entry.contexts.includes(context));
  const extra = contexts.includes("any")
    ? []
    : entry.contexts.filter((context) => !contexts.includes(context));
  if (missing.length + extra.length > 0) {
    differs(
      "contexts",
      what,
      `${missing
        .map((each) => `+${each}`)
        .concat(extra.map((each) => `-${each}`))
        .join(" ")}`,
    );
  }
  for (const count of [0, 1, 2, 3, 4, 5, 6, 7, 8]) {
    if (facts.acceptsCount(entry.arity, count) === takes(args, count)) continue;
    differs("arity", what, `${args} arguments, and we ${takes(args, count) ? "refuse" : "take"} ${count}`);
    break;
  }
  const kind = KIND_OF_SETTER[setter];
  const ours = entry.values?.[0]?.kind;
  if (kind !== undefined && ours !== undefined && kind !== ours && !CLOSE.has(`${kind} ${ours}`)) {
    differs("values", what, `read as ${kind}, we say ${ours}`);
  }
  compareDefault(what, command, entry);
}

function takes(args, count) {
  if (args === "any") return true;
  if (args.endsWith("+")) return count >= Number.parseInt(args, 10);
  return args.split(",").map(Number).includes(count);
}

function compareDefault(what, { setter, default: value }, entry) {
  if (value === null || entry.default === null) return;
  const written = numberOf(setter, entry.default);
  if (written === null || written === value) return;
  differs("default", what, `${value}, and we say ${entry.default}`);
}

/** A default in the unit of `readCommands`; null for what is no number. */
function numberOf(setter, text) {
  if (setter === "ngx_conf_set_flag_slot") return text;
  if (/_(msec|sec)_slot$/.test(setter)) {
    const time = facts.parseMilliseconds(
      setter.endsWith("_sec_slot") && /^\d+$/.test(text) ? `${text}s` : text,
    );
    if (!time.ok) return null;
    return String(setter === "ngx_conf_set_msec_slot" && /^\d+$/.test(text) ? Number(text) : time.value);
  }
  const size = facts.parseSize(text);
  return size.ok ? String(size.value) : null;
}

function compareMissing() {
  for (const name of facts.directiveNames()) {
    for (const entry of facts.lookupDirective(name) ?? []) {
      if (entry.edition !== "open-source" || entry.removed !== null || seen.has(entry)) continue;
      differs(
        "not in the source",
        `${entry.family} ${name}`,
        `${entry.module}, in ${entry.contexts.slice(0, 4).join(", ")}`,
      );
    }
  }
}

function compareVariable({ name, family, isPrefix, isChangeable }) {
  const entry = facts.lookupVariable(isPrefix ? `${name}x` : name, family);
  if (entry === undefined)
    differs("unknown variable", `${family} $${name}`, isPrefix ? "a prefix" : "a name");
  else if (entry.edition !== "open-source")
    differs("edition", `${family} $${name}`, `open source here, ${entry.edition} there`);
  else if (!isPrefix && entry.since === null && facts.isFixedVariable(name, family) === isChangeable) {
    differs("changeable variable", `${family} $${name}`, isChangeable ? "may be set" : "may not be set");
  }
}

function compareMissingVariables() {
  for (const family of ["http", "stream"]) {
    const names = new Set(variables.filter((each) => each.family === family).map(({ name }) => name));
    for (const name of facts.variableNames(family)) {
      if (names.has(name) || facts.lookupVariable(name, family)?.edition !== "open-source") continue;
      if (variables.some((each) => each.family === family && each.isPrefix && name.startsWith(each.name)))
        continue;
      differs("not in the source", `${family} $${name}`, facts.lookupVariable(name, family)?.module ?? "");
    }
  }
}

/** What a feature of the change log speaks of first is born there: a directive or variable that we think older is not. */
function compareBirths() {
  const floor = facts.parseVersion(options.since);
  for (const [name, { version: born, text }] of births) {
    if (facts.isSince(facts.parseVersion(born), options.since) !== true || floor === null) continue;
    const isVariable = name.startsWith("$");
    const entries = isVariable
      ? ["http", "stream"].flatMap((family) => facts.lookupVariable(name.slice(1), family) ?? [])
      : (facts.lookupDirective(name) ?? []).filter(({ edition }) => edition === "open-source");
    if (entries.length === 0 || entries.some(({ since }) => since === born)) continue;
    differs(
      "birth",
      name,
      `${born} by the change log, we say ${entries.map(({ since }) => since ?? "always").join(", ")}: ${text.slice(0, 110)}`,
    );
  }
}
