/** Zones of shared memory and folders of caches: what one name may stand for (`ngx_shared_memory_add`, `ngx_add_path`). */
import type { Configuration } from "../configuration.ts";
import type { Context, Statement } from "../tree.ts";
import { parseSize } from "../values/index.ts";
import { isOpen } from "./arguments/index.ts";
import { visitDirectives } from "./usages.ts";

export interface Clash {
  readonly at: Statement;
  readonly first: Statement;
  /** nginx's words. */
  readonly message: string;
}

interface Zone {
  readonly statement: Statement;
  readonly name: string;
  /** Zones of one use may share a name. */
  readonly use: string;
  /** In bytes; 0 where it is left to another directive. */
  readonly size: number;
  /** What belongs to the zone comes with it, so that it is declared once. */
  readonly once: boolean;
}

const FAMILIES = ["proxy", "fastcgi", "uwsgi", "scgi"];
const CACHES = FAMILIES.map((family) => `${family}_cache_path`);
const PATHS: ReadonlySet<string> = new Set([
  ...CACHES,
  ...["client_body", ...FAMILIES].map((family) => `${family}_temp_path`),
]);
const ZONES: ReadonlySet<string> = new Set([
  ...CACHES,
  ...FAMILIES.map((family) => `${family}_cache`),
  "limit_req_zone",
  "limit_conn_zone",
  "zone",
  "ssl_session_cache",
  "ssl_ocsp_cache",
]);

function inOrder(configuration: Configuration, names: ReadonlySet<string>): readonly Statement[] {
  const found: Statement[] = [];
  visitDirectives(
    configuration,
    ({ name }) => names.has(name),
    (statement) => found.push(statement),
  );
  return found;
}

/** In the order in which nginx meets them. */
export function* clashingZones(configuration: Configuration): Generator<Clash> {
  const zones = new Map<string, Zone>();
  for (const statement of inOrder(configuration, ZONES)) {
    for (const zone of zonesOf(statement)) {
      const first = zones.get(zone.name);
      const message = first === undefined ? null : clashOf(zone, first);
      if (first !== undefined && message !== null) yield { at: statement, first: first.statement, message };
      const isBetter = first === undefined || (zone.once && !first.once) || first.size === 0;
      if (isBetter && message === null) zones.set(zone.name, zone);
    }
  }
}

function clashOf({ statement, name, use, size, once }: Zone, first: Zone): string | null {
  if (use !== first.use) return `the shared memory zone "${name}" is already declared for a different use`;
  if (size !== 0 && first.size !== 0 && size !== first.size) {
    return `the size ${size} of shared memory zone "${name}" conflicts with already declared size ${first.size}`;
  }
  if (!once || !first.once) return null;
  return statement.name.startsWith("limit_")
    ? `${statement.name} "${name}" is already bound to a key`
    : `duplicate zone "${name}"`;
}

function* zonesOf(statement: Statement): Generator<Zone> {
  const { name, args, context } = statement;
  const zone = (word: string, size: string | undefined, use: string, once: boolean): Zone => {
    const parsed = parseSize(size ?? "0");
    return {
      statement,
      name: word,
      use: `${familyOf(context)} ${use}`,
      size: parsed.ok ? parsed.value : 0,
      once,
    };
  };
  const isNamed = (word: string | undefined): word is string =>
    word !== undefined && word !== "" && !word.includes("$") && !isOpen(word);
  switch (name) {
    case "limit_req_zone":
    case "limit_conn_zone":
    case "proxy_cache_path":
    case "fastcgi_cache_path":
    case "uwsgi_cache_path":
    case "scgi_cache_path": {
      const parameter = args.findLast((arg) => /^(?:keys_)?zone=/.test(arg));
      const [word, size] = (parameter ?? "").replace(/^(?:keys_)?zone=/, "").split(":");
      if (isNamed(word)) yield zone(word, size, name, true);
      return;
    }
    case "proxy_cache":
    case "fastcgi_cache":
    case "uwsgi_cache":
    case "scgi_cache":
      if (isNamed(args[0]) && args[0] !== "off") yield zone(args[0], undefined, `${name}_path`, false);
      return;
    case "zone":
      if (!/upstream$/.test(context.kind)) return;
      if (isNamed(args[0])) yield zone(args[0], args[1], name, false);
      return;
    case "ssl_session_cache":
    case "ssl_ocsp_cache":
      for (const arg of args) {
        const [, word, size] = /^shared:([^:]+):(.*)$/s.exec(arg) ?? [];
        if (isNamed(word)) yield zone(word, size, name, false);
      }
  }
}

function familyOf(context: Context): string {
  for (const { kind } of context.outward()) {
    const family = /^(?:http|stream|mail)/.exec(kind)?.[0];
    if (family !== undefined) return family;
  }
  return "http";
}

/** Folders that two caches would share, or that are divided in two ways. */
export function* clashingPaths(configuration: Configuration): Generator<Clash> {
  const paths = new Map<string, Statement>();
  for (const statement of inOrder(configuration, PATHS)) {
    const [path = ""] = statement.args;
    if (path === "" || isOpen(path)) continue;
    const key = path.replace(/\/$/, "");
    const first = paths.get(key);
    if (first === undefined) {
      paths.set(key, statement);
    } else if (isCache(statement) || isCache(first)) {
      yield { at: statement, first, message: `the same path name "${key}" used` };
    } else if (statement.args.slice(1).join(" ") !== first.args.slice(1).join(" ")) {
      yield { at: statement, first, message: `the same path name "${key}" has the different levels` };
    }
  }
}

function isCache({ name }: Statement): boolean {
  return name.endsWith("_cache_path");
}
