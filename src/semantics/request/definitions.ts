/** The variables that a configuration defines: `map`, `geo`, `split_clients`, and those that `set` and captures fill. */
import { askedOnce, push } from "../../lists/index.ts";
import type { Configuration } from "../configuration.ts";
import { type CompiledPattern, lazyPattern, toBytes } from "../regex/index.ts";
import type { Context, Statement } from "../tree.ts";
import { type IpAddress, isInNetwork, type Network, readIpAddress, readNetwork } from "./ip-address.ts";

export interface MapDefinition {
  readonly kind: "map";
  readonly statement: Statement;
  readonly source: string;
  readonly hostnames: boolean;
  readonly volatile: boolean;
  readonly fallback: string;
  /** Literal keys in lower case. */
  readonly literals: ReadonlyMap<string, string>;
  readonly patterns: readonly {
    /** As it is written, without its `~`. */
    readonly text: string;
    readonly caseless: boolean;
    readonly pattern: () => CompiledPattern;
    readonly value: string;
  }[];
}

export interface GeoDefinition {
  readonly kind: "geo";
  readonly statement: Statement;
  /** The variable that holds the address; null for the client's. */
  readonly source: string | null;
  readonly fallback: string;
  readonly entries: readonly {
    readonly includes: (address: IpAddress) => boolean;
    readonly bits: number;
    readonly value: string;
  }[];
  /** Addresses that X-Forwarded-For is believed of. */
  readonly proxies: readonly Network[];
  /** Several of its addresses may be proxies (`proxy_recursive`). */
  readonly recursive: boolean;
}

export interface SplitDefinition {
  readonly kind: "split_clients";
  readonly statement: Statement;
  readonly source: string;
  /** The share in hundredths of a percent; null for `*`. */
  readonly shares: readonly { readonly share: number | null; readonly value: string }[];
}

/** Its block could not be read to the end. */
export interface UnreadDefinition {
  readonly kind: "unread";
  readonly statement: Statement;
}

export type Definition = MapDefinition | GeoDefinition | SplitDefinition | UnreadDefinition;

export interface Definitions {
  /** By name without `$`, in lower case. */
  readonly byName: ReadonlyMap<string, Definition>;
  /** Some `set` or named capture fills the variable, so that it is empty before. */
  readonly isFilledSomewhere: (name: string) => boolean;
}

export const definitionsOf = askedOnce(readDefinitions);

function readDefinitions(configuration: Configuration): Definitions {
  const byName = new Map<string, Definition>();
  const { http } = configuration;
  for (const statement of http?.statements ?? []) {
    const definition = readDefinition(statement);
    const name = statement.args.at(-1);
    if (definition !== null && name?.startsWith("$")) byName.set(name.slice(1).toLowerCase(), definition);
  }
  let filled: ReadonlySet<string> | undefined;
  return {
    byName,
    isFilledSomewhere: (name) => {
      filled ??= filledNames(http ?? configuration.root);
      return filled.has(name);
    },
  };
}

function readDefinition(statement: Statement): Definition | null {
  const { block } = statement;
  switch (statement.name) {
    case "map":
    case "geo":
    case "split_clients":
      if (block === null) return null;
      if (block.incomplete) return { kind: "unread", statement };
      if (statement.name === "map") return readMap(statement, block);
      return statement.name === "geo" ? readGeo(statement, block) : readSplit(statement, block);
    default:
      return null;
  }
}

function readMap(statement: Statement, block: Context): MapDefinition {
  const literals = new Map<string, string>();
  const patterns: MapDefinition["patterns"][number][] = [];
  let fallback = "";
  for (const { name, args } of block.statements) {
    const [value] = args;
    if (value === undefined) continue;
    if (name === "default") fallback = value;
    else if (name.startsWith("~")) {
      const caseless = name.startsWith("~*");
      const text = name.slice(caseless ? 2 : 1);
      patterns.push({ text, caseless, pattern: lazyPattern(text, caseless), value });
    } else literals.set(toBytes(name.startsWith("\\") ? name.slice(1) : name).toLowerCase(), value);
  }
  return {
    kind: "map",
    statement,
    source: statement.args[0] ?? "",
    hostnames: block.statements.some(({ name, args }) => name === "hostnames" && args.length === 0),
    volatile: block.statements.some(({ name, args }) => name === "volatile" && args.length === 0),
    fallback,
    literals,
    patterns,
  };
}

/** The value of a literal key, wildcards of host names included; null where only patterns or the default can fit. */
export function findLiteral({ literals, hostnames }: MapDefinition, key: string): string | null {
  const name = key.toLowerCase();
  const exact = literals.get(name);
  if (exact !== undefined) return exact;
  if (!hostnames || name === "") return null;
  const bare = literals.get(`.${name}`);
  if (bare !== undefined) return bare;
  for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
    const suffix = name.slice(dot);
    const value = literals.get(`*${suffix}`) ?? literals.get(suffix);
    if (value !== undefined) return value;
  }
  for (let dot = name.lastIndexOf("."); dot > 0; dot = name.lastIndexOf(".", dot - 1)) {
    const value = literals.get(`${name.slice(0, dot)}.*`);
    if (value !== undefined) return value;
  }
  return null;
}

function readGeo(statement: Statement, block: Context): GeoDefinition {
  const usesRanges = block.statements.some(({ name, args }) => name === "ranges" && args.length === 0);
  const entries: GeoDefinition["entries"][number][] = [];
  /** The entries of each network, for those that take one back. */
  const byNetwork = new Map<string, GeoDefinition["entries"][number][]>();
  const deleted = new Set<GeoDefinition["entries"][number]>();
  const proxies: Network[] = [];
  let fallback = "";
  for (const { name, args } of block.statements) {
    const [value] = args;
    if (value === undefined) continue;
    if (name === "default") fallback = value;
    else if (name === "proxy") {
      const network = readNetwork(value);
      if (network !== null) proxies.push(network);
    } else if (name === "delete") {
      const network = readNetwork(value);
      const entry = network === null ? undefined : byNetwork.get(keyOf(network))?.shift();
      if (entry !== undefined) deleted.add(entry);
    } else if (usesRanges) {
      const [low, high] = name.split("-").map(readIpAddress);
      if (low && high) {
        // A later range wins over an earlier one that it is part of.
        entries.push({ includes: (address) => isBetween(address, low, high), bits: entries.length, value });
      }
    } else {
      const network = readNetwork(name);
      if (network === null) continue;
      const { bits } = network;
      const entry = { includes: (address: IpAddress) => isInNetwork(address, network), bits, value };
      entries.push(entry);
      push(byNetwork, keyOf(network), entry);
    }
  }
  const source = statement.args.length > 1 ? (statement.args[0] ?? null) : null;
  const recursive = block.statements.some(({ name }) => name === "proxy_recursive");
  const left = deleted.size === 0 ? entries : entries.filter((entry) => !deleted.has(entry));
  return { kind: "geo", statement, source, fallback, entries: left, proxies, recursive };
}

/** The bytes of a network as far as they count. */
function keyOf({ address, bits }: Network): string {
  const bytes = address.slice(0, bits >> 3).join(".");
  const rest = bits & 7;
  return `${address.length}/${bits} ${bytes} ${rest === 0 ? 0 : (address[bits >> 3] ?? 0) >> (8 - rest)}`;
}

function isBetween(address: IpAddress, low: IpAddress, high: IpAddress): boolean {
  return address.length === low.length && compareBytes(address, low) >= 0 && compareBytes(address, high) <= 0;
}

function compareBytes(a: IpAddress, b: IpAddress): number {
  for (const [index, byte] of a.entries()) {
    const difference = byte - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What `geo` says of an address: the most special network wins. */
export function findNetwork(geo: GeoDefinition, address: IpAddress | null): string {
  let best: { bits: number; value: string } | null = null;
  for (const entry of address === null ? [] : geo.entries) {
    if (address !== null && entry.includes(address) && (best === null || entry.bits >= best.bits))
      best = entry;
  }
  return best?.value ?? geo.fallback;
}

function readSplit(statement: Statement, block: Context): SplitDefinition {
  const shares = block.statements.flatMap(({ name, args }) => {
    const share = name === "*" ? null : Math.round(Number.parseFloat(name) * 100);
    // nginx does not start with what is no percentage; validity speaks of it.
    return share === null || (share >= 0 && share <= 10_000) ? [{ share, value: args[0] ?? "" }] : [];
  });
  return { kind: "split_clients", statement, source: statement.args[0] ?? "", shares };
}

/** What `split_clients` says of a text (`ngx_http_split_clients_variable`). */
export function findShare({ shares }: SplitDefinition, bytes: string): string {
  const hash = murmurHash2(bytes);
  let bound = 0n;
  for (const { share, value } of shares) {
    if (share === null) return value;
    bound += (BigInt(share) * 0xffffffffn) / 10000n;
    if (BigInt(hash) < bound) return value;
  }
  return "";
}

/** MurmurHash2 with seed 0 as nginx has it (`ngx_murmur_hash2`): 32 bits, unsigned. */
export function murmurHash2(bytes: string): number {
  const multiplier = 0x5bd1e995;
  let hash = bytes.length;
  let at = 0;
  for (; bytes.length - at >= 4; at += 4) {
    let word =
      bytes.charCodeAt(at) |
      (bytes.charCodeAt(at + 1) << 8) |
      (bytes.charCodeAt(at + 2) << 16) |
      (bytes.charCodeAt(at + 3) << 24);
    word = Math.imul(word, multiplier);
    word = Math.imul(word ^ (word >>> 24), multiplier);
    hash = Math.imul(hash, multiplier) ^ word;
  }
  const left = bytes.length - at;
  if (left === 3) hash ^= bytes.charCodeAt(at + 2) << 16;
  if (left >= 2) hash ^= bytes.charCodeAt(at + 1) << 8;
  if (left >= 1) hash = Math.imul(hash ^ bytes.charCodeAt(at), multiplier);
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function filledNames(context: Context): ReadonlySet<string> {
  const names = new Set<string>();
  const group = /\(\?P?(?:<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/g;
  for (const { name, args } of context.below) {
    const [first] = args;
    if ((name === "set" || name === "auth_request_set") && first?.startsWith("$")) {
      names.add(first.slice(1).toLowerCase());
    }
    for (const text of [name, ...args]) {
      if (!text.includes("(?")) continue;
      for (const [, angle, quote] of text.matchAll(group)) names.add((angle ?? quote ?? "").toLowerCase());
    }
  }
  return names;
}
