/** A valid settings tree as a layer. What the schema has promised is not asked again. */
import { dirname, resolve } from "node:path";
import type { AssumedStatus } from "../checklist/index.ts";
import type { FailOn, RuleLevel } from "../linter/index.ts";
import type { Confidence, Preset } from "../rules/index.ts";
import { type Entry, entryOf, type Located, type Mapping, type Scalar } from "./document.ts";
import type { Matches } from "./glob.ts";
import type {
  AssumeWords,
  ChecklistWords,
  Globs,
  Layer,
  Override,
  RulesWords,
  RuleWords,
  Sourced,
} from "./layer.ts";
import { PRESETS } from "./schema.ts";

/** The key of `assume` that answers items of the checklist. */
const CHECKLIST = "checklist";

/** `path` is the absolute path of the settings file, `shown` what people call it. `extends` is read elsewhere. */
export function readLayer(
  root: Mapping,
  path: string,
  shown: string,
  compileGlob: (pattern: string) => Matches,
): Layer {
  const folder = dirname(path);
  const from = <T>(value: T, line: number): Sourced<T> => ({
    value,
    origin: { kind: "file", file: shown, line },
  });
  const plain = (node: Located): unknown =>
    node.kind === "scalar" ? node.value : node.kind === "list" ? node.items.map(plain) : null;

  /** A single value under its key in the layer, or nothing; the schema has checked its type. */
  const single = <K extends keyof Layer, T>(
    key: K,
    entry: Entry | undefined,
    convert: (node: Scalar) => T,
  ): { readonly [key in K]?: Sourced<T> } => {
    if (entry?.value.kind !== "scalar") return {};
    const said = { [key]: from(convert(entry.value), entry.keyAt.line) };
    return said as { readonly [key in K]?: Sourced<T> };
  };
  const globs = (entry: Entry): Sourced<Globs> => {
    const patterns = texts(entry.value).map((item) => item.source);
    return from({ base: folder, patterns, matchers: patterns.map(compileGlob) }, entry.keyAt.line);
  };

  const assume = (entry: Entry | undefined): AssumeWords => {
    if (entry?.value.kind !== "mapping") return new Map();
    return new Map(
      entry.value.entries
        .filter(({ key }) => key !== CHECKLIST)
        .map(({ key, keyAt, value }) => [key, from(plain(value), keyAt.line)]),
    );
  };
  const checklist = (entry: Entry | undefined): ChecklistWords => {
    const said = entry?.value.kind === "mapping" ? entryOf(entry.value, CHECKLIST)?.value : undefined;
    if (said?.kind !== "mapping") return new Map();
    return new Map(
      said.entries.map(({ key, keyAt, value }) => [key, from(plain(value) as AssumedStatus, keyAt.line)]),
    );
  };

  const ruleWords = ({ keyAt, value }: Entry): RuleWords => {
    const parts =
      value.kind === "list"
        ? { severity: value.items[0], options: value.items[1] }
        : value.kind === "mapping"
          ? { severity: entryOf(value, "severity")?.value, options: entryOf(value, "options")?.value }
          : { severity: value, options: undefined };
    const options = new Map<string, Sourced<unknown>>();
    if (parts.options?.kind === "mapping") {
      for (const option of parts.options.entries) {
        options.set(option.key, from(plain(option.value), option.keyAt.line));
      }
    }
    if (parts.severity?.kind !== "scalar") return { options };
    return { severity: from(parts.severity.value as RuleLevel, keyAt.line), options };
  };
  const rules = (entry: Entry | undefined): RulesWords => {
    if (entry?.value.kind !== "mapping") return new Map();
    return new Map(entry.value.entries.map((rule) => [rule.key, ruleWords(rule)]));
  };

  const overrides = (entry: Entry | undefined): Override[] => {
    if (entry?.value.kind !== "list") return [];
    return entry.value.items.flatMap((item) => {
      const files = item.kind === "mapping" ? entryOf(item, "files") : undefined;
      if (item.kind !== "mapping" || files === undefined) return [];
      return [
        {
          files: globs(files),
          rules: rules(entryOf(item, "rules")),
          assume: assume(entryOf(item, "assume")),
        },
      ];
    });
  };

  const at = (key: string) => entryOf(root, key);
  const presets = ["extends", "preset", "presets"]
    .flatMap((key) => texts(at(key)?.value))
    .flatMap((item) => {
      const preset = PRESETS.find((name) => name === item.value);
      return preset === undefined ? [] : [from<Preset>(preset, item.at.line)];
    });
  const suppressions = at("suppressions")?.value;
  const include = at("include");
  const exclude = at("exclude");
  return {
    presets,
    rules: rules(at("rules")),
    overrides: overrides(at("overrides")),
    assume: assume(at("assume")),
    checklist: checklist(at("assume")),
    ...single("nginxVersion", at("nginxVersion"), (node) => node.source),
    ...single("root", at("root"), (node) => resolve(folder, node.source)),
    ...single("failOn", at("failOn"), (node) => node.value as FailOn),
    ...single("maxWarnings", at("maxWarnings"), (node) => node.value as number),
    ...single("confidence", at("confidence"), (node) => node.value as Confidence),
    ...single("baseline", at("baseline"), (node) => resolve(folder, node.source)),
    ...single(
      "requireReason",
      suppressions?.kind === "mapping" ? entryOf(suppressions, "requireReason") : undefined,
      (node) => node.value as boolean,
    ),
    ...(include === undefined ? {} : { include: globs(include) }),
    ...(exclude === undefined ? {} : { exclude: globs(exclude) }),
  };
}

/** A text, or the texts of a list. */
export function texts(node: Located | undefined): Scalar[] {
  if (node === undefined) return [];
  if (node.kind === "scalar") return [node];
  if (node.kind === "mapping") return [];
  return node.items.flatMap((item) => (item.kind === "scalar" ? [item] : []));
}
