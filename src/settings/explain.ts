/** What applies to a file, and who said so (`--print-config`). */
import { inPreset, isChosen, levelOf } from "../linter/index.ts";
import type { Rule } from "../rules/index.ts";
import type { Origin, Sourced } from "./layer.ts";
import type { Settings } from "./settings.ts";
import { shownPath } from "./source.ts";

/** One effective value. */
export interface Explained {
  /** `failOn`, `assume.edge`, `rules.alias-traversal`, `rules.alias-traversal.options.paths`. */
  readonly key: string;
  /** Null: not set. */
  readonly value: unknown;
  readonly origin: Origin;
}

const DEFAULT: Origin = { kind: "default" };

/** Every value that applies to a file, rules in the order of their names. @param file a shown name. */
export function explain(settings: Settings, rules: readonly Rule[], file: string, cwd: string): Explained[] {
  const { layer, policy } = settings;
  const words = settings.decidedFor(file);
  const decisions = policy.decisionsFor(file);
  const one = (key: string, sourced: Sourced<unknown> | undefined, otherwise: unknown): Explained =>
    sourced === undefined ? { key, value: otherwise, origin: DEFAULT } : { key, ...sourced };
  const path = (key: string, sourced: Sourced<string> | undefined): Explained =>
    one(key, sourced === undefined ? undefined : { ...sourced, value: shownPath(sourced.value, cwd) }, null);
  const patterns = (key: "include" | "exclude"): Explained[] => {
    const globs = layer[key];
    return globs === undefined ? [] : [{ key, value: globs.value.patterns, origin: globs.origin }];
  };

  const strict = policy.presets.includes("strict");
  const entries: Explained[] = [
    ...layer.presets.map(({ value, origin }) => ({ key: "presets", value, origin })),
    one("nginxVersion", layer.nginxVersion, null),
    path("root", layer.root),
    ...patterns("include"),
    ...patterns("exclude"),
    ...[...words.assume].map(([key, sourced]) => ({ key: `assume.${key}`, ...sourced })),
    ...[...layer.checklist].map(([id, sourced]) => ({ key: `assume.checklist.${id}`, ...sourced })),
    one("failOn", layer.failOn, "warning"),
    one("maxWarnings", layer.maxWarnings, null),
    one("confidence", layer.confidence, strict ? "low" : "medium"),
    one("suppressions.requireReason", layer.requireReason, false),
    path("baseline", layer.baseline),
  ];
  for (const rule of [...rules].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const said = words.rules.get(rule.id);
    entries.push({
      key: `rules.${rule.id}`,
      value: decisions.included ? levelOf(rule, policy, decisions) : "off",
      origin: originOf(rule, settings, said?.severity),
    });
    for (const [name, option] of said?.options ?? []) {
      entries.push({ key: `rules.${rule.id}.options.${name}`, ...option });
    }
  }
  return entries;
}

/** Why a rule is on or off. */
function originOf(rule: Rule, { policy, layer }: Settings, severity: Sourced<unknown> | undefined): Origin {
  if (policy.only?.has(rule.id) && severity === undefined) return { kind: "command line" };
  if (!isChosen(rule, policy)) return { kind: "command line" };
  if (severity !== undefined) return severity.origin;
  const preset = layer.presets.find(({ value }) => inPreset(rule, value));
  return preset === undefined ? DEFAULT : { kind: "preset", name: preset.value };
}

/** An origin in words: `nginx-lint.yaml:3`, `preset strict`, `default`, `command line`. */
export function originText(origin: Origin): string {
  switch (origin.kind) {
    case "file":
      return `${origin.file}:${origin.line}`;
    case "preset":
      return `preset ${origin.name}`;
    case "default":
    case "command line":
      return origin.kind;
  }
}

/** The lines of a settings file in YAML with the values, each with its origin as a comment. */
export function explanationLines(entries: readonly Explained[]): string[] {
  const lines: { readonly text: string; readonly origin: string }[] = [];
  const said = ({ value }: Explained) =>
    typeof value === "string" ? plainText(value) : JSON.stringify(value);
  let opened: readonly string[] = [];
  entries.forEach((entry, index) => {
    const path = pathOf(entry.key);
    const hasOptions = entries[index + 1]?.key.startsWith(`${entry.key}.options.`) === true;
    const parents = hasOptions ? path : path.slice(0, -1);
    const common = parents.findIndex((key, depth) => opened[depth] !== key);
    for (let depth = common === -1 ? parents.length : common; depth < parents.length; depth++) {
      lines.push({ text: `${"  ".repeat(depth)}${parents[depth]}:`, origin: "" });
    }
    opened = parents;
    const key = hasOptions ? "severity" : (path.at(-1) ?? "");
    const origin = originText(entry.origin);
    if (entry.value === null) lines.push({ text: `# ${entry.key}: not set`, origin: "" });
    else lines.push({ text: `${"  ".repeat(parents.length)}${key}: ${said(entry)}`, origin });
  });
  return presetsAsList(lines).map(({ text, origin }) =>
    origin === "" ? text : `${text.padEnd(40)}  # ${origin}`,
  );
}

/** Items of the checklist have dots of their own. */
function pathOf(key: string): readonly string[] {
  const items = "assume.checklist.";
  return key.startsWith(items) ? ["assume", "checklist", key.slice(items.length)] : key.split(".");
}

type Line = { readonly text: string; readonly origin: string };

/** Presets come one by one, each with its origin; a key stands once. */
function presetsAsList(lines: readonly Line[]): Line[] {
  const head = "presets: ";
  const presets = lines.filter(({ text }) => text.startsWith(head));
  const others = lines.filter(({ text }) => !text.startsWith(head));
  const items = presets.map(({ text, origin }) => ({ text: `  - ${text.slice(head.length)}`, origin }));
  return [{ text: "presets:", origin: "" }, ...items, ...others];
}

function plainText(text: string): string {
  return /^[A-Za-z./_][\w./ -]*$/.test(text) && !/^(?:true|false|null|yes|no|on|y|n|~)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
