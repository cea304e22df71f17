/** Globs of file names, as picomatch reads them: `*`, `?`, `[a-z]`, `{a,b}` within a name, `**` across folders. */
import type { PicomatchOptions } from "picomatch";

/**
 * What a glob may be: one `*` in each name and two more, three `**`, four `{`. Its regular expression tries every way to
 * share a name out among the stars that are in it: with seven, a name of a hundred letters takes half a minute. No path is
 * longer than 4,096 letters.
 */
export const GLOB =
  String.raw`^(?=[\s\S]{0,4096}$)(?!(?:(?:[^*]|\*(?!\*))*\*\*){4}|(?:[^{]*\{){5})NAME(?:/NAME)*(?:STAR(?:/NAME)*){0,2}$`
    .replaceAll("NAME", "[^*/]*(?:STAR)?")
    .replaceAll("STAR", "\\*+[^*/]*");
export const GLOB_EXPECTED = "a glob with one `*` in each name and two more, three `**` and four `{` at most";

const options: PicomatchOptions = {
  dot: true,
  noextglob: true,
  nonegate: true,
  // `[!a]`
  posix: true,
  strictSlashes: true,
  windows: false,
};

/** Whether a path matches: relative, with `/`. */
export type Matches = (path: string) => boolean;

/**
 * Loads picomatch, which few runs need, and returns what compiles a glob that is as `GLOB` has it. A pattern without `/`
 * matches the file's own name in any folder, and one that ends with `/` everything below.
 */
export async function globCompiler(): Promise<(pattern: string) => Matches> {
  const { default: picomatch } = await import("picomatch");
  return (pattern) => {
    const expression = picomatch.makeRe(translate(pattern), options);
    return (path) => expression.test(path);
  };
}

/** The pattern as picomatch has it: from the folder of the settings on, and nothing in it that only shells know. */
function translate(pattern: string): string {
  let glob = pattern.replaceAll("\\", "/").replace(/^\.\//, "");
  if (glob.endsWith("/")) glob += "**";
  if (glob.startsWith("/")) glob = glob.slice(1);
  else if (!glob.includes("/")) glob = `**/${glob}`;
  // For picomatch, `a/**` is `a`, too.
  glob = glob.replace(/(?<=^|\/)\*\*$/, "**/*").replace(/[()|+]/g, "\\$&");
  return closesBraces(glob) ? glob : glob.replace(/[{},]/g, "\\$&");
}

function closesBraces(glob: string): boolean {
  let depth = 0;
  for (const character of glob) {
    if (character === "{") depth++;
    if (character === "}" && --depth < 0) return false;
  }
  return depth === 0;
}
