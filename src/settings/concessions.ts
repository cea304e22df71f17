/** What settings files take away from a run or make of it, each with the line that says so: nothing turns green without a word. */
import {
  inPreset,
  isConfident,
  type Notification,
  type RuleLevel,
  stopsNginx,
  usualConfidence,
} from "../linter/index.ts";
import type { Preset, Rule } from "../rules/index.ts";
import type { Layer, Origin, RulesWords } from "./layer.ts";
import { shownPath } from "./source.ts";

const LEVELS: readonly RuleLevel[] = ["off", "info", "warning", "error"];

/** Adds what a settings file says. The command line is the user's own word, and nothing is told of it. */
function sayerOf(notes: Notification[]): (origin: Origin, message: string) => void {
  return (origin, message) => {
    if (origin.kind !== "file") return;
    notes.push({ level: "note", kind: "configuration", message, file: origin.file, line: origin.line });
  };
}

/**
 * Which findings settings files keep from counting.
 * @param only the rules that the command line wants alone; null: it names none.
 */
export function concessions(
  layer: Layer,
  rules: readonly Rule[],
  cwd: string,
  only: ReadonlySet<string> | null = null,
): Notification[] {
  const notes: Notification[] = [];
  const say = sayerOf(notes);
  const presets = layer.presets.map(({ value }) => value);
  const catalogue = new Map(rules.map((rule) => [rule.id, rule]));
  const usually = (id: string) => usualLevel(catalogue.get(id), presets, only);
  const sayRules = (words: RulesWords, where: string) => {
    const gravest = [...words].sort(([a], [b]) => LEVELS.indexOf(usually(b)) - LEVELS.indexOf(usually(a)));
    for (const [id, { severity, options }] of gravest) {
      const usual = usually(id);
      // What is asked for by name is not switched off.
      const isKept = severity?.value === "off" && only?.has(id);
      if (severity !== undefined && !isKept && mayLessen(severity.value, usual)) {
        const level = severity.value === "off" ? "off" : `no more than ${severity.value}`;
        say(severity.origin, `\`${id}\` is ${level}${where}`);
      }
      const [option] = options.values();
      if (option !== undefined) say(option.origin, `\`${id}\` has options of its own${where}`);
    }
  };

  // What concerns the run as a whole comes first: reports name only so many.
  if (layer.failOn?.value === "never") say(layer.failOn.origin, "no finding fails the run");
  if (layer.failOn?.value === "error") say(layer.failOn.origin, "only errors fail the run");
  if (layer.confidence !== undefined) {
    const { value, origin } = layer.confidence;
    if (!isConfident(usualConfidence(presets), value))
      say(origin, `only findings of ${value === "high" ? "high" : "medium or high"} confidence count`);
  }
  if (layer.baseline !== undefined) {
    say(layer.baseline.origin, `what ${shownPath(layer.baseline.value, cwd)} knows does not count`);
  }
  if (layer.exclude !== undefined && layer.exclude.value.patterns.length > 0) {
    say(layer.exclude.origin, `findings do not count in ${listed(layer.exclude.value.patterns)}`);
  }
  if (layer.include !== undefined) {
    const { patterns } = layer.include.value;
    const where = patterns.length === 0 ? "nowhere" : `only in ${listed(patterns)}`;
    say(layer.include.origin, `findings count ${where}`);
  }
  if (!presets.some((preset) => ["recommended", "django-react", "strict"].includes(preset))) {
    for (const { value, origin } of layer.presets) say(origin, `only the preset \`${value}\` is on`);
  }
  sayRules(layer.rules, "");
  for (const { files, rules: words } of layer.overrides)
    sayRules(words, ` in ${listed(files.value.patterns)}`);
  return notes;
}

/** What settings files have every answer rest on: another version or root, other assumptions give other findings. */
export function premises(layer: Layer, cwd: string): Notification[] {
  const notes: Notification[] = [];
  const say = sayerOf(notes);
  const { nginxVersion, root } = layer;
  if (nginxVersion !== undefined) say(nginxVersion.origin, `judged as nginx ${nginxVersion.value} alone`);
  if (root !== undefined)
    say(root.origin, `absolute includes are followed below ${short(shownPath(root.value, cwd))}`);
  for (const [key, { value, origin }] of layer.assume) say(origin, `${key} is assumed to be ${said(value)}`);
  for (const { files, assume } of layer.overrides) {
    const where = ` in ${listed(files.value.patterns)}`;
    for (const [key, { value, origin }] of assume)
      say(origin, `${key} is assumed to be ${said(value)}${where}`);
  }
  return notes;
}

/** Also the usual severity, said of a rule, takes something from the cases of it that are graver. */
function mayLessen(level: RuleLevel, usual: RuleLevel): boolean {
  return usual !== "off" && level !== "error" && LEVELS.indexOf(level) <= LEVELS.indexOf(usual);
}

/** The severity of a rule where nobody says another. */
function usualLevel(
  rule: Rule | undefined,
  presets: readonly Preset[],
  only: ReadonlySet<string> | null,
): RuleLevel {
  if (rule === undefined) return "off";
  if (only !== null) return only.has(rule.id) || stopsNginx(rule) ? rule.severity : "off";
  return presets.some((preset) => inPreset(rule, preset)) ? rule.severity : "off";
}

function said(value: unknown): string {
  return short(typeof value === "string" ? value : JSON.stringify(value));
}

function listed(patterns: readonly string[]): string {
  return short(patterns.join(", "));
}

function short(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
