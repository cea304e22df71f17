/** Reads a settings file and all that it extends. Files are data: nothing in them is ever run. */
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, relative, resolve, sep } from "node:path";
import { didYouMean } from "../linter/index.ts";
import type { Rule } from "../rules/index.ts";
import { entryOf, type Located, type Mapping, readDocument, type Scalar } from "./document.ts";
import { PACKAGE_KEY } from "./find.ts";
import { globCompiler } from "./glob.ts";
import { emptyLayer, type Layer, merge } from "./layer.ts";
import { readLayer, texts } from "./read-layer.ts";
import { PRESETS, type Schema, settingsSchema } from "./schema.ts";
import { SettingsError, type SettingsProblem } from "./settings-error.ts";
import { validate } from "./validate.ts";

/** The settings of a file with everything it extends. */
export interface LoadedSettings {
  readonly layer: Layer;
  /** Absolute paths of all files that were read, the first one first. */
  readonly files: readonly string[];
}

/**
 * @param path the settings file.
 * @param cwd absolute; messages name files relative to it.
 * @throws {SettingsError} with every mistake of every file.
 */
export async function loadSettings(
  path: string,
  rules: readonly Rule[],
  cwd: string,
): Promise<LoadedSettings> {
  const loader = new Loader(settingsSchema(rules), cwd);
  const layer = await loader.load(resolve(cwd, path), [], null);
  if (loader.problems.length > 0) throw new SettingsError(loader.problems);
  return { layer, files: [...loader.layers.keys()] };
}

/** `file` as people in `cwd` would write it. */
export function shownPath(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path.startsWith(`..${sep}..${sep}`) ? file : path.replaceAll(sep, "/");
}

class Loader {
  readonly problems: SettingsProblem[] = [];
  /** By absolute path: a file that several extend is read once. */
  readonly layers = new Map<string, Layer>();
  private readonly schema: Schema;
  private readonly cwd: string;

  constructor(schema: Schema, cwd: string) {
    this.schema = schema;
    this.cwd = cwd;
  }

  /** @param asked who extends this file, outermost first; `by` is the word that says so. */
  async load(
    path: string,
    asked: readonly string[],
    by: { file: string; word: Scalar } | null,
  ): Promise<Layer> {
    const known = this.layers.get(path);
    if (known !== undefined) return known;
    const shown = shownPath(path, this.cwd);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch (error) {
      const problem = await unreadable(path, error);
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
    const { root, problems } = await readDocument(bytes, shown);
    this.problems.push(...problems);
    const settings = basename(path) === "package.json" ? ownKey(root) : root;
    if (settings === null) return emptyLayer;
    // Where the text itself is wrong, what it seems to say does not matter.
    const told = new Set(problems.map(({ line, column }) => `${line}:${column}`));
    const mistakes = validate(settings, this.schema).filter(({ at }) => !told.has(`${at.line}:${at.column}`));
    this.problems.push(...mistakes.map(({ at, message }) => ({ file: shown, ...at, message })));
    if (settings.kind !== "mapping") return emptyLayer;

    let layer = emptyLayer;
    for (const base of await this.bases(settings, path, shown, [...asked, path])) layer = merge(layer, base);
    // A file with mistakes is not used; reading what it extends has told of the mistakes there.
    if (mistakes.length + problems.length === 0) {
      layer = merge(layer, readLayer(settings, path, shown, await globCompiler()));
    }
    this.layers.set(path, layer);
    return layer;
  }

  private async bases(
    settings: Mapping,
    path: string,
    shown: string,
    chain: readonly string[],
  ): Promise<Layer[]> {
    const bases: Layer[] = [];
    for (const word of texts(entryOf(settings, "extends")?.value)) {
      if (PRESETS.some((preset) => preset === word.value) || !/\.(?:ya?ml|json)$/.test(word.source)) continue;
      const target = resolve(dirname(path), word.source);
      const cycle = chain.indexOf(target);
      if (cycle === -1) {
        bases.push(await this.load(target, chain, { file: shown, word }));
        continue;
      }
      const round = [...chain.slice(cycle), target].map((file) => shownPath(file, this.cwd)).join(" → ");
      this.problems.push({
        file: shown,
        ...word.at,
        message: `\`extends\` goes round in a circle: ${round}`,
      });
    }
    return bases;
  }
}

function ownKey(root: Located | null): Located | null {
  return root?.kind === "mapping" ? (entryOf(root, PACKAGE_KEY)?.value ?? null) : null;
}

async function unreadable(path: string, error: unknown): Promise<string> {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EISDIR") return "is a folder, not a settings file";
  if (code !== "ENOENT") return `cannot be read (${String(code ?? error)})`;
  const neighbours = await readdir(dirname(path)).catch(() => []);
  return `there is no such file${didYouMean(basename(path), neighbours)}`;
}
