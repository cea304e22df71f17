/** The blocks whose lines are entries: `map`, `geo`, `split_clients`, `charset_map`. */
import { parseCidr, parseIpv4, type Statement } from "../../../semantics/index.ts";
import { isBroken } from "../known-here.ts";
import { checkDefinition } from "./definitions.ts";
import { type ArgumentProblem, isOpen, problemAt } from "./problem.ts";

/** A problem with an entry's first word. */
function atKey(entry: Statement, message: string, help: string): ArgumentProblem {
  const { start, end } = entry.directive.name;
  return { at: { file: entry.file, start, end }, message, help };
}

/** A template may fill an entry in, or drop it. */
function isUnread(entry: Statement): boolean {
  return !entry.directive.terminated || isBroken(entry) || isOpen(entry.name) || entry.args.some(isOpen);
}

/** `ngx_http_map`: pairs, one of them the default, none twice. */
export function* checkMap(statement: Statement): Generator<ArgumentProblem> {
  yield* checkDefinition(statement);
  const keys = new MapKeys();
  let hasDefault = false;
  for (const entry of statement.block?.statements ?? []) {
    const { name, args } = entry;
    if (isUnread(entry) || (args.length === 0 && name === "volatile")) continue;
    if (args.length === 0 && name === "hostnames") {
      keys.hostnames = true;
    } else if (args.length !== 1) {
      yield {
        at: entry,
        message: "invalid number of the map parameters",
        help: "write a value and what it becomes: `value result;`; quote what holds spaces",
      };
    } else if (name === "default") {
      if (hasDefault) yield atKey(entry, "duplicate default map parameter", "leave one `default`");
      hasDefault = true;
    } else if (!name.startsWith("~")) {
      const problem = keys.add(name.replace(/^\\/, ""));
      const text = name.replace(/^\\/, "");
      if (problem === "invalid") {
        yield atKey(
          entry,
          `invalid hostname or wildcard "${text}"`,
          "write `*.example.com`, `.example.com` or `www.example.*`",
        );
      } else if (problem === "conflict") {
        yield atKey(
          entry,
          `conflicting parameter "${text}"`,
          "remove one of the two; letter case makes no difference",
        );
      }
    }
  }
}

/** `ngx_hash_add_key`: exact names, and those with an asterisk at either end. */
class MapKeys {
  /** From here on names may hold asterisks. */
  hostnames = false;
  readonly #exact = new Set<string>();
  readonly #head = new Set<string>();
  readonly #tail = new Set<string>();

  add(key: string): "invalid" | "conflict" | null {
    const lower = key.toLowerCase();
    if (!this.hostnames) return put(this.#exact, lower);
    if ((lower.match(/\*/g)?.length ?? 0) > 1 || lower.includes("..")) return "invalid";
    if (lower.length > 1 && lower.startsWith(".")) {
      return put(this.#exact, lower.slice(1)) ?? put(this.#head, lower.slice(1));
    }
    if (lower.length > 2 && lower.startsWith("*.")) return put(this.#head, lower.slice(2));
    if (lower.length > 2 && lower.endsWith(".*")) return put(this.#tail, lower.slice(0, -2));
    return lower.includes("*") ? "invalid" : put(this.#exact, lower);
  }
}

function put(keys: Set<string>, key: string): "conflict" | null {
  if (keys.has(key)) return "conflict";
  keys.add(key);
  return null;
}

/** `ngx_http_geo`: networks, or ranges of IPv4 addresses. */
export function* checkGeo(statement: Statement): Generator<ArgumentProblem> {
  for (const [index, word] of statement.args.entries()) {
    if (word.startsWith("$")) continue;
    yield problemAt(statement, index, `invalid variable name "${word}"`, `write \`$${word}\``);
    return;
  }
  yield* checkDefinition(statement);
  let ranges = false;
  let networks = false;
  for (const entry of statement.block?.statements ?? []) {
    const { name, args } = entry;
    if (isUnread(entry) || (args.length === 0 && name === "proxy_recursive")) continue;
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
    if (ranges && !isRange(text)) {
      yield problem(`invalid range "${text}"`, "write a range such as `192.0.2.0-192.0.2.255`");
    } else if (!ranges && !isNetwork(text)) {
      yield problem(`invalid network "${text}"`, NETWORK_HELP);
    }
  }
}

const NETWORK_HELP = "write a network such as `192.0.2.0/24` or `2001:db8::/32`";

function isNetwork(text: string): boolean {
  return text === "255.255.255.255" || parseCidr(text).ok;
}

function isRange(text: string): boolean {
  const dash = text.indexOf("-");
  if (dash < 0) return false;
  const start = addressValue(text.slice(0, dash));
  const end = addressValue(text.slice(dash + 1));
  return start !== null && end !== null && start <= end;
}

function addressValue(text: string): number | null {
  return parseIpv4(text)?.reduce((value, octet) => value * 256 + octet, 0) ?? null;
}

const WHOLE = 10_000;

/** `ngx_http_split_clients`: percentages with two decimals at most, `*` for the rest. */
export function* checkSplitClients(statement: Statement): Generator<ArgumentProblem> {
  yield* checkDefinition(statement);
  let total = 0;
  for (const entry of statement.block?.statements ?? []) {
    if (isUnread(entry)) return;
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
export function* checkCharsetMap(statement: Statement): Generator<ArgumentProblem> {
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
  const target = to.toLowerCase() === "utf-8" ? /^(?:[0-9a-f]{2}){0,4}$/i : /^0*[0-9a-f]{1,2}$/i;
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
