/** Turns what the user handed into trees: whole configurations where they can be found, else fragments. */

import { statSync } from "node:fs";
import { dirname, isAbsolute, posix, resolve } from "node:path";
import { Bounds, isDirectoryAt, isKernels, realPathOf, slashed, strayLink } from "../bounds/index.ts";
import { push } from "../lists/index.ts";
import type { ConfigFile } from "../parser/index.ts";
import {
  belowInstalled,
  countHeadings,
  dumpTree,
  Growth,
  growTree,
  inferContext,
  isDump,
  isMain,
  isOnlyDump,
  isTopLevel,
  isWithin,
  type SourceTree,
  splitDump,
  stockText,
} from "../semantics/index.ts";
import { discover, type Hint, isOnlyAvailable, isPartsDirectory, isPassedOver } from "./discovery.ts";
import type { Decoded, Encoding } from "./encoding.ts";
import { Ground } from "./ground.ts";
import {
  beginsLikeNginx,
  couldBeNginx,
  errorBeforeDump,
  errorOfNginx,
  isAllComment,
  isAsShipped,
  isMostlyNginx,
  LOOKED_AT,
  looksLikeNginx,
  messageOfOthers,
  readsAsConfiguration,
} from "./nginx-text.ts";
import { expandPattern, type Guide, mayBePattern, TooManyPaths } from "./path-patterns.ts";
import {
  isFailure,
  LARGEST_FILE,
  linkTarget,
  type ReadFailure,
  readFailure,
  SourceFiles,
} from "./source-files.ts";

export interface LoadInputs {
  /** Directories, files, patterns; `-` for standard input. Relative ones are relative to `cwd`. */
  readonly paths: readonly string[];
  /** Absolute. Names in the result are relative to it. */
  readonly cwd: string;
  /** What `-` stands for. With a name, it is assumed to be what stands in the file of that name. */
  readonly stdin?: { readonly name?: string; readonly bytes: Uint8Array };
  /** The directory that stands for `/` when absolute includes are followed. */
  readonly root?: string;
  /** Where the run may read; without it, what is handed says so. */
  readonly bounds?: Bounds;
  /** Files and directories that are not looked for in directories. Gets names as in the result. */
  readonly excluded?: (name: string) => boolean;
  /** Called with each file: characters of all that were read so far. */
  readonly onRead?: (characters: number) => void;
}

/** A path that could not be used. One line for people, naming the path. */
export interface LoadProblem {
  readonly path: string;
  readonly message: string;
}

/** Something that was met and not read, and why, in words for people: `left behind`. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
  /** It leads out of what was handed. */
  readonly outside: boolean;
  /** In a fragment, a relative path as it is written: where it leads is a guess, and nothing need be there. */
  readonly include?: string;
}

/** Where to write a file back. */
export interface WritableFile {
  readonly path: string;
  /** The path without links, where it was read. */
  readonly real: string;
  readonly encoding: Encoding;
}

export interface LoadResult {
  /** Whole configurations and fragments, in the order of what was handed. */
  readonly trees: readonly SourceTree[];
  readonly problems: readonly LoadProblem[];
  readonly leftOut: readonly LeftOut[];
  /** What a file may have been meant as, where it was read as something else. One line each for people. */
  readonly doubts: readonly string[];
  /**
   * Files on disk by the name that findings give; parts of a dump and standard input are not among them, nor is what is
   * outside of the bounds.
   */
  readonly writable: ReadonlyMap<string, WritableFile>;
  /** Standard input, where it is one text and not a dump. */
  readonly input: { readonly name: string; readonly encoding: Encoding } | null;
}

/** Reads everything. What cannot be read is in `problems`; nothing is thrown for it. */
export async function load(inputs: LoadInputs): Promise<LoadResult> {
  const loader = new Loader(inputs);
  for (const path of inputs.paths) loader.prefer(path);
  for (const path of inputs.paths) await loader.take(path);
  return loader.finish();
}

/** A tree that is grown, with the question which of its files findings are wanted of. */
interface Whole {
  readonly tree: SourceTree;
  readonly ground: Ground | null;
  readonly files: ReadonlySet<ConfigFile>;
  /** `null`: not wanted at all (so far). */
  wanted: "all" | Set<ConfigFile> | null;
}

/** A file that is no whole configuration. */
interface Part {
  readonly file: ConfigFile;
  readonly path: string;
  /** Handed by itself, so that only its own findings are wanted. */
  readonly alone: boolean;
  /** It is on disk, or a name says where it would be. */
  readonly located: boolean;
}

class Loader {
  readonly #inputs: LoadInputs;
  readonly #files: SourceFiles;
  readonly #root: string | null;
  readonly #problems: LoadProblem[] = [];
  #input: LoadResult["input"] = null;
  readonly #wholes = new Map<ConfigFile, Whole>();
  /** Whole configurations by the files in them. */
  readonly #holders = new Map<ConfigFile, Whole[]>();
  readonly #parts = new Map<ConfigFile, Part>();
  readonly #bounds: Bounds;
  readonly #leftOut = new Map<string, LeftOut>();
  readonly #doubts = new Set<string>();
  /** Files that there was no room or time for. */
  readonly #unread: string[] = [];
  #secondLooks = MOST_SECOND_LOOKS;
  /** Links to folders that were met, by their names. */
  readonly #linkedFolders = new Map<string, { readonly real: string; readonly reason: string }>();
  readonly #growth = new Growth();
  /** By folder: fragments of one look for what they include in the same places. */
  readonly #fragmentGrounds = new Map<string, Ground>();

  constructor(inputs: LoadInputs) {
    this.#inputs = inputs;
    const handed = inputs.paths.map((path) => (path === "-" ? (inputs.stdin?.name ?? "<stdin>") : path));
    this.#bounds = inputs.bounds ?? new Bounds({ cwd: inputs.cwd, handed });
    this.#files = new SourceFiles(inputs.cwd, inputs.onRead);
    this.#root = inputs.root === undefined ? null : this.#absolute(inputs.root);
  }

  /** Findings shall name a file as the user did, also where it is reached by a link before. */
  prefer(path: string): void {
    if (path === "-") return;
    const { real, refusal } = this.#bounds.handedAt(path);
    const absolute = this.#absolute(path);
    if (refusal === null && realPathOf(absolute) !== null) this.#files.settle(absolute, real);
    this.#files.prefer(absolute);
  }

  async take(path: string): Promise<void> {
    if (path === "-") return this.#takeStdin();
    if (mayBePattern(path)) return this.#takePattern(path);
    this.#takePath(path);
  }

  #takePath(path: string): void {
    const absolute = this.#absolute(path);
    const { refusal } = this.#bounds.handedAt(path);
    if (refusal !== null) {
      this.#problems.push({ path, message: `${path} ${refusal}` });
      return;
    }
    try {
      const stats = statSync(absolute);
      if (stats.isFIFO()) {
        const message = `${path} is not a regular file: to read what comes out of it, pass it as standard input (\`… | nginx-lint -\`)`;
        this.#problems.push({ path, message });
      } else if (stats.isDirectory()) this.#takeDirectory(absolute, path);
      else this.#takeFile(absolute, path);
    } catch (error) {
      const { kind, message } = readFailure(error, absolute, path);
      const isPattern = kind === "missing" && mayBePattern(path) && linkTarget(absolute) === null;
      this.#problems.push({ path, message: isPattern ? `no file matches ${path}` : message });
    }
  }

  finish(): LoadResult {
    const fragments = this.#placeParts();
    const trees: SourceTree[] = [];
    for (const whole of this.#wholes.values()) if (whole.wanted !== null) trees.push(this.#focused(whole));
    for (const fragment of fragments) trees.push(fragment);
    const writable = new Map<string, WritableFile>();
    for (const [file, { path, encoding }] of this.#files.origins) {
      const real = this.#files.realPath(file);
      if (path === null || real === null || !this.#bounds.holds(real)) continue;
      writable.set(file.name, { path, real, encoding });
    }
    for (const tree of trees) this.#tellOutside(tree);
    this.#tellUnread();
    this.#tellCut(fragments);
    const entered = this.#linkedFolders.size === 0 ? null : this.#foldersOf(trees);
    for (const [name, { real, reason }] of this.#linkedFolders)
      if (!entered?.has(real)) this.#leaveOut(name, reason);
    // What did not look like nginx's by itself may be included.
    for (const { files } of trees) for (const { name } of files) this.#leftOut.delete(name);
    return {
      trees,
      problems: this.#problems,
      leftOut: [...this.#leftOut.values()],
      doubts: [...this.#doubts],
      writable,
      input: this.#input,
    };
  }

  /** No rule reports these: a copy of a configuration includes what only its machine has. */
  #tellOutside({ includes, fragment }: SourceTree): void {
    for (const [directive, { problems }] of includes) {
      for (const { kind, message } of problems) {
        if (kind !== "outside-root") continue;
        const [name = message, ...reason] = message.split(/ (?=is (?:a link|outside|git's own)\b)/);
        const written = slashed(directive.args[0]?.value ?? "");
        const isGuess = fragment && !isAbsolute(written) && !/^is (?:a link|git's own)/.test(reason[0] ?? "");
        this.#leaveOut(name, reason.join(" "), true, isGuess ? written : undefined);
      }
    }
  }

  #tellUnread(): void {
    const [first, ...others] = this.#unread;
    if (first === undefined) return;
    const more = others.length === 0 ? "is" : `and ${count(others.length, "other file")} are`;
    const message = `${first} ${more} not read: there is more text than a run can look at`;
    this.#problems.push({ path: first, message });
  }

  /** Of a whole configuration, a rule reports it. */
  #tellCut(fragments: readonly SourceTree[]): void {
    let first: LoadProblem | null = null;
    let others = 0;
    for (const { entry, includes } of fragments) {
      const problems = [...includes.values()].flatMap((target) => target.problems);
      const cut = problems.find(({ kind }) => kind === "too-many");
      if (cut === undefined) continue;
      if (first === null) first = { path: entry.name, message: cut.message };
      else others++;
    }
    if (first === null) return;
    const more = others === 0 ? "" : ` and of ${count(others, "other file")}`;
    const message = `not all includes of ${first.path}${more} are followed: ${first.message}`;
    this.#problems.push({ path: first.path, message });
  }

  #leaveOut(name: string, reason: string, outside = false, include?: string): void {
    if (this.#leftOut.has(name)) return;
    this.#leftOut.set(name, { name, reason, outside, ...(include === undefined ? {} : { include }) });
  }

  #takeStdin(): void {
    const { stdin } = this.#inputs;
    if (stdin?.name === undefined && isBlank(stdin?.bytes)) {
      const message =
        "standard input is empty: `nginx -T` prints nothing if the configuration is broken; run `nginx -t` to see why";
      this.#problems.push({ path: "-", message });
      return;
    }
    const located = stdin?.name !== undefined;
    const path = this.#absolute(stdin?.name ?? "<stdin>");
    const name = located ? this.#files.nameOf(path) : "<stdin>";
    const read = this.#files.textOf(stdin?.bytes ?? new Uint8Array(), name);
    if ("message" in read) this.#problems.push({ path: "-", message: read.message });
    else if (!located && isDump(read.text)) this.#takeDump(read);
    else {
      const file = this.#files.readInstead(path, name, read);
      if (!located && file.items.length > 0 && file.items.every(({ kind }) => kind === "comment")) {
        const message = "standard input holds comments and nothing else: nothing is configured there";
        this.#problems.push({ path: "-", message });
        return;
      }
      const said = located ? null : messageOfOthers(read.text);
      if (said !== null && errorOfNginx(read.text) === null) {
        this.#problems.push({ path: "-", message: `standard input holds no configuration: ${said}` });
        return;
      }
      if (!isOnlyDump(file)) this.#input = { name, encoding: read.encoding };
      this.#takeSingle({ file, path, alone: true, located });
    }
  }

  #takeFile(path: string, given: string): void {
    const file = this.#files.read(path);
    if (isFailure(file)) this.#problems.push({ path: given, message: file.message });
    else this.#takeSingle({ file, path, alone: true, located: true });
  }

  #takeSingle(part: Part): void {
    const error = errorOfNginx(part.file.text);
    if (error !== null) {
      const message = `${part.file.name} holds no configuration, but ${error}`;
      this.#problems.push({ path: part.file.name, message });
    } else if (isOnlyDump(part.file)) {
      const encoding = this.#files.origins.get(part.file)?.encoding ?? "utf8";
      this.#takeDump({ text: part.file.text, encoding });
    } else {
      if (countHeadings(part.file.text) > 1)
        this.#doubts.add(
          `${part.file.name} is read as one file, as nginx would read it: pass it as standard input where it is a dump of several`,
        );
      if (isMain(part.file)) this.#grow(part.file, part.path, part.located).wanted = "all";
      else this.#parts.set(part.file, part);
    }
  }

  /**
   * Reads what a pattern matches, and what is called like it: whoever may put a file into a tree shall not choose that a pattern means
   * nothing else.
   */
  async #takePattern(pattern: string): Promise<void> {
    const isThere = realPathOf(this.#absolute(pattern)) !== null;
    const { real, refusal } = this.#bounds.patternAt(pattern);
    // It is told with the path.
    if (refusal !== null) return this.#takePath(pattern);
    const home = homeOf(real);
    let found: string[] = [];
    try {
      found = await expandPattern(pattern, this.#inputs.cwd, this.#guideFrom(home));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const isOnlyName = isThere && !(error instanceof TooManyPaths);
      if (!isOnlyName)
        this.#problems.push({ path: pattern, message: `${pattern} cannot be used as a pattern: ${reason}` });
      if (!isThere) return;
    }
    const paths = found.map((name) => this.#absolute(name)).filter((path) => !this.#isExcluded(path));
    for (const path of paths) this.#files.prefer(path);
    const read = paths.filter((path) => this.#stays(path, home) && this.#takeFound(path));
    if (read.length === 0 || (isThere && !read.includes(this.#absolute(pattern)))) this.#takePath(pattern);
  }

  /** Reads a file that a pattern matches; false where a link leads to none. */
  #takeFound(path: string): boolean {
    const file = this.#files.read(path);
    if (!isFailure(file)) {
      this.#takeSingle({ file, path, alone: true, located: true });
      return true;
    }
    const isAstray = file.kind !== "unreadable" && linkTarget(path) !== null;
    const name = this.#files.nameOf(path);
    // What it leads to may be on another machine.
    if (isAstray) this.#leaveOut(name, file.message.replace(`${name} `, ""));
    else this.#problems.push({ path: name, message: file.message });
    return !isAstray;
  }

  /** What a pattern may look into, whose matches all are in `home`. */
  #guideFrom(home: string): Guide {
    return {
      realPathAt: (path) => this.#files.realPathAt(path),
      mayEnter: (real) => this.#isAtHome(real, home) && !isKernels(real),
      isDirectory: isDirectoryAt,
      passOver: (path, why) => {
        const name = this.#files.nameOf(path);
        if (why === "outside") this.#leaveOut(name, this.#toldOfLink(path, home), true);
        else if (why === "circle") this.#leaveOut(name, "a link to a folder around it");
        else if (why === "others") {
          if (isPartsDirectory(posix.basename(dirname(path)))) this.#leaveOut(name, NOT_LOOKED_INTO);
        } else this.#leaveOut(name, readFailure(why.error, path, name).message.replace(`${name} `, ""));
      },
    };
  }

  /**
   * Whether a file that was found, and not named, may be read; what leads elsewhere is noted.
   * @param home the directory without links that the file is a part of.
   */
  #stays(path: string, home: string): boolean {
    const real = this.#files.realPathAt(path);
    if (real !== null && this.#isAtHome(real, home)) return true;
    const isInstalled = belowInstalled(home) !== null;
    if (real === null && (isInstalled || this.#strayLink(path, home) === null)) return true;
    // The system's own tree links to modules elsewhere.
    const isSystem = real !== null && isInstalled && !this.#bounds.bars(real) && this.#bounds.permits(real);
    if (isSystem && readsAsConfigurationAt(this.#files, path)) return true;
    const isGits = real !== null && this.#bounds.isGits(real);
    this.#leaveOut(
      this.#files.nameOf(path),
      isGits ? "is a link to what is git's own" : this.#toldOfLink(path, home),
      true,
    );
    return false;
  }

  #strayLink(path: string, home: string): string | null {
    return strayLink(path, (at) => this.#isAtHome(at, home));
  }

  /** The same words whether something is there or not, and no more of where it leads than the link says. */
  #toldOfLink(path: string, home: string): string {
    const text = this.#strayLink(path, home) ?? "another place";
    return `is a link to ${text}, which is outside the given paths`;
  }

  #isAtHome(real: string, home: string): boolean {
    if (this.#bounds.holds(real)) return true;
    return (
      isWithin(real, home) &&
      this.#bounds.permits(real) &&
      (!this.#bounds.bars(real) || this.#bounds.bars(home))
    );
  }

  /** Its whole configurations, and beside them what they do not include. */
  #takeDirectory(directory: string, given: string): void {
    const before = this.#problems.length;
    const { paths, leftBehind, links, passedOver, failures } = discover(
      directory,
      (path) => this.#isExcluded(path) || (this.#bounds.bars(path) && !this.#bounds.bars(directory)),
    );
    for (const { path, error } of failures) {
      // Nobody but root may look into the directories of keys.
      if (path !== directory && !isPartsDirectory(posix.basename(path))) {
        const name = this.#files.nameOf(path);
        this.#leaveOut(name, readFailure(error, path, name).message.replace(`${name} `, ""));
        continue;
      }
      const shown = path === directory ? given : this.#files.nameOf(path);
      this.#problems.push({ path: given, message: readFailure(error, path, shown).message });
    }
    for (const path of leftBehind) this.#leaveOut(this.#files.nameOf(path), "left behind");
    for (const path of passedOver) this.#leaveOut(this.#files.nameOf(path), NOT_LOOKED_INTO);
    const parts: Part[] = [];
    const homes: string[] = [];
    let found = 0;
    // A link out of the directory was not handed with it; where an include follows it, it has been read.
    const here = this.#files.realPathAt(directory) ?? directory;
    const home = homeOf(here);
    for (const path of links) this.#noteFolder(path, here, home);
    for (const { path, hint } of paths) {
      if (this.#isIncluded(path)) {
        found++;
        continue;
      }
      const file = this.#readFound(path, hint, home, given);
      if (file === null) continue;
      found++;
      if (isMain(file)) {
        homes.push(dirname(path));
        this.#grow(file, path, true).wanted = "all";
      } else {
        parts.push({ file, path, alone: false, located: true });
      }
    }
    for (const part of parts) {
      // What waits there is not part of the configuration until it is linked to.
      const waits = isOnlyAvailable(part.path) && homes.some((home) => isWithin(part.path, home));
      if (waits) {
        if (!this.#holders.has(part.file)) this.#leaveOut(part.file.name, "not linked to");
      } else if (!this.#parts.has(part.file)) this.#parts.set(part.file, part);
    }
    if (found === 0 && this.#problems.length === before) {
      const looked = paths.length === 0 ? "" : `; of ${count(paths.length, "file")} none looks like one`;
      this.#problems.push({ path: given, message: `there is no nginx configuration in ${given}${looked}` });
    }
  }

  /** All folders that files were read in or below, without links: an include may have led there. */
  #foldersOf(trees: readonly SourceTree[]): ReadonlySet<string> {
    const folders = new Set<string>();
    for (const { files } of trees) {
      for (const file of files) {
        let at = dirname(this.#files.realPath(file) ?? "/");
        for (; !folders.has(at) && dirname(at) !== at; at = dirname(at)) folders.add(at);
      }
    }
    return folders;
  }

  /** A link to a folder that is not looked into as a part of the directory `here`. */
  #noteFolder(path: string, here: string, home: string): void {
    const real = this.#files.realPathAt(path);
    const text = real === null || !this.#isAtHome(real, home) ? this.#strayLink(path, home) : null;
    if (real === null && text === null) return;
    if (real !== null && (isKernels(real) || (isWithin(real, here) && !isPassedOver(real, here)))) return;
    if (text !== null && isKernels(posix.resolve(dirname(path), text))) return;
    const isAtHome = real !== null && this.#isAtHome(real, home);
    if (isAtHome && !isDirectoryAt(real)) return;
    this.#linkedFolders.set(this.#files.nameOf(path), {
      real: real ?? path,
      reason: isAtHome
        ? "a link to a folder; name it to have it linted"
        : `a link to ${text ?? "another place"}, outside the given paths`,
    });
  }

  /** A file that was found in a directory; null where it is not for nginx, or is not to be read. */
  #readFound(path: string, hint: Hint, home: string, given: string): ConfigFile | null {
    const name = this.#files.nameOf(path);
    const isNamed = hint !== "unnamed";
    if (!isNamed && !this.#beginsLikeNginx(path, home)) return null;
    const isEntry = posix.basename(path) === "nginx.conf";
    const entryStays = isEntry && this.#bounds.holds(this.#files.realPathAt(path) ?? "");
    if (!entryStays && !this.#stays(path, home)) {
      if (!isEntry) return null;
      const { reason } = this.#leftOut.get(name) ?? { reason: "is not read" };
      this.#problems.push({ path: given, message: `${name} ${reason}` });
      return null;
    }
    const text = this.#files.peek(path);
    if (text !== null && hint === "shipped" && isAsShipped(text, shippedText(path))) return null;
    if (text !== null && !looksLikeNginx(text) && !(isNamed && this.#couldBe(text, name))) {
      this.#leaveOut(name, "not like nginx's");
      return null;
    }
    const file = this.#files.read(path);
    if (isFailure(file)) {
      const isWanted = isEntry || (isNamed && this.#mayBeNginx(path, file));
      if (file.kind === "too-many" && !isEntry) this.#unread.push(name);
      else if (isWanted) this.#problems.push({ path: given, message: file.message });
      else if (file.kind === "directory") this.#leaveOut(name, "a link to a directory");
      else this.#leaveOut(name, file.message.replace(`${name} `, ""));
      return null;
    }
    // Where reading ended for want of room, nothing is wrong with the file.
    if (isNamed || file.problems.every(({ code }) => code === "cut")) return file;
    const isNear = dirname(path) === this.#absolute(given) || /nginx/i.test(posix.basename(dirname(path)));
    if (isNear || isMostlyNginx(file))
      this.#leaveOut(name, "like nginx's in parts; name it to have it linted");
    return null;
  }

  /** Whether a text can be nginx's at a second look, for which there is not always time; that is told. */
  #couldBe(text: string, name: string): boolean {
    if (!beginsLikeNginx(text)) return false;
    this.#secondLooks -= Math.min(text.length, LOOKED_AT);
    if (this.#secondLooks >= 0) return couldBeNginx(text);
    this.#unread.push(name);
    return false;
  }

  /** Whether a file that cannot be read may be one of nginx's: that of another program is no loss. */
  #mayBeNginx(path: string, { kind }: ReadFailure): boolean {
    if (kind !== "unreadable") return false;
    try {
      const text = this.#files.glance(this.#files.realPathAt(path) ?? path, LARGEST_FILE);
      return text !== null && (isAllComment(text) || looksLikeNginx(text) || couldBeNginx(text));
    } catch {
      return true;
    }
  }

  /** Whether a file whose name says nothing is worth reading. What leads out of its home is not opened for that. */
  #beginsLikeNginx(path: string, home: string): boolean {
    const real = this.#files.realPathAt(path);
    if (real === null || !this.#isAtHome(real, home)) return false;
    try {
      let text = this.#files.glance(real);
      // Comments may be long.
      if (text !== null && isAllComment(text)) {
        text = this.#files.glance(real, LARGEST_FILE);
        // It is too large, which is told.
        if (text !== null && text.length === LARGEST_FILE && isAllComment(text)) return true;
      }
      return text !== null && !text.startsWith("#!") && looksLikeNginx(text);
    } catch {
      return false;
    }
  }

  /** Whether a whole configuration that is wanted has the file in it already. */
  #isIncluded(path: string): boolean {
    const file = this.#files.known(path);
    return file !== null && (this.#holders.get(file)?.some(({ wanted }) => wanted === "all") ?? false);
  }

  #takeDump(dump: Decoded): void {
    const files = new Map<string, ConfigFile>();
    const error = errorBeforeDump(dump.text);
    if (error !== null)
      this.#problems.push({
        path: "-",
        message: `nginx says of a broken configuration, before it prints this one: ${error}`,
      });
    for (const { name, text, contradicted } of splitDump(dump.text)) {
      if (contradicted) {
        const message = `${name} stands in the dump twice, with different texts: pass one \`nginx -T\` at a time`;
        this.#problems.push({ path: name, message });
      }
      const file = this.#files.addPart(text, name, dump.encoding);
      if (isFailure(file)) this.#problems.push({ path: name, message: file.message });
      else files.set(name, file);
    }
    const tree = dumpTree(files, this.#growth);
    if (tree === null) return;
    this.#addWhole(tree, null).wanted = "all";
    const reached = new Set(tree.files);
    for (const [name, file] of files)
      if (!reached.has(file)) this.#leaveOut(name, "in the dump, and included nowhere");
  }

  /** The whole configuration whose main file this is. */
  #grow(file: ConfigFile, path: string, whole: boolean): Whole {
    const known = this.#wholes.get(file);
    if (known !== undefined) return known;
    const ground = new Ground(this.#files, {
      prefixes: [dirname(path)],
      root: this.#root,
      bounds: this.#bounds,
      whole,
    });
    return this.#addWhole(growTree(file, "main", false, ground, this.#growth), ground);
  }

  #addWhole(tree: SourceTree, ground: Ground | null): Whole {
    const whole: Whole = { tree, ground, files: new Set(tree.files), wanted: null };
    this.#wholes.set(tree.entry, whole);
    for (const file of tree.files) {
      push(this.#holders, file, whole);
    }
    return whole;
  }

  /** Finds the trees that include the parts; what none includes comes back as fragments. */
  #placeParts(): SourceTree[] {
    const left: Part[] = [];
    // Parts of a main file may be main files, too, and then may have others in them.
    const parts = [...this.#parts.values()];
    const ordered = [...parts.filter(isTopLevelPart), ...parts.filter((part) => !isTopLevelPart(part))];
    for (const part of ordered) {
      const holders = this.#holdersOf(part);
      for (const holder of holders) {
        if (holder.wanted === "all") continue;
        holder.wanted ??= new Set();
        holder.wanted.add(part.file);
      }
      if (holders.length > 0) continue;
      if (isTopLevelPart(part)) this.#grow(part.file, part.path, part.located).wanted = "all";
      else left.push(part);
    }
    return this.#growFragments(left);
  }

  #holdersOf(part: Part): readonly Whole[] {
    const known = this.#holders.get(part.file);
    if (known !== undefined || !part.located) return known ?? [];
    for (const path of new Set([part.path, this.#files.realPath(part.file) ?? part.path])) {
      for (const directory of this.#ancestors(path)) {
        for (const below of MAIN_FILES) this.#meet(posix.join(directory, below));
        const holders = this.#holders.get(part.file);
        if (holders !== undefined) return holders;
      }
    }
    return [];
  }

  /** Directories around a file that may hold its main file, nearest first: up to the repository, or some levels. */
  *#ancestors(path: string): Generator<string> {
    const first = dirname(path);
    const repository = this.#bounds.repositoryOf(first);
    let levels = repository === null ? 8 : 16;
    for (let at = first; dirname(at) !== at && levels > 0; at = dirname(at), levels--) {
      if (!this.#bounds.permits(at)) return;
      yield at;
      if (at === repository) return;
    }
  }

  /** Grows the tree of a main file near a part, if there is one. */
  #meet(path: string): void {
    const real = this.#files.realPathAt(path);
    // A link in what was handed is no way out of it.
    if (real === null || !this.#bounds.permits(real)) return;
    if (this.#bounds.holds(path) && !this.#bounds.holds(real)) return;
    const file = this.#files.read(path);
    if (!isFailure(file) && isMain(file)) this.#grow(file, path, true);
  }

  #growFragments(parts: readonly Part[]): SourceTree[] {
    const grown = new Map<Part, Whole>();
    const covered = new Set<ConfigFile>();
    for (const part of parts) {
      // A thousand that include each other are not grown a thousand times.
      if (covered.has(part.file)) continue;
      const whole = this.#growFragment(part);
      grown.set(part, whole);
      for (const file of whole.files) if (file !== part.file) covered.add(file);
    }
    const kept = new Map([...grown].filter(([part]) => !covered.has(part.file)));
    // Parts that include each other in a circle: the first of them stands for all.
    const reached = new Set([...kept.values()].flatMap(({ files }) => [...files]));
    for (const part of parts) {
      if (reached.has(part.file)) continue;
      const whole = grown.get(part) ?? this.#growFragment(part);
      kept.set(part, whole);
      for (const file of whole.files) reached.add(file);
    }
    const alone = new Set(parts.filter((part) => part.alone).map(({ file }) => file));
    return [...kept].map(([part, whole]) => this.#focused({ ...whole, wanted: part.alone ? alone : "all" }));
  }

  #growFragment(part: Part): Whole {
    const ground = this.#fragmentGround(part.path);
    const grown = growTree(part.file, "unknown", true, ground, this.#growth);
    const top = inferContext(part.file, (include) => grown.includes.get(include)?.files ?? []);
    return { tree: { ...grown, top }, ground, files: new Set(grown.files), wanted: null };
  }

  #fragmentGround(path: string): Ground {
    const folder = dirname(path);
    let ground = this.#fragmentGrounds.get(folder);
    if (ground === undefined) {
      const prefixes = [...this.#ancestors(path)];
      ground = new Ground(this.#files, { prefixes, root: this.#root, bounds: this.#bounds, whole: false });
      this.#fragmentGrounds.set(folder, ground);
    }
    return ground;
  }

  /** The tree with the question answered which findings are wanted: none of stand-ins and of excluded files. */
  #focused({ tree, ground, wanted }: Whole): SourceTree {
    const standIns = new Set(ground?.standIns);
    const files = tree.files.filter((file) => !standIns.has(file));
    const shown = files.filter((file) => (wanted instanceof Set ? wanted.has(file) : !this.#hides(file)));
    return shown.length === tree.files.length ? tree : { ...tree, files, focus: new Set(shown) };
  }

  #hides(file: ConfigFile): boolean {
    return this.#inputs.excluded?.(file.name) ?? false;
  }

  #absolute(path: string): string {
    return slashed(resolve(this.#inputs.cwd, path));
  }

  #isExcluded(path: string): boolean {
    return this.#inputs.excluded?.(this.#files.nameOf(path)) ?? false;
  }
}

const NOT_LOOKED_INTO = "not looked into; name it to have it linted";

/** Characters of files that do not look like nginx's, in which more is looked for. */
const MOST_SECOND_LOOKS = 10_000_000;

/** Where the main file is, seen from a directory around a part. */
const MAIN_FILES = ["nginx.conf", "conf/nginx.conf", "nginx/nginx.conf", "etc/nginx/nginx.conf"] as const;

function isTopLevelPart({ file }: Part): boolean {
  return isTopLevel(file);
}

/** The directory that is meant where this one is named: `sites-enabled` holds links to its neighbour. */
function homeOf(directory: string): string {
  return isPartsDirectory(posix.basename(directory)) ? dirname(directory) : directory;
}

function readsAsConfigurationAt(files: SourceFiles, path: string): boolean {
  const file = files.read(path);
  return !isFailure(file) && readsAsConfiguration(file);
}

/** What comes with nginx under this name. */
function shippedText(path: string): string {
  const name = posix.basename(path);
  return stockText(name) ?? stockText(`${posix.basename(dirname(path))}/${name}`) ?? "";
}

function isBlank(bytes: Uint8Array | undefined): boolean {
  return bytes === undefined || bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
