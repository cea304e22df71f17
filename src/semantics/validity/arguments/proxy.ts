/** Where requests are passed on: `proxy_pass`, `fastcgi_pass` and their siblings, and what goes with them. */
import { askedOnce } from "../../../lists/index.ts";
import type { Configuration } from "../../configuration.ts";
import type { Context, Statement } from "../../tree.ts";
import { type Endpoint, parseEndpoint, parseIpv4, parseIpv6 } from "../../values/index.ts";
import { isSince, type Version } from "../../version.ts";
import { type ArgumentProblem, problemAt, type Surroundings } from "./problem.ts";

interface Form {
  /** Schemes by the port that they imply; 0 for none. */
  readonly schemes: Readonly<Record<string, number>>;
  readonly schemeRequired: boolean;
  readonly uri: boolean;
  readonly example: string;
}

const PLAIN: Form = { schemes: {}, schemeRequired: false, uri: false, example: "127.0.0.1:9000" };
const FORMS: Readonly<Record<string, Form>> = {
  proxy_pass: {
    schemes: { "http://": 80, "https://": 443 },
    schemeRequired: true,
    uri: true,
    example: "http://127.0.0.1:8000",
  },
  grpc_pass: {
    schemes: { "grpc://": 0, "grpcs://": 0 },
    schemeRequired: false,
    uri: false,
    example: "grpc://127.0.0.1:9000",
  },
  uwsgi_pass: {
    schemes: { "uwsgi://": 0, "suwsgi://": 0 },
    schemeRequired: false,
    uri: false,
    example: "127.0.0.1:3031",
  },
};

/** The `*_pass` directives, without variables: the scheme, the address, and the port. */
export function* checkPass(
  statement: Statement,
  { configuration }: Surroundings,
): Generator<ArgumentProblem> {
  const { name, args, context } = statement;
  const [target = ""] = args;
  if (target.includes("$") && name !== "memcached_pass" && name !== "nchan_redis_pass") return;
  const inStream = context.kind === "stream-server";
  const form = inStream ? PLAIN : (FORMS[name] ?? PLAIN);
  const scheme = Object.keys(form.schemes).find((start) => target.toLowerCase().startsWith(start));
  if (scheme === undefined && form.schemeRequired) {
    yield problemAt(
      statement,
      0,
      "invalid URL prefix",
      /^[\w.-]+(?::\d+)?(?:\/|$)/.test(target)
        ? `write the scheme: \`http://${target}\``
        : "begin with `http://` or `https://`",
    );
    return;
  }
  const rest = target.slice(scheme?.length ?? 0);
  const endpoint = parseEndpoint(rest, { uri: form.uri });
  if (!endpoint.ok) {
    yield problemAt(
      statement,
      0,
      `${endpoint.reason} in upstream "${rest}"`,
      /:\/\//.test(rest)
        ? `leave the scheme out: \`${form.example}\``
        : `write, for example, \`${form.example}\``,
    );
    return;
  }
  const port = scheme === undefined ? 0 : (form.schemes[scheme] ?? 0);
  yield* checkPort(statement, endpoint.value, port, configuration, inStream);
}

/** `tunnel_pass`; without an argument it goes where the client says. */
export function* checkTunnelPass(statement: Statement, around: Surroundings): Generator<ArgumentProblem> {
  if (statement.args.length > 0) yield* checkPass(statement, around);
}

/** `ngx_http_upstream_add`: the name of an `upstream` takes no port, everything else needs one. */
function* checkPort(
  statement: Statement,
  endpoint: Endpoint,
  implied: number,
  configuration: Configuration,
  inStream: boolean,
): Generator<ArgumentProblem> {
  if (endpoint.kind === "unix") return;
  const { host, port } = endpoint;
  const top = inStream ? streamOf(configuration) : configuration.http;
  const isUpstream = top !== null && upstreamNames(top).has(host.toLowerCase());
  if (isUpstream && port !== null) {
    yield problemAt(
      statement,
      0,
      `upstream "${host}" may not have port ${port}`,
      "leave the port out: the servers of the `upstream` have theirs",
    );
    return;
  }
  if (isUpstream || port !== null || implied !== 0) return;
  const isAddress = parseIpv4(host) !== null || parseIpv6(host) !== null;
  const isWhole = !configuration.fragment && !configuration.root.incomplete && top?.incomplete === false;
  if (!isWhole && !isAddress) return;
  const written = endpoint.kind === "ipv6" ? `[${host}]` : host;
  yield problemAt(
    statement,
    0,
    `no port in upstream "${written}"`,
    isAddress ? `write \`${written}:<port>\`` : `write \`${host}:<port>\`, or define \`upstream ${host}\``,
  );
}

function streamOf({ root }: Configuration): Context | null {
  return root.kind === "stream" ? root : (root.last("stream")?.block ?? null);
}

/** The names of the `upstream` blocks, in lower case: nginx compares them without case. */
const upstreamNames = askedOnce(
  (top: Context): ReadonlySet<string> =>
    new Set(top.all("upstream").map(({ args }) => (args[0] ?? "").toLowerCase())),
);

/** `proxy_redirect`, `proxy_cookie_domain`, `proxy_cookie_path`, `proxy_cookie_flags`: one word has a meaning of its own. */
export function* checkReplacement(statement: Statement): Generator<ArgumentProblem> {
  const { name, args, context } = statement;
  const [only = ""] = args;
  if (args.length !== 1 || only === "off") return;
  if (name !== "proxy_redirect" || only !== "default") {
    const words = name === "proxy_redirect" ? "`default`, `off`" : "`off`";
    yield problemAt(
      statement,
      0,
      `invalid parameter "${only}"`,
      `write ${words}, or what replaces it as a second argument`,
    );
    return;
  }
  const pass = context.last("proxy_pass");
  if (pass === undefined) {
    if (context.incomplete) return;
    yield problemAt(
      statement,
      0,
      '"proxy_redirect default" should be placed after the "proxy_pass" directive',
      "put it after the `proxy_pass` of the same block; it is what nginx does anyway",
    );
  } else if (pass.args[0]?.includes("$") === true) {
    yield problemAt(
      statement,
      0,
      '"proxy_redirect default" cannot be used with "proxy_pass" directive with variables',
      "write what is replaced by what",
    );
  } else if (context.orderOf(pass) > context.orderOf(statement)) {
    yield problemAt(
      statement,
      0,
      '"proxy_redirect default" should be placed after the "proxy_pass" directive',
      "move it after `proxy_pass`",
    );
  }
}

/** `proxy_bind` and its siblings (`ngx_http_upstream_bind_set_slot`). */
export function* checkBind(statement: Statement, { version }: Surroundings): Generator<ArgumentProblem> {
  const [address = "", transparent] = statement.args;
  if (address === "off" && transparent === undefined) return;
  if (!address.includes("$") && !isLocalAddress(address, version)) {
    yield problemAt(
      statement,
      0,
      `invalid address "${address}"`,
      "write an address of this machine, such as `192.0.2.1`, or `off`",
    );
  } else if (transparent !== undefined && transparent !== "transparent") {
    yield problemAt(statement, 1, `invalid parameter "${transparent}"`, "write `transparent`, or nothing");
  }
}

/** `ngx_parse_addr_port`: an address, perhaps with a port; no name. */
function isLocalAddress(text: string, version: Version | null): boolean {
  // 1.22 wants a port behind brackets, 1.28 does not; nothing says since when.
  if (/^\[.*\]$/s.test(text) && isSince(version, "1.22.2") === false) return false;
  if (parseIpv4(text) !== null || parseIpv6(text) !== null) return true;
  const endpoint = parseEndpoint(text);
  return endpoint.ok && (endpoint.value.kind === "ipv4" || endpoint.value.kind === "ipv6");
}

/** `ngx_mail_auth_http`: an address, perhaps behind `http://`, and a URI. */
export function* checkAuthHttp(statement: Statement): Generator<ArgumentProblem> {
  const url = (statement.args[0] ?? "").replace(/^http:\/\//, "");
  const endpoint = parseEndpoint(url, { uri: true });
  if (endpoint.ok) return;
  yield problemAt(
    statement,
    0,
    `${endpoint.reason} in auth_http "${url}"`,
    "write, for example, `http://127.0.0.1:8000/auth`; nginx speaks plain HTTP here",
  );
}

/** `ngx_stream_pass`: an address on which this nginx listens; names are not looked up. */
export function* checkStreamPass(statement: Statement): Generator<ArgumentProblem> {
  const [target = ""] = statement.args;
  if (target.includes("$")) return;
  const endpoint = parseEndpoint(target);
  const says = (message: string) =>
    problemAt(statement, 0, message, "write an address and a port, such as `127.0.0.1:8000`");
  if (!endpoint.ok) yield says(`${endpoint.reason} in "${target}" of the "pass" directive`);
  else if (endpoint.value.kind === "name") yield says('"pass" directive has no addresses');
  else if (endpoint.value.kind !== "unix" && endpoint.value.port === null) {
    yield says('"pass" directive has no port');
  }
}

/** `proxy_store` and its siblings. */
export function* checkStore(statement: Statement, { version }: Surroundings): Generator<ArgumentProblem> {
  // 1.22 takes it, 1.28 does not; nothing says since when.
  if (statement.args[0] === "" && version !== null && isSince(version, "1.28.0"))
    yield problemAt(statement, 0, "empty path", "write `on`, `off` or a path");
}
