/** The blocks whose lines are entries: `map`, `geo`, `split_clients`, `charset_map`. */

import type { Statement } from "../../tree.ts";
import { parseCidr, parseIpv4 } from "../../values/index.ts";
import { isSince } from "../../version.ts";
import { areAlternatives } from "../alternatives.ts";
import { isBroken } from "../usages.ts";
import { checkDefinition } from "./definitions.ts";
import { HostKeys } from "./host-keys.ts";
import { type ArgumentProblem, isOpen, problemAt, type Surroundings } from "./problem.ts";

/** A problem with an entry's first word. */
function atKey(entry: Statement, message: string, help: string): ArgumentProblem {
  const { start, end } = entry.directive.name;
  return { at: { file: entry.file, start, end }, message, help };
}

/** A template may fill an entry in, or drop it. */
function isUnread(entry: Statement): boolean {
  const { terminated, block } = entry.directive;
  return !terminated || block !== null || isBroken(entry) || isOpen(entry.name) || entry.args.some(isOpen);
}

/** Conditions of a template may keep an entry from meeting the one that it conflicts with. */
function isOptional(entry: Statement, other: Statement | undefined): boolean {
  return other === undefined ? isConditional(entry) : areAlternatives(other, entry);
}

function isConditional({ file, directive }: Statement): boolean {
  return file.branches.isConditional(directive.start);
}

/** `ngx_http_map`: pairs, one of them the default, none twice. */
export function* checkMap(statement: Statement, around: Surroundings): Generator<ArgumentProblem> {
  yield* checkDefinition(statement, around);
  const keys = new HostKeys(false);
  let first: Statement | undefined;
  const byKey = new Map<string, Statement>();
  for (const entry of statement.block?.statements ?? []) {
    const { name, args } = entry;
    if (isUnread(entry) || (args.length === 0 && name === "volatile")) continue;
    if (args.length === 0 && name === "hostnames") {
      keys.wildcards = true;
    } else if (args.length !== 1) {
      yield {
        at: entry,
        message: "invalid number of the map parameters",
        help: "write a value and what it becomes: `value result;`; quote what holds spaces",
      };
    } else if (name === "default") {
      if (first !== undefined && !areAlternatives(first, entry))
        yield atKey(entry, "duplicate default map parameter", "leave one `default`");
      first ??= entry;
    } else if (!name.startsWith("~")) {
      const text = name.replace(/^\\/, "");
      const problem = keys.add(text);
      const other = byKey.get(text.toLowerCase());
      byKey.set(text.toLowerCase(), entry);
      if (problem === "invalid") {
        yield atKey(
          entry,
          `invalid hostname or wildcard "${text}"`,
          "write `*.example.com`, `.example.com` or `www.example.*`",
        );
      } else if (problem === "conflict" && !isOptional(entry, other)) {
        yield atKey(
          entry,
          `conflicting parameter "${text}"`,
          "remove one of the two; letter case makes no difference",
        );
      }
    }
  }
}

/** `ngx_http_geo`: networks, or ranges of IPv4 addresses. */
export function* checkGeo(statement: Statement, around: Surroundings): Generator<ArgumentProblem> {
  for (const [index, word] of statement.args.entries()) {
    if (word.startsWith("$")) continue;
    yield problemAt(statement, index, `invalid variable name "${word}"`, `write \`$${word}\``);
    return;
  }
  yield* checkDefinition(statement, around);
  let ranges = false;
  let networks = false;
  const taken = new GeoRanges();
  for (const entry of statement.block?.statements ?? []) {
    const { name, args } = entry;
    // With a `{` for its `;`, which is told elsewhere, it still says how to read the rest.
    if (name === "ranges" && entry.directive.block !== null) ranges = true;
    // What a branch of a template adds depends on the others.
    if (isConditional(entry)) {
      if (name === "ranges") return;
      continue;
    }
    if (isUnread(entry) || (args.length === 0 && name === "proxy_recursive")) continue;
    if (args.length === 0 && name === "volatile") {
      if (isSince(around.version, "1.29.3") !== false) continue;
      yield { at: entry, message: "invalid number of the geo parameters", help: "it needs nginx 1.29.3" };
      continue;
    }
    if (args.length === 0 && name === "ranges") {
      ranges = true;
      if (!networks) continue;
      yield atKey(
        entry,
        'the "ranges" directive must be the first directive inside "geo" block',
        "move it to the top of the block",
      );
      return;
    }
    if (args.length !== 1) {
      yield {
        at: entry,
        message: "invalid number of the geo parameters",
        help: "write a network and its value: `192.0.2.0/24 value;`",
      };
      continue;
    }
    const [value = ""] = args;
    if (name === "proxy") {
      if (!isNetwork(value)) yield problemAt(entry, 0, `invalid network "${value}"`, NETWORK_HELP);
      continue;
    }
    networks ||= !ranges;
    if (name === "default") continue;
    const [text, problem] =
      name === "delete"
        ? [value, (message: string, help: string) => problemAt(entry, 0, message, help)]
        : [name, (message: string, help: string) => atKey(entry, message, help)];
    const range = ranges ? readRange(text) : null;
    if (ranges && range === null) {
      yield problem(`invalid range "${text}"`, "write a range such as `192.0.2.0-192.0.2.255`");
    } else if (range !== null && name === "delete") {
      taken.remove(range);
    } else if (range !== null && !taken.add(range)) {
      yield problem(
        `range "${text}" overlaps an earlier one`,
        "write ranges apart, or one inside of an earlier one",
      );
    } else if (!ranges && !isNetwork(text)) {
      yield problem(`invalid network "${text}"`, NETWORK_HELP);
    }
  }
}

const NETWORK_HELP = "write a network such as `192.0.2.0/24` or `2001:db8::/32`";

function isNetwork(text: string): boolean {
  return text === "255.255.255.255" || parseCidr(text).ok;
}

/** IPv4 addresses as numbers; the end belongs to it. */
interface Range {
  readonly start: number;
  readonly end: number;
}

function readRange(text: string): Range | null {
  const dash = text.indexOf("-");
  if (dash < 0) return null;
  const start = addressValue(text.slice(0, dash));
  const end = addressValue(text.slice(dash + 1));
  return start !== null && end !== null && start <= end ? { start, end } : null;
}

/** nginx keeps ranges by the first two bytes of their addresses. */
const CHUNK = 65_536;
/** Those of ranges that are wider are not looked at. */
const MOST_CHUNKS = 256;

/** `ngx_http_geo_add_range`: a range may lie inside of an earlier one, not across its ends. */
class GeoRanges {
  readonly #pieces = new Map<number, readonly Range[]>();

  /** Whether nginx takes it. */
  add(range: Range): boolean {
    for (const [chunk, part] of chunksOf(range)) {
      const earlier = this.#pieces.get(chunk) ?? [];
      const outer = earlier.find(({ start, end }) => start <= part.end && part.start <= end);
      if (outer === undefined) {
        this.#pieces.set(chunk, [...earlier, part]);
        continue;
      }
      if (part.start < outer.start || part.end > outer.end) return false;
      const rest = [
        { start: outer.start, end: part.start - 1 },
        { start: part.end + 1, end: outer.end },
      ].filter(({ start, end }) => start <= end);
      this.#pieces.set(chunk, [...earlier.filter((piece) => piece !== outer), ...rest, part]);
    }
    return true;
  }

  remove(range: Range): void {
    for (const [chunk, { start, end }] of chunksOf(range)) {
      const earlier = this.#pieces.get(chunk) ?? [];
      this.#pieces.set(
        chunk,
        earlier.filter((piece) => piece.start !== start || piece.end !== end),
      );
    }
  }
}

function* chunksOf({ start, end }: Range): Generator<[chunk: number, Range]> {
  const [first, last] = [Math.floor(start / CHUNK), Math.floor(end / CHUNK)];
  if (last - first >= MOST_CHUNKS) return;
  for (let chunk = first; chunk <= last; chunk++) {
    yield [chunk, { start: Math.max(start, chunk * CHUNK), end: Math.min(end, (chunk + 1) * CHUNK - 1) }];
  }
}

function addressValue(text: string): number | null {
  return parseIpv4(text)?.reduce((value, octet) => value * 256 + octet, 0) ?? null;
}

const WHOLE = 10_000;

/** `ngx_http_split_clients`: percentages with two decimals at most, `*` for the rest. */
export function* checkSplitClients(statement: Statement, around: Surroundings): Generator<ArgumentProblem> {
  yield* checkDefinition(statement, around);
  let total = 0;
  for (const entry of statement.block?.statements ?? []) {
    if (isUnread(entry) || isConditional(entry)) return;
    const { name } = entry;
    const [, units = "", decimals = ""] = /^([0-9]*)(?:\.([0-9]{0,2}))?%$/.exec(name) ?? [];
    const share = Number(`${units}${decimals.padEnd(2, "0")}`);
    if (name !== "*" && (share === 0 || units + decimals === "")) {
      yield atKey(
        entry,
        `invalid percent value "${name}"`,
        "write a percentage such as `0.5%`, or `*` for the rest",
      );
      return;
    }
    total = name === "*" ? WHOLE : total + share;
    if (total <= WHOLE) continue;
    yield atKey(entry, "percent total is greater than 100%", "lower the percentages, and put `*` last");
    return;
  }
}

/** `ngx_http_charset_map`: a byte, and the byte or the bytes of UTF-8 that it becomes. */
export function* checkCharsetMap(
  statement: Statement,
  { version }: Surroundings,
): Generator<ArgumentProblem> {
  const [from = "", to = ""] = statement.args;
  if (from.toLowerCase() === to.toLowerCase()) {
    yield problemAt(
      statement,
      1,
      `"charset_map" between the same charsets "${from}" and "${to}"`,
      "name two charsets",
    );
    return;
  }
  // 1.22 takes more bytes than there is room for, 1.28 does not; nothing says since when.
  const isBounded = version !== null && isSince(version, "1.28.0") === true;
  const bytes = isBounded ? /^(?:[0-9a-f]{2}){0,4}$/i : /^(?:[0-9a-f]{2})*$/i;
  const target = to.toLowerCase() === "utf-8" ? bytes : /^0*[0-9a-f]{1,2}$/i;
  for (const entry of statement.block?.statements ?? []) {
    if (isUnread(entry)) continue;
    const { name, args } = entry;
    const [value = ""] = args;
    if (args.length !== 1) {
      yield { at: entry, message: "invalid parameters number", help: "write a pair of codes: `C0 FE;`" };
    } else if (!/^0*[0-9a-f]{1,2}$/i.test(name)) {
      yield atKey(entry, `invalid value "${name}"`, "write a byte in hexadecimal: `C0`");
    } else if (!target.test(value)) {
      yield problemAt(entry, 0, `invalid value "${value}"`, "write bytes in hexadecimal");
    }
  }
}
