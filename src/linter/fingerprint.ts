/** The name of a finding that survives moved lines, new indentation and reordered files. */
import { append, askedOnce } from "../lists/index.ts";
import type { Block, ConfigFile, Directive, Item } from "../parser/index.ts";
import { sha256 } from "./sha-256.ts";

/** What a fingerprint is made of. */
export interface FingerprintSource {
  readonly ruleId: string;
  readonly file: ConfigFile;
  /** Where the finding points: UTF-16 offset into the file's text. */
  readonly offset: number;
  /** Stands in for the path and the values (`Report.identity`). */
  readonly identity?: string;
}

/**
 * Thirty-two hex digits made of rule, file, the blocks around the place and the directive at it with its values.
 * Lines, columns, comments, quotes and the order of directives do not go in.
 *
 * The file counts by its shown name (relative to the working directory), so moving a file makes its findings new;
 * two findings alike in one file share a fingerprint and are told apart by counting them (see the baseline).
 */
export function fingerprint({ ruleId, file, offset, identity }: FingerprintSource): string {
  const meaning = identity ?? directivePath(file, offset);
  return hash(JSON.stringify([ruleId, normalName(file.name), meaning]));
}

/** `./conf.d\x.conf` → `conf.d/x.conf`, so that all systems agree. */
export function normalName(name: string): string {
  return name.replaceAll("\\", "/").replace(/^(?:\.\/+)+/, "");
}

/**
 * The directives around an offset, outermost first, as text: blocks by name and arguments, the innermost directive
 * with all its values.
 */
function directivePath(file: ConfigFile, offset: number): string[] {
  const path: string[] = [];
  let items: readonly Item[] = file.items;
  for (;;) {
    const directive = directiveAt(items, offset);
    if (directive === null) return path;
    path.push(segmentOf(directive));
    if (directive.block?.kind !== "block") return path;
    items = directive.block.items;
  }
}

/** The directive among siblings that covers an offset, found by halving. */
function directiveAt(items: readonly Item[], offset: number): Directive | null {
  let low = 0;
  let high = items.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item === undefined) return null;
    if (offset < item.start) high = middle - 1;
    else if (offset >= item.end) low = middle + 1;
    else return item.kind === "directive" ? item : null;
  }
  return null;
}

/** A directive of more characters goes in as its hash, made once: any number of findings may point into it. */
const LONGEST_SEGMENT = 1_000;

const longSegment = askedOnce((directive: Directive) => hash(segment(directive)));

function segmentOf(directive: Directive): string {
  const last = directive.args.at(-1) ?? directive.name;
  return last.end - directive.start <= LONGEST_SEGMENT ? segment(directive) : longSegment(directive);
}

/** The words as nginx sees them; JSON keeps `a "b c"` and `a b c` apart. */
function segment(directive: Directive): string {
  const words = [directive.name.value, ...directive.args.map((word) => word.value)];
  if (directive.name.value === "server" && directive.block?.kind === "block") {
    append(words, serverName(directive.block));
  }
  return JSON.stringify(words);
}

/** Many findings stand in one server: its name is looked for once. */
const serverName = askedOnce(findServerName);

/** `server` blocks have no arguments: what tells them apart is their first name, else their first address. */
function findServerName(block: Block): readonly string[] {
  let address: string | undefined;
  for (const item of block.items) {
    if (item.kind !== "directive") continue;
    const value = item.args[0]?.value;
    if (value === undefined) continue;
    if (item.name.value === "server_name") return [value];
    if (item.name.value === "listen") address ??= value;
  }
  return address === undefined ? [] : [address];
}

/**
 * Half of a SHA-256: a baseline says that a finding is known by this alone, and nobody shall be able to give a new one the name of a
 * known one.
 */
function hash(text: string): string {
  return sha256(text).slice(0, 32);
}
