import { isFilledIn } from "../../parser/index.ts";
import type { Refusal } from "../anchor.ts";
import type { Configuration } from "../configuration.ts";
import { lookupDirective } from "../directives/index.ts";
import type { Context, Statement } from "../tree.ts";
import { isOpen } from "./arguments/index.ts";
import { unmappedCharsets } from "./unmapped-charsets.ts";

/** Zones, caches and formats that are used and that nothing defines. */
export function refuseUndefinedReferences(
  configuration: Configuration,
  refuse: (refusal: Refusal) => void,
): void {
  if (configuration.fragment || configuration.root.incomplete) return;
  for (const each of unmappedCharsets(configuration)) refuse(each);
  const pools = new Set(configuration.root.all("thread_pool").map(({ args }) => args[0]));
  const tops = new Map<Context, ReturnType<typeof definitionsIn>>();
  for (const top of [configuration.http, configuration.root.last("stream")?.block ?? null]) {
    if (top !== null && !top.incomplete) tops.set(top, definitionsIn(top));
  }
  const meant = new Map<Context, ReadonlySet<string>>();
  const isMeantBySomething = (name: string, top: Context): boolean => {
    const names = meant.get(top) ?? meantBySomething(top);
    meant.set(top, names);
    return names.has(name);
  };
  const missing = new Map<string, { use: Use; top: Context; statements: Statement[] }>();
  for (const statement of configuration.statements) {
    // Unlike zones, a format is looked up at once: it stands before its use. Letter case makes no difference.
    if (statement.name === "log_format") {
      tops.get(statement.context)?.format.add((statement.args[0] ?? "").toLowerCase());
    }
    const pool = poolOf(statement);
    if (pool !== null && !pools.has(pool) && configuration.root.kind === "main") {
      refuse({
        at: statement,
        message: `unknown thread pool "${pool}": nginx does not start.`,
        help: `define it at the top, outside of all blocks: \`thread_pool ${pool} threads=32;\``,
      });
    }
    const use = useOf(statement);
    if (use === null || isFilledIn(use.name)) continue;
    const name = use.kind === "format" ? use.name.toLowerCase() : use.name;
    for (const top of statement.context.outward()) {
      const defined = tops.get(top);
      if (defined === undefined || defined[use.kind].has(name) || isMeantBySomething(name, top)) continue;
      const key = `${top.kind} ${statement.name} ${name}`;
      const before = missing.get(key);
      if (before === undefined) missing.set(key, { use, top, statements: [statement] });
      else before.statements.push(statement);
    }
  }
  for (const { use, top, statements } of missing.values()) {
    const [first, ...others] = statements;
    if (first === undefined) continue;
    const { kind, name } = use;
    refuse({
      at: first,
      message: `${nginxSays(first, use)}: nginx does not start.`,
      help: `define it in \`${top.opener?.name ?? "http"}\`${kind === "format" ? ", before its use" : ""}: ${EXAMPLE[kind](name, first.name)}`,
      ...(others.length === 0 ? {} : { related: others.map((at) => ({ at, message: "used here, too" })) }),
    });
  }
}

/** What directives name that nobody knows: one of them may be a misspelt definition. */
function meantBySomething(top: Context): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name, args } of top.statements) {
    if (lookupDirective(name) !== undefined) continue;
    for (const arg of args) {
      names.add(arg);
      const zone = zoneName(arg);
      if (zone !== null) names.add(zone);
    }
  }
  return names;
}

/** The pool that `aio threads=name` asks for; null for `default`, which is always there. */
function poolOf({ name, args }: Statement): string | null {
  if (name !== "aio") return null;
  const pool = /^threads=(.*)$/s.exec(args[0] ?? "")?.[1] ?? "default";
  return pool === "default" || pool.includes("$") || isOpen(pool) ? null : pool;
}

type Kind = "request-zone" | "connection-zone" | "upload-zone" | "lock-zone" | "cache" | "format";

interface Use {
  readonly kind: Kind;
  readonly name: string;
}

/** Names that are defined; where a template writes one of them, every name may be. */
class Names {
  readonly #names: Set<string>;
  readonly #isOpen: boolean;

  constructor(names: Iterable<string>, isOpen = false) {
    this.#names = new Set(names);
    this.#isOpen = isOpen;
  }

  static of(all: readonly Names[]): Names {
    return new Names(
      all.flatMap((each) => [...each.#names]),
      all.some((each) => each.#isOpen),
    );
  }

  has(name: string): boolean {
    return this.#isOpen || this.#names.has(name);
  }

  add(name: string): void {
    this.#names.add(name);
  }
}

/** The log formats are added on the way. */
function definitionsIn(top: Context): Record<Kind, Names> {
  const zones = (directive: string) => {
    const all = top.all(directive).flatMap(({ args }) => args);
    return new Names(
      all.flatMap((arg) => zoneName(arg) ?? []),
      all.some(isFilledIn),
    );
  };
  return {
    "request-zone": zones("limit_req_zone"),
    "connection-zone": zones("limit_conn_zone"),
    "upload-zone": new Names(top.all("upload_progress").flatMap(({ args }) => args.slice(0, 1))),
    "lock-zone": zones("dav_ext_lock_zone"),
    cache: Names.of(["proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => zones(`${kind}_cache_path`))),
    format: new Names(
      top.kind === "http" ? ["combined"] : [],
      top.all("log_format").some(({ args: [name = ""] }) => isFilledIn(name)),
    ),
  };
}

function zoneName(argument: string): string | null {
  return /^(?:keys_)?zone=([^:]+)/.exec(argument)?.[1] ?? null;
}

function useOf(statement: Statement): Use | null {
  switch (statement.name) {
    case "limit_req":
    case "limit_conn":
    case "proxy_cache":
    case "fastcgi_cache":
    case "uwsgi_cache":
    case "scgi_cache":
    case "access_log":
    case "dav_ext_lock":
    case "report_uploads":
    case "track_uploads":
      return readUse(statement);
    default:
      return null;
  }
}

function readUse({ name, args }: Statement): Use | null {
  const [first = ""] = args;
  switch (name) {
    case "limit_req": {
      const zone = args.findLast((arg) => arg.startsWith("zone="))?.slice("zone=".length);
      return zone === undefined ? null : { kind: "request-zone", name: zone };
    }
    case "dav_ext_lock": {
      const zone = args.map(zoneName).find((found) => found !== null);
      return zone ? { kind: "lock-zone", name: zone } : null;
    }
    case "report_uploads":
    case "track_uploads":
      return { kind: "upload-zone", name: first };
    case "limit_conn":
      return isOpen(first) ? null : { kind: "connection-zone", name: first };
    case "proxy_cache":
    case "fastcgi_cache":
    case "uwsgi_cache":
    case "scgi_cache":
      return first === "off" || first.includes("$") ? null : { kind: "cache", name: first };
    case "access_log": {
      const format = args[1];
      // The second argument is the format, whatever it looks like: `access_log /x if=$y;` names one.
      return first === "off" || format === undefined ? null : { kind: "format", name: format };
    }
    default:
      return null;
  }
}

function nginxSays(statement: Statement, { kind, name }: Use): string {
  switch (kind) {
    case "request-zone":
    case "connection-zone":
    case "lock-zone":
    case "upload-zone":
      return `zero size shared memory zone "${name}": no \`${DEFINING[kind]}\` defines it`;
    case "cache":
      return `"${statement.name}" zone "${name}" is unknown`;
    case "format":
      return `unknown log format "${name}"`;
  }
}

const DEFINING = {
  "request-zone": "limit_req_zone",
  "connection-zone": "limit_conn_zone",
  "upload-zone": "upload_progress",
  "lock-zone": "dav_ext_lock_zone",
} as const;

const EXAMPLE: Record<Kind, (name: string, user: string) => string> = {
  "request-zone": (name) => `\`limit_req_zone $binary_remote_addr zone=${name}:10m rate=10r/s;\``,
  "connection-zone": (name) => `\`limit_conn_zone $binary_remote_addr zone=${name}:10m;\``,
  "upload-zone": (name) => `\`upload_progress ${name} 1m;\``,
  "lock-zone": (name) => `\`dav_ext_lock_zone zone=${name}:10m;\``,
  cache: (name, user) => `\`${user}_path /var/cache/nginx keys_zone=${name}:10m;\``,
  format: (name) => `\`log_format ${name} …;\``,
};
