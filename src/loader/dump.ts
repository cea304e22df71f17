/** What `nginx -T` prints: the main file and each included one behind a line with its name. */
import { posix } from "node:path";
import type { ConfigFile } from "../parser/index.ts";
import type { IncludeTarget } from "../semantics/index.ts";
import { compareBytes, isIncludePattern, matchesPath } from "./include-pattern.ts";
import type { IncludeResolver } from "./include-tree.ts";

const HEADING = /^# configuration file (.+):\r?$/;

/** Whether a text starts as a dump does; the lines in which nginx says that the test passed may stand before it. */
export function isDump(text: string): boolean {
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end < 0 ? text.length : end);
    if (HEADING.test(line)) return true;
    if (!/^\s*$|^nginx: /.test(line)) return false;
    if (end < 0) return false;
    at = end + 1;
  }
  return false;
}

export interface DumpPart {
  /** The path that nginx gives. */
  readonly name: string;
  readonly text: string;
}

/** The files of a dump, in the order nginx met them, each as it is on disk. The first one is the main file. */
export function splitDump(dump: string): readonly DumpPart[] {
  const parts: DumpPart[] = [];
  const headings = [...dump.matchAll(new RegExp(HEADING, "gm"))];
  for (const [index, heading] of headings.entries()) {
    const start = heading.index + heading[0].length + 1;
    const next = headings[index + 1]?.index ?? dump.length;
    // nginx prints a line end behind each file.
    const text = dump.slice(start, next).replace(/\r?\n$/, "");
    const name = heading[1] ?? "";
    if (!parts.some((part) => part.name === name)) parts.push({ name, text });
  }
  return parts;
}

/** Finds includes among the files of a dump. */
export class DumpResolver implements IncludeResolver {
  readonly #directory: string;
  readonly #files: ReadonlyMap<string, ConfigFile>;

  /** @param files by the names of the dump, the main file first */
  constructor(files: ReadonlyMap<string, ConfigFile>) {
    const [main = ""] = files.keys();
    this.#directory = posix.dirname(main);
    this.#files = files;
  }

  resolve(path: string): IncludeTarget {
    // As nginx puts it together: nothing is taken out of the path.
    const full = path.startsWith("/") ? path : `${this.#directory}/${path}`;
    const file = this.#files.get(full);
    if (file !== undefined) return { files: [file], problems: [] };
    if (isIncludePattern(path)) {
      const names = [...this.#files.keys()].filter((name) => matchesPath(name, full)).sort(compareBytes);
      return { files: names.flatMap((name) => this.#files.get(name) ?? []), problems: [] };
    }
    return { files: [], problems: [{ kind: "missing", message: `${full} is not in the dump` }] };
  }
}
