/** `listen` of http, stream and mail (`ngx_http_core_listen` and its siblings). */

import type { Statement } from "../../tree.ts";
import { parseEndpoint, parseNumber, parseSeconds } from "../../values/index.ts";
import { isSince } from "../../version.ts";
import {
  type ArgumentProblem,
  checkParameters,
  isAnything,
  isNumber,
  isOnOrOff,
  isPositive,
  isSize,
  type Parameter,
  type Parameters,
  problemAt,
  type Surroundings,
} from "./problem.ts";

function named(name: string, accepts: Parameter["accepts"], write: string): Parameter {
  return {
    ...(accepts === undefined ? {} : { accepts }),
    says: (word) => `invalid ${name} "${word}"`,
    write,
  };
}

const COMMON: Parameters = {
  bind: { write: "bind" },
  multipath: { write: "multipath", since: "1.29.7" },
  "backlog=": named("backlog", (value) => isPositive(value), "backlog=511"),
  "rcvbuf=": named("rcvbuf", (value) => isSize(value), "rcvbuf=64k"),
  "sndbuf=": named("sndbuf", (value) => isSize(value), "sndbuf=64k"),
  "ipv6only=": {
    accepts: (value) => isOnOrOff(value),
    says: (word, value) =>
      value.startsWith("o") ? `invalid ipv6only flags "${value}"` : `invalid parameter "${word}"`,
    write: "ipv6only=off",
  },
  ssl: { write: "ssl" },
  "so_keepalive=": {
    accepts: isKeepalive,
    says: (_, value) => `invalid so_keepalive value: "${value}"`,
    write: "so_keepalive=on",
  },
  proxy_protocol: { write: "proxy_protocol" },
};

const SOCKET: Parameters = {
  ...COMMON,
  "setfib=": named("setfib", (value) => isNumber(value), "setfib=1"),
  "fastopen=": named("fastopen", (value) => isNumber(value), "fastopen=256"),
  "accept_filter=": { accepts: isAnything, write: "accept_filter=dataready" },
  deferred: { write: "deferred" },
  reuseport: { write: "reuseport" },
};

const HTTP: Parameters = {
  default_server: { write: "default_server" },
  default: { write: "default_server" },
  ...SOCKET,
  http2: { write: "http2" },
  quic: { write: "quic", since: "1.25.0" },
  spdy: { write: "http2", until: "1.22.1" },
};

const STREAM: Parameters = {
  default_server: { write: "default_server", since: "1.25.5" },
  udp: { write: "udp" },
  ...SOCKET,
  deferred: { write: "deferred", since: "1.25.5" },
};

/** What a datagram socket cannot be told; `since` where older versions took it and did nothing. */
const NOT_WITH_QUIC: readonly (readonly [start: string, since?: string])[] = [
  ["fastopen=", "1.28.0"],
  ["backlog=", "1.28.0"],
  ["accept_filter=", "1.28.0"],
  ["deferred", "1.28.0"],
  ["ssl"],
  ["http2"],
  ["so_keepalive="],
  ["proxy_protocol"],
  ["multipath"],
];

const NOT_WITH_UDP: typeof NOT_WITH_QUIC = [
  ["fastopen=", "1.28.0"],
  ["backlog="],
  ["accept_filter=", "1.28.0"],
  ["deferred", "1.28.0"],
  ["ssl"],
  ["so_keepalive="],
  ["proxy_protocol"],
  ["multipath"],
];

export function* checkListen(statement: Statement, around: Surroundings): Generator<ArgumentProblem> {
  const { args, context } = statement;
  const [value = ""] = args;
  // Terraform and `envsubst` write names in lower case, too.
  const isFilled = statement.file.template && value.includes("${");
  if (value.includes("$") && !isFilled && !value.startsWith("unix:")) {
    const message = `host not found in "${value}" of the "listen" directive`;
    yield problemAt(statement, 0, message, "write the address out: `listen` knows no variables");
    return;
  }
  const endpoint = parseEndpoint(value, { listen: true });
  if (!endpoint.ok) {
    yield problemAt(
      statement,
      0,
      `${endpoint.reason} in "${value}" of the "listen" directive`,
      "write a port (`80`), an address (`192.0.2.1:80`, `[::]:80`) or a socket (`unix:/run/nginx.sock`)",
    );
    return;
  }
  const parameters = context.kind === "server" ? HTTP : context.kind === "stream-server" ? STREAM : COMMON;
  const [problem] = checkParameters(statement, 1, parameters, around);
  if (problem !== undefined) {
    yield problem;
    return;
  }
  if (context.kind === "server") yield* checkTogether(statement, "quic", NOT_WITH_QUIC, around);
  if (context.kind === "stream-server") yield* checkTogether(statement, "udp", NOT_WITH_UDP, around);
}

function* checkTogether(
  statement: Statement,
  kind: string,
  excluded: typeof NOT_WITH_QUIC,
  { version }: Surroundings,
): Generator<ArgumentProblem> {
  const options = statement.args.slice(1);
  if (!options.includes(kind)) return;
  for (const [start, since] of excluded) {
    if (since !== undefined && (version === null || !isSince(version, since))) continue;
    const index = options.findIndex((option) => nameOf(option) === start);
    if (index < 0 || options[index] === "so_keepalive=") continue;
    const name = start.replace("=", "");
    yield problemAt(
      statement,
      index + 1,
      `"listen" directive "${name}" parameter is incompatible with "${kind}"`,
      kind === "quic" && name !== "fastopen"
        ? `give \`${name}\` to a \`listen\` of its own, beside the one with \`quic\``
        : `remove \`${options[index]}\``,
    );
    return;
  }
}

/** The name of a parameter, its `=` included. */
function nameOf(option: string): string {
  return option.replace(/=.*/s, "=");
}

/** `on`, `off` or `keepidle:keepintvl:keepcnt`, each of which may be missing, but not all. */
function isKeepalive(value: string): boolean {
  if (isOnOrOff(value)) return true;
  const [idle = "", interval = "", ...rest] = value.split(":");
  const count = rest.join(":");
  let something = false;
  for (const time of [idle, interval]) {
    if (time === "") continue;
    const parsed = parseSeconds(time);
    if (!parsed.ok) return false;
    if (parsed.value > 0) something = true;
  }
  if (count === "") return something;
  const parsed = parseNumber(count);
  return parsed.ok && (something || parsed.value > 0);
}
