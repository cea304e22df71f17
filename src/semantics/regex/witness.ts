/** A URI out of a set that a person would believe: known paths first, then the shortest plain one. */
import { spend } from "../budget.ts";
import { type Automaton, step } from "./automaton.ts";
import { fromBytes, toBytes } from "./bytes.ts";
import { includesUri, type LiteralLocations, reach, type UriLanguage, walk } from "./language.ts";

export interface UriWitness {
  /** The normalised URI as nginx matches it, for people. */
  readonly uri: string;
  /** The same as a byte string. */
  readonly bytes: string;
  /** The request target: the URI with everything encoded that needs it. */
  readonly target: string;
}

export interface WitnessHints {
  /** The witness begins with this (text as it stands in the file). */
  readonly prefix?: string;
  /** nginx must remember `prefix` for the witness: no longer prefix, no exact location of these takes it. */
  readonly locations?: LiteralLocations;
  /** URIs to try first. */
  readonly samples?: readonly string[];
}

/** Paths that clients and frameworks ask for by themselves. */
const KNOWN_URIS = [
  "/socket.io/socket.io.js",
  "/static/admin/css/base.css",
  "/django-static/admin/css/base.css",
  "/api/docs/",
  "/api/schema.json",
  "/.well-known/acme-challenge/token",
  "/static/js/main.js",
  "/index.html",
  "/index.php",
  "/favicon.ico",
  "/robots.txt",
];

/** What is likely to stand under a prefix. */
const KNOWN_TAILS = [
  "admin/css/base.css",
  "socket.io.js",
  "js/app.js",
  "uploads/photo.jpg",
  "photo.jpg",
  "logo.png",
  "logo.svg",
  "fonts/inter.woff2",
  "favicon.ico",
  "docs/",
  "schema.json",
  "data.json",
  "index.html",
  "index.php",
  "report.pdf",
  "backup.zip",
  ".git/config",
  ".env",
  "video.mp4",
  "feed.xml",
  "robots.txt",
  "users/1",
];

/** A URI of the set, or null where there is none (with the hints given). */
export function witnessOf(language: UriLanguage, hints: WitnessHints = {}): UriWitness | null {
  const prefix = toBytes(hints.prefix ?? "/");
  const { inside } = language;
  if (reach(inside).live[walk(inside, prefix)] !== 1) return null;
  const isWitness = (bytes: string): boolean =>
    bytes.startsWith(prefix) &&
    includesUri(language, bytes) &&
    (hints.locations === undefined || remembered(hints.locations, bytes) === prefix);
  const folder = prefix.endsWith("/") ? prefix : `${prefix}/`;
  const candidates = [
    ...(hints.samples ?? []),
    ...KNOWN_URIS.filter((uri) => uri.startsWith(folder)),
    ...KNOWN_TAILS.map((tail) => fromBytes(folder) + tail),
    fromBytes(prefix),
  ];
  for (const candidate of candidates) {
    const bytes = toBytes(candidate);
    if (isWitness(bytes)) return asWitness(bytes);
  }
  const shortest = shortestUri(inside, prefix, hints.locations ?? null);
  if (shortest === null) return null;
  // `/static/.css` is a witness, `/static/file.css` a better one.
  const named = shortest.replace(/\/(\.[^/]*)$/, "/file$1");
  return asWitness(isWitness(named) ? named : shortest);
}

/** The prefix that nginx remembers for a URI, as bytes; null where an exact location takes it or none does. */
function remembered(locations: LiteralLocations, bytes: string): string | null {
  let node = locations.nodes[0];
  let longest: string | null = null;
  for (let at = 0; node !== undefined; at++) {
    if (node.prefix !== null) longest = node.prefix;
    if (at === bytes.length) return node.isExact || longest === null ? null : toBytes(longest);
    const child = node.children.get(bytes.charCodeAt(at));
    node = child === undefined ? undefined : locations.nodes[child];
  }
  return longest === null ? null : toBytes(longest);
}

function asWitness(bytes: string): UriWitness {
  return { uri: fromBytes(bytes), bytes, target: requestTarget(bytes) };
}

/** The request target for a normalised URI: what is not allowed in a path, and `%`, `?` and `#`, is encoded. */
export function requestTarget(bytes: string): string {
  return bytes.replace(
    /[^0-9A-Za-z/._~!$&'()*+,;=:@-]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** The cheapest text of an automaton; null where it accepts none. */
export function cheapestText(automaton: Automaton): string | null {
  return shortestUri(automaton, "", null);
}

/** The cheapest URI that begins with `prefix`, where letters and digits are cheap (Dijkstra). */
function shortestUri(
  automaton: Automaton,
  prefix: string,
  locations: LiteralLocations | null,
): string | null {
  const { live } = reach(automaton);
  let start: Step = {
    state: automaton.start,
    node: locations === null ? LEFT : 0,
    cost: 0,
    byte: -1,
    from: null,
  };
  for (let at = 0; at < prefix.length; at++)
    start = after(automaton, locations, start, prefix.charCodeAt(at), 0);
  const queue: Step[][] = [[start]];
  const done = new Set<number>();
  for (let cost = 0; cost < queue.length; cost++) {
    const bucket = queue[cost] ?? [];
    for (const place of bucket) {
      const key = (place.node + 1) * live.length + place.state;
      if (done.has(key) || live[place.state] !== 1) continue;
      done.add(key);
      spend(256);
      const node = place.node === LEFT ? undefined : locations?.nodes[place.node];
      if (node !== undefined && node.prefix !== null && toBytes(node.prefix) !== prefix) continue;
      if (automaton.accepting[place.state] === 1 && node?.isExact !== true) return bytesTo(place);
      for (const [byte, price] of bytePrices()) {
        const next = after(automaton, locations, place, byte, price);
        if (live[next.state] !== 1) continue;
        queue[next.cost] ??= [];
        queue[next.cost]?.push(next);
      }
    }
    queue[cost] = [];
  }
  return null;
}

/** No longer in the tree of literal locations. */
const LEFT = -1;

interface Step {
  readonly state: number;
  readonly node: number;
  readonly cost: number;
  readonly byte: number;
  readonly from: Step | null;
}

function after(
  automaton: Automaton,
  locations: LiteralLocations | null,
  from: Step,
  byte: number,
  price: number,
): Step {
  const node = from.node === LEFT ? LEFT : (locations?.nodes[from.node]?.children.get(byte) ?? LEFT);
  return { state: step(automaton, from.state, byte), node, cost: from.cost + price, byte, from };
}

function bytesTo(last: Step): string {
  let bytes = "";
  for (let place: Step | null = last; place !== null; place = place.from)
    if (place.byte >= 0) bytes = String.fromCharCode(place.byte) + bytes;
  return bytes;
}

let prices: readonly (readonly [byte: number, price: number])[] | null = null;

/** All bytes with what each costs in a witness, cheapest first. */
function bytePrices(): readonly (readonly [byte: number, price: number])[] {
  prices ??= Array.from(
    { length: 256 },
    (_, byte) => [byte, priceOf(String.fromCharCode(byte))] as const,
  ).sort((a, b) => a[1] - b[1]);
  return prices;
}

function priceOf(char: string): number {
  if (/[a-z]/.test(char)) return 10;
  if (/[1-9]/.test(char)) return 11;
  if (/[0/._-]/.test(char)) return 12;
  if (/[A-Z]/.test(char)) return 14;
  if (/[~!$&'()*+,;=:@]/.test(char)) return 25;
  return char.charCodeAt(0) < 0x80 ? 60 : 90;
}
