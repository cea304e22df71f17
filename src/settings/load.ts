/** Reads a settings file and all that it extends. Files are data: nothing in them is ever run. */

import { readdirSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { Unreadable } from "../bounds/index.ts";
import { didYouMean } from "../linter/index.ts";
import { append } from "../lists/index.ts";
import type { Rule } from "../rules/index.ts";
import { entryOf, type Located, type Mapping, readDocument, type Scalar } from "./document.ts";
import { compileGlob, Effort, misunderstood } from "./glob.ts";
import { emptyLayer, type Layer, merge } from "./layer.ts";
import { readLayer, texts } from "./read-layer.ts";
import { PRESETS, type Schema, settingsSchema } from "./schema.ts";
import { SettingsError, type SettingsProblem } from "./settings-error.ts";
import { diskSettings, LARGEST_SETTINGS, PACKAGE_KEY, type SettingsSource } from "./source.ts";
import { type Mistake, validate } from "./validate.ts";

/** The settings of a file with everything it extends. */
export interface LoadedSettings {
  readonly layer: Layer;
  /** All files that were read, as people in the working directory would write them, the first one first. */
  readonly files: readonly string[];
  /** A file that would hold without the first one, as people would write it; null: none. */
  readonly shadowed: string | null;
  /** What their globs may take together. */
  readonly effort: Effort;
}

/**
 * @param path the settings file.
 * @param cwd absolute; messages name files relative to it.
 * @param source where files are read from; without it, this disk without bounds.
 * @throws {SettingsError} with every mistake of every file.
 */
export async function loadSettings(
  path: string,
  rules: readonly Rule[],
  cwd: string,
  source: SettingsSource = diskSettings(null),
): Promise<LoadedSettings> {
  const loader = new Loader(settingsSchema(rules), cwd, source);
  const file = resolve(cwd, path);
  const layer = await loader.load(file, [], null);
  if (loader.problems.length > 0) throw new SettingsError(loader.problems);
  const shadowed = await source.behind(file);
  return {
    layer,
    files: [...loader.layers.keys()].map((file) => source.show(file, cwd)),
    shadowed: shadowed === null || loader.layers.has(shadowed) ? null : source.show(shadowed, cwd),
    effort: loader.effort,
  };
}

/** Files that a settings file may extend, and their bytes in all. */
const MOST_FILES = 100;
const MOST_BYTES = 1024 * 1024;

class Loader {
  readonly problems: SettingsProblem[] = [];
  /** By absolute path: a file that several extend is read once. */
  readonly layers = new Map<string, Layer>();
  readonly effort = new Effort();
  private bytes = 0;
  private isFull = false;
  private readonly schema: Schema;
  private readonly cwd: string;
  private readonly source: SettingsSource;

  constructor(schema: Schema, cwd: string, source: SettingsSource) {
    this.schema = schema;
    this.cwd = cwd;
    this.source = source;
  }

  /** @param asked who extends this file, outermost first; `by` is the word that says so. */
  async load(
    path: string,
    asked: readonly string[],
    by: { file: string; word: Scalar } | null,
  ): Promise<Layer> {
    const known = this.layers.get(path);
    if (known !== undefined || this.isFull) return known ?? emptyLayer;
    const shown = this.source.show(path, this.cwd);
    let bytes: Uint8Array;
    try {
      bytes = await this.source.read(path, LARGEST_SETTINGS);
    } catch (error) {
      const problem = unreadable(path, error);
      if (by === null) this.problems.push({ file: shown, line: null, column: null, message: problem });
      else
        this.problems.push({
          file: by.file,
          ...by.word.at,
          message: `cannot extend \`${by.word.source}\`: ${problem}`,
        });
      return emptyLayer;
    }
    this.layers.set(path, emptyLayer);
    this.bytes += bytes.length;
    if (by !== null && (this.layers.size > MOST_FILES || this.bytes > MOST_BYTES)) {
      this.isFull = true;
      const message = `\`extends\` leads to more than ${MOST_FILES} files, or to more than ${MOST_BYTES / 1024} KiB: not settings`;
      this.problems.push({ file: by.file, ...by.word.at, message });
      return emptyLayer;
    }
    const { root, problems } = await readDocument(bytes, shown);
    append(this.problems, problems);
    const settings = basename(path) === "package.json" ? ownKey(root) : root;
    if (settings === null) return emptyLayer;
    // Where the text itself is wrong, what it seems to say does not matter.
    const told = new Set(problems.map(({ line, column }) => `${line}:${column}`));
    const mistakes = [
      ...validate(settings, this.schema),
      ...this.strayPaths(settings, path),
      ...strangeGlobs(settings),
    ].filter(({ at }) => !told.has(`${at.line}:${at.column}`));
    append(
      this.problems,
      mistakes.map(({ at, message }) => ({ file: shown, ...at, message })),
    );
    if (settings.kind !== "mapping") return emptyLayer;

    let layer = emptyLayer;
    for (const base of await this.bases(settings, path, shown, [...asked, path])) layer = merge(layer, base);
    // A file with mistakes is not used; reading what it extends has told of the mistakes there.
    if (mistakes.length + problems.length === 0) {
      const compile = (pattern: string) => compileGlob(pattern, this.effort);
      layer = merge(layer, readLayer(settings, path, shown, compile));
    }
    this.layers.set(path, layer);
    return layer;
  }

  /** Files and folders that the settings name and must not. */
  private strayPaths(settings: Located, path: string): Mistake[] {
    if (settings.kind !== "mapping") return [];
    return ["root", "baseline"].flatMap((key) => {
      const node = entryOf(settings, key)?.value;
      if (node?.kind !== "scalar" || node.source === "") return [];
      const refusal = this.source.refuse(resolve(dirname(path), node.source), path, key === "root");
      return refusal === null ? [] : [{ at: node.at, message: `\`${key}: ${node.source}\` ${refusal}` }];
    });
  }

  private async bases(
    settings: Mapping,
    path: string,
    shown: string,
    chain: readonly string[],
  ): Promise<Layer[]> {
    const bases: Layer[] = [];
    let isLoop = false;
    for (const word of texts(entryOf(settings, "extends")?.value)) {
      if (PRESETS.some((preset) => preset === word.value) || !/\.(?:ya?ml|json)$/.test(word.source)) continue;
      const target = resolve(dirname(path), word.source);
      const refusal = this.source.refuse(target, path, false);
      if (refusal !== null) {
        this.problems.push({ file: shown, ...word.at, message: `\`extends: ${word.source}\` ${refusal}` });
        continue;
      }
      const cycle = chain.indexOf(target);
      if (cycle === -1) {
        bases.push(await this.load(target, chain, { file: shown, word }));
        continue;
      }
      // One is enough to look for.
      if (isLoop) continue;
      isLoop = true;
      const round = [...chain.slice(cycle), target]
        .map((file) => this.source.show(file, this.cwd))
        .join(" → ");
      this.problems.push({
        file: shown,
        ...word.at,
        message: `\`extends\` forms a loop: ${round}`,
      });
    }
    return bases;
  }
}

/** Patterns that would silently match nothing. */
function strangeGlobs(settings: Located): Mistake[] {
  if (settings.kind !== "mapping") return [];
  const overrides = entryOf(settings, "overrides")?.value;
  const places = [
    ["include", settings] as const,
    ["exclude", settings] as const,
    ...(overrides?.kind === "list" ? overrides.items.map((item) => ["files", item] as const) : []),
  ];
  return places.flatMap(([key, holder]) =>
    (holder.kind === "mapping" ? texts(entryOf(holder, key)?.value) : []).flatMap(({ source, at }) => {
      const reason = misunderstood(source);
      return reason === null ? [] : [{ at, message: `\`${key}: ${source}\`: ${reason}` }];
    }),
  );
}

function ownKey(root: Located | null): Located | null {
  return root?.kind === "mapping" ? (entryOf(root, PACKAGE_KEY)?.value ?? null) : null;
}

function unreadable(path: string, error: unknown): string {
  if (error instanceof Unreadable) return `${error.message}, not a settings file`;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code !== "ENOENT") return `cannot be read (${String(code ?? error)})`;
  return `there is no such file${didYouMean(basename(path), neighboursOf(path))}`;
}

function neighboursOf(path: string): string[] {
  try {
    return readdirSync(dirname(path));
  } catch {
    return [];
  }
}
