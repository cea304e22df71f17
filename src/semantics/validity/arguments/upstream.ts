/** `upstream` blocks and what stands in them, in http and in stream. */

import { askedOnce } from "../../../lists/index.ts";
import { lookupDirective } from "../../directives/index.ts";
import type { Context, Statement } from "../../tree.ts";
import { parseEndpoint } from "../../values/index.ts";
import { isSince } from "../../version.ts";
import {
  type ArgumentProblem,
  checkParameters,
  hasPages,
  isAnything,
  isNumber,
  isOpen,
  isPositive,
  isSeconds,
  isSize,
  type Parameters,
  problemAt,
  type Surroundings,
} from "./problem.ts";

const SERVER: Parameters = {
  "weight=": { accepts: isPositive, write: "weight=5" },
  "max_conns=": { accepts: isNumber, write: "max_conns=100" },
  "max_fails=": { accepts: isNumber, write: "max_fails=3" },
  "fail_timeout=": { accepts: isSeconds, write: "fail_timeout=30s" },
  backup: { write: "backup" },
  down: { write: "down" },
  resolve: { write: "resolve", since: "1.27.3" },
  "service=": { accepts: isAnything, write: "service=http", since: "1.27.3" },
  // NGINX Plus, and the balancers of others.
  "slow_start=": { accepts: isAnything, write: "slow_start=30s" },
  "route=": { accepts: isAnything, write: "route=a" },
  drain: { write: "drain" },
  "id=": { accepts: isAnything, write: "id=a" },
  "srun_id=": { accepts: isAnything, write: "srun_id=a" },
};

/** Methods whose servers have no spare (`NGX_HTTP_UPSTREAM_BACKUP` is not among their flags). */
const WITHOUT_BACKUP = ["hash", "ip_hash", "random"];

/** `server` in an `upstream`; the blocks of that name have no arguments to read. */
export function* checkUpstreamServer(statement: Statement, around: Surroundings): Generator<ArgumentProblem> {
  const { args, context } = statement;
  const inStream = context.kind === "stream-upstream";
  if (!inStream && context.kind !== "upstream") return;
  const [problem] = checkParameters(statement, 1, SERVER, around);
  if (problem !== undefined) {
    yield problem;
    return;
  }
  const backup = args.indexOf("backup", 1);
  const method = backup < 0 ? undefined : methodBefore(statement);
  if (method !== undefined && WITHOUT_BACKUP.includes(method.name)) {
    yield problemAt(
      statement,
      backup,
      'balancing method does not support parameter "backup"',
      `remove it, or \`${method.name}\``,
    );
    return;
  }
  yield* checkAddress(statement, inStream);
}

function methodBefore(server: Statement): Statement | undefined {
  let method: Statement | undefined;
  for (const statement of server.context.statements) {
    if (statement === server) return method;
    if (["hash", "ip_hash", "random", "least_conn", "least_time"].includes(statement.name)) {
      method = statement;
    }
  }
  return method;
}

function* checkAddress(statement: Statement, inStream: boolean): Generator<ArgumentProblem> {
  const { args } = statement;
  const [address = ""] = args;
  const service = args.findIndex((word) => word.startsWith("service="));
  const endpoint = parseEndpoint(address);
  if (service > 0 && args[service] === "service=") {
    yield problemAt(statement, service, "service is empty", "write the service's name: `service=http`");
  } else if (service > 0 && !args.includes("resolve")) {
    yield problemAt(
      statement,
      service,
      `service upstream "${address}" requires "resolve" parameter`,
      "add `resolve`",
    );
  } else if (!endpoint.ok) {
    yield problemAt(
      statement,
      0,
      `${endpoint.reason} in upstream "${address}"`,
      "write an address (`192.0.2.1:8080`), a name with a port, or `unix:/path`; no scheme and no path",
    );
  } else if (endpoint.value.kind !== "unix" && endpoint.value.port !== null && service > 0) {
    yield problemAt(
      statement,
      0,
      `service upstream "${address}" may not have port`,
      "leave the port to the service",
    );
  } else if (endpoint.value.kind !== "name" && service > 0) {
    yield problemAt(statement, 0, `service upstream "${address}" requires domain name`, "write a name");
  } else if (inStream && endpoint.value.kind !== "unix" && endpoint.value.port === null && service < 0) {
    yield problemAt(statement, 0, `no port in upstream "${address}"`, `write \`${address}:<port>\``);
  }
}

/** A block of servers (`upstream`): that it has some, and that those resolved while running can be. */
export function* checkUpstream(statement: Statement, around: Surroundings): Generator<ArgumentProblem> {
  const { block } = statement;
  if (block === null || block.incomplete || !hasOnlyKnown(block.statements)) return;
  const servers = block.all("server");
  if (servers.length === 0) {
    yield problemAt(statement, 0, "no servers are inside upstream", "add a `server`");
    return;
  }
  if (servers.some(({ args }) => args.some(isOpen))) return;
  if (servers.every(({ args }) => args.includes("backup", 1))) {
    yield problemAt(
      statement,
      0,
      `no servers in upstream "${statement.args[0] ?? ""}"`,
      "leave at least one server without `backup`",
    );
    return;
  }
  yield* checkResolved(statement, block, around);
}

/** Servers whose names are looked up while nginx runs want a shared zone and a name server. */
function* checkResolved(
  upstream: Statement,
  block: Context,
  { configuration, version }: Surroundings,
): Generator<ArgumentProblem> {
  if (isSince(version, "1.27.3") === false) return;
  const resolved = block
    .all("server")
    .find(({ args }) => args.includes("resolve", 1) && parsesAsName(args[0] ?? ""));
  if (resolved === undefined) return;
  const [name = ""] = upstream.args;
  const says = (message: string, help: string) =>
    problemAt(resolved, resolved.args.indexOf("resolve"), message, help);
  const { parent } = block;
  const isWhole = !configuration.fragment && !configuration.root.incomplete && parent?.incomplete === false;
  if (!block.has("zone")) {
    yield says(
      `resolving names at run time requires upstream "${name}" to be in shared memory`,
      `add \`zone ${name} 64k;\` to the upstream`,
    );
  } else if (isWhole && !block.has("resolver") && !parent.has("resolver")) {
    yield says(
      `no resolver defined to resolve names at run time in upstream "${name}"`,
      "add a `resolver` to the upstream, or around it",
    );
  }
}

function parsesAsName(address: string): boolean {
  const endpoint = parseEndpoint(address);
  return endpoint.ok && endpoint.value.kind === "name";
}

/** Others' directives may bring servers of their own, and so does `state` (NGINX Plus). */
function hasOnlyKnown(statements: readonly Statement[]): boolean {
  return statements.every(
    ({ name }) => lookupDirective(name)?.some(({ edition }) => edition === "open-source") ?? false,
  );
}

/** `zone` of an `upstream` (`ngx_http_upstream_zone`): one of those that share it gives the size. */
export function* checkZone(
  statement: Statement,
  { configuration }: Surroundings,
): Generator<ArgumentProblem> {
  const [name = "", size] = statement.args;
  if (name === "") {
    yield problemAt(statement, 0, `invalid zone name "${name}"`, "write a name");
  } else if (size !== undefined && isSize(size) && !hasPages(size, 8)) {
    yield problemAt(statement, 1, `zone "${name}" is too small`, "write at least `32k`; `64k` is usual");
  } else if (size === undefined && !configuration.fragment) {
    const top = statement.context.parent;
    if (top === null || top.incomplete || configuration.root.incomplete) return;
    if (sizedZones(top).has(name)) return;
    yield problemAt(statement, 0, `zero size shared memory zone "${name}"`, `write \`zone ${name} 64k;\``);
  }
}

/** The names of the zones that an `upstream` of the context gives a size. */
const sizedZones = askedOnce((top: Context) => {
  const zones = top.all("upstream").flatMap(({ block }) => block?.all("zone") ?? []);
  return new Set(zones.flatMap(({ args: [name = "", ...rest] }) => (rest.length > 0 ? [name] : [])));
});

/** `keepalive`; from 1.29.7 on, where connections are kept by default, 0 may mean none. */
export function* checkKeepalive(statement: Statement, { version }: Surroundings): Generator<ArgumentProblem> {
  const [value = "", scope] = statement.args;
  if (isSince(version, "1.29.7") !== false) return;
  if (scope !== undefined) {
    yield problemAt(
      statement,
      1,
      'invalid number of arguments in "keepalive" directive',
      `remove \`${scope}\`: it needs nginx 1.29.7`,
    );
    return;
  }
  if (isPositive(value)) return;
  yield problemAt(
    statement,
    0,
    `invalid value "${value}" in "keepalive" directive`,
    "write a number of connections",
  );
}

/** `random [two [least_conn]]`; NGINX Plus, and nginx since 1.31.0, also know `least_time`. */
export function* checkRandom(statement: Statement): Generator<ArgumentProblem> {
  const [two, method] = statement.args;
  if (two !== undefined && two !== "two") {
    yield problemAt(statement, 0, `invalid parameter "${two}"`, "write `random`, or `random two`");
  } else if (method !== undefined && !/^least_(?:conn|time(?:=.*)?)$/.test(method)) {
    yield problemAt(statement, 1, `invalid parameter "${method}"`, "write `random two least_conn`");
  }
}
