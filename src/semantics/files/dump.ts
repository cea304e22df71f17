/** What `nginx -T` prints: the main file and each included one behind a line with its name. */
import type { ConfigFile } from "../../parser/index.ts";
import type { SourceTree } from "../tree.ts";
import { Growth, growTree } from "./include-tree.ts";
import { NamedFiles } from "./named-files.ts";

const HEADING = /^# configuration file (.+):\r?$/;
/** What nginx says while it reads the files: `nginx: [warn] …`, or with the time where the log goes to the terminal. */
const REMARK = /^(?:nginx: |\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[)/;

/** Whether a text starts as a dump does; nginx's remarks on the test may stand before it. */
export function isDump(text: string): boolean {
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end < 0 ? text.length : end);
    if (HEADING.test(line)) return true;
    if (line.trim() !== "" && !REMARK.test(line)) return false;
    if (end < 0) return false;
    at = end + 1;
  }
  return false;
}

export interface DumpPart {
  /** The path that nginx gives. */
  readonly name: string;
  readonly text: string;
  /** The name stands in the dump again, with another text: these are several dumps, or a file that holds such a line. */
  readonly contradicted: boolean;
}

/** The files of a dump, in the order nginx met them, each as it is on disk. The first one is the main file. */
export function splitDump(dump: string): readonly DumpPart[] {
  const parts = new Map<string, DumpPart>();
  const headings = [...dump.matchAll(new RegExp(HEADING, "gm"))];
  for (const [index, heading] of headings.entries()) {
    const start = heading.index + heading[0].length + 1;
    const next = headings[index + 1]?.index ?? dump.length;
    // nginx prints a line end behind each file.
    const text = dump.slice(start, next).replace(/\r?\n$/, "");
    const name = heading[1] ?? "";
    const before = parts.get(name);
    if (before === undefined) parts.set(name, { name, text, contradicted: false });
    else if (before.text !== text) parts.set(name, { ...before, contradicted: true });
  }
  return [...parts.values()];
}

/**
 * The tree of a dump's files, by the names nginx gives, the main file first. Null where there is none.
 * @param growth of all trees of the run
 */
export function dumpTree(files: ReadonlyMap<string, ConfigFile>, growth = new Growth()): SourceTree | null {
  for (const [name, entry] of files) {
    const prefixes = [name.slice(0, Math.max(name.lastIndexOf("/"), 0))];
    return growTree(entry, "main", false, new NamedFiles(files, { prefixes, known: "everything" }), growth);
  }
  return null;
}
