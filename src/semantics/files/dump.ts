/** What `nginx -T` prints: the main file and each included one behind a line with its name. */
import type { ConfigFile } from "../../parser/index.ts";
import { lookupDirective } from "../directives/index.ts";
import type { SourceTree } from "../tree.ts";
import { Growth, growTree } from "./include-tree.ts";
import { NamedFiles } from "./named-files.ts";

const HEADING = /^# configuration file (.+):\r?$/;
/** What nginx says while it reads the files: `nginx: [warn] …`, or with the time where the log goes to the terminal. */
const REMARK = /^(?:nginx: |\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[)/;

/** Whether a text starts as a dump does; nginx's remarks on the test may stand before it. */
export function isDump(text: string): boolean {
  return startOf(text) !== null;
}

/**
 * Whether a file is a dump and nothing else. A heading is a comment to nginx, so that any file may begin with one and name others as it
 * likes; but nginx starts with no file that has `events` and, outside of all blocks, what belongs into them: the parts of a dump, one
 * behind the other.
 */
export function isOnlyDump({ text, items, template, problems }: ConfigFile): boolean {
  const start = startOf(text);
  // nginx knows no directive `nginx:`.
  if (start !== "heading") return start !== null;
  if (template || problems.some(({ code }) => code !== "cut")) return false;
  const names = items.flatMap((item) => (item.kind === "directive" ? [item.name.value] : []));
  return names.includes("events") && names.some(belongsIntoBlock);
}

function belongsIntoBlock(name: string): boolean {
  return lookupDirective(name)?.every(({ contexts }) => !contexts.includes("main")) ?? false;
}

/** How many files a text would be as a dump. */
export function countHeadings(text: string): number {
  return isDump(text) ? [...text.matchAll(new RegExp(HEADING, "gm"))].length : 0;
}

/** How a dump starts; null: it is none. */
function startOf(text: string): "heading" | "remark" | null {
  let start: "heading" | "remark" = "heading";
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end < 0 ? text.length : end);
    if (HEADING.test(line)) return start;
    if (line.trim() !== "") {
      if (!REMARK.test(line)) return null;
      start = "remark";
    }
    if (end < 0) return null;
    at = end + 1;
  }
  return null;
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
