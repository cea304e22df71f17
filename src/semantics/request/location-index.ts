/**
 * The literal locations of one level as nginx keeps them: a balanced tree of names, each with the names that it is a
 * prefix of (`ngx_http_create_locations_tree`).
 */

import { isFilledIn, knownStart } from "../../parser/index.ts";
import { passesToUpstream } from "../content.ts";
import { toBytes } from "../regex/index.ts";
import type { Location } from "../server.ts";

interface Node {
  readonly name: string;
  exact: Location | null;
  prefix: Location | null;
  /** Those that start with this name. */
  readonly longer: Node[];
}

export type LiteralMatch =
  | { readonly kind: "exact"; readonly location: Location }
  | { readonly kind: "prefix"; readonly location: Location }
  /** `/p` is asked for and `/p/` passes to an upstream. */
  | { readonly kind: "redirect"; readonly location: Location }
  | { readonly kind: "none" };

/** The locations directly in one server or one location, ready to be searched. */
export class LocationIndex {
  readonly #nodes: readonly Node[];
  /** The regular ones, in file order. */
  readonly patterns: readonly Location[];
  /** Literal ones that a template fills in, and what they begin with. */
  readonly open: readonly { readonly start: string; readonly location: Location }[];

  constructor(locations: readonly Location[]) {
    const byName = new Map<string, Node>();
    const open: { start: string; location: Location }[] = [];
    for (const location of locations) {
      if (location.isRegex || location.isNamed) continue;
      if (isFilledIn(location.pattern)) open.push({ start: toBytes(knownStart(location.pattern)), location });
      const name = sortable(toBytes(location.pattern));
      let node = byName.get(name);
      if (node === undefined) {
        node = { name, exact: null, prefix: null, longer: [] };
        byName.set(name, node);
      }
      if (location.modifier === "=") node.exact ??= location;
      else node.prefix ??= location;
    }
    this.#nodes = nest([...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
    this.open = open;
    this.patterns = locations.filter((location) => location.isRegex);
  }

  /** Nothing stands here that a URI could match. */
  get empty(): boolean {
    return this.#nodes.length === 0 && this.patterns.length === 0;
  }

  /** `ngx_http_core_find_static_location`. */
  find(path: string): LiteralMatch {
    const uri = sortable(path);
    let nodes = this.#nodes;
    let best: LiteralMatch = { kind: "none" };
    let low = 0;
    let high = nodes.length;
    while (low < high) {
      // ngx_queue_middle: of two, the second.
      const middle = low + ((high - low) >> 1);
      const node = nodes[middle];
      if (node === undefined) break;
      const { name } = node;
      if (!(uri.length < name.length ? name.startsWith(uri) : uri.startsWith(name))) {
        if (uri < name) high = middle;
        else low = middle + 1;
      } else if (uri.length > name.length) {
        if (node.prefix === null) {
          low = middle + 1;
          continue;
        }
        best = { kind: "prefix", location: node.prefix };
        nodes = node.longer;
        low = 0;
        high = nodes.length;
      } else if (uri.length === name.length) {
        if (node.exact !== null) return { kind: "exact", location: node.exact };
        if (node.prefix !== null) return { kind: "prefix", location: node.prefix };
        break;
      } else {
        const location = redirectsTo(node);
        if (uri.length + 1 === name.length && location !== null) best = { kind: "redirect", location };
        high = middle;
      }
    }
    return best;
  }
}

/** `/` sorts before all other letters, so that `/p/` comes right after `/p` (`ngx_filename_cmp`). No path holds a NUL. */
function sortable(bytes: string): string {
  return bytes.replaceAll("/", "\0");
}

function redirectsTo({ exact, prefix }: Node): Location | null {
  const passes = [exact, prefix].some((location) => location !== null && redirectsWithoutSlash(location));
  return passes ? (exact ?? prefix) : null;
}

/** `/p` is answered with 301 to `/p/`: a name that ends in `/` with a `*_pass` directly inside. */
function redirectsWithoutSlash(location: Location): boolean {
  return location.pattern.endsWith("/") && passesToUpstream(location.context);
}

/** Takes the sorted names into those that are their prefixes; only prefix locations take in others. */
function nest(sorted: readonly Node[]): readonly Node[] {
  const top: Node[] = [];
  const open: Node[] = [];
  for (const node of sorted) {
    let around = open.at(-1);
    while (around !== undefined && !node.name.startsWith(around.name)) {
      open.pop();
      around = open.at(-1);
    }
    (around === undefined ? top : around.longer).push(node);
    if (node.prefix !== null) open.push(node);
  }
  return top;
}
