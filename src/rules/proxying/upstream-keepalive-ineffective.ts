import { askedOnce, groupBy } from "../../lists/index.ts";
import { type Configuration, fromBytes, isSince, type Statement } from "../../semantics/index.ts";
import { webSocketPlace } from "../../site/index.ts";
import { replaceArgument } from "../fix.ts";
import { defineRule, type Edit, type Fix, type Report, type ServerRuleContext } from "../rule.ts";
import { codeOf } from "../wording.ts";
import { addToLists } from "./header-lines.ts";
import { keptUpstream } from "./kept-upstream.ts";

/** Since then connections to upstreams are kept unless told otherwise. */
const KEPT = "1.29.7";

/** Connections that are to be kept, and are closed after each request. */
export default defineRule({
  id: "upstream-keepalive-ineffective",
  category: "proxying",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["django.upstream-keepalive"],
  fix: "unsafe",
  docs: {
    summary: "`keepalive` in an upstream has no effect: every request closes its connection",
    why: "`keepalive` in an `upstream` keeps connections open for the next request. It works only if requests use HTTP/1.1 and no `Connection: close`; before nginx 1.29.7 you have to configure both. A WebSocket `map` that sends `close` for ordinary requests also undoes it: let it send nothing.",
    bad: `events {}
http {
    upstream app {
        server 127.0.0.1:8000;
        keepalive 16;
    }
    server {
        listen 80;
        location / {
            proxy_http_version 1.1;
            proxy_set_header Connection close;
            proxy_pass http://app;
        }
    }
}
`,
    good: `events {}
http {
    upstream app {
        server 127.0.0.1:8000;
        keepalive 16;
    }
    server {
        listen 80;
        location / {
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_pass http://app;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive"],
  },
  scope: "server",
  check(context) {
    const { server, site, configuration, report, met } = context;
    if (configuration.all("keepalive").length === 0) return;
    const told = new Set<unknown>();
    for (const { place, pass } of site.applicationPasses(server.places)) {
      const upstream = keptUpstream(pass, configuration);
      const { location } = place;
      if (
        upstream === null ||
        // A WebSocket keeps its connection to itself; what asks for none there is no visitor.
        webSocketPlace(place)?.by === "name" ||
        place.context.hidden ||
        place.context !== (location?.context ?? server.context)
      )
        continue;
      const uri = location === null ? "/" : server.uriFor(location);
      const problem = uri === null ? undefined : problemOf(uri, place, pass, context);
      if (problem === undefined || uri === null) continue;
      if (problem === null) {
        met(pass);
        continue;
      }
      const at = problem.at ?? pass;
      if (told.has(at)) continue;
      told.add(at);
      report({
        ...problem,
        at,
        message: `${codeOf(upstream)} has no effect for ${codeOf(pass)}: ${problem.message}.`,
        related: [{ at: upstream, message: "`keepalive` is set here" }],
        witness: { kind: "request", value: `GET ${uri}` },
      });
    }
  },
});

/** Null: they are kept; undefined: it cannot be told. */
function problemOf(
  uri: string,
  place: ServerRuleContext["server"]["top"],
  pass: Statement,
  { server, version, configuration }: ServerRuleContext,
): (Omit<Report, "at"> & { readonly at?: Report["at"] }) | null | undefined {
  if (isPlainlyKept(place, pass)) return null;
  const { outcome, requestHeaders } = server.ask(uri);
  if (outcome.kind !== "proxy") return undefined;
  const sent = requestHeaders.find(({ name }) => name.toLowerCase() === "connection");
  const value = sent === undefined ? "" : fromBytes(sent.value);
  const { statements, uncertain } = place.list("proxy_set_header");
  if (value.includes("$") || (statements.length === 0 && uncertain)) return undefined;
  if (sent !== undefined && sent.statement !== null && value !== "") {
    // A place for WebSocket alone sends what the handshake needs.
    if (/upgrade/i.test(value) && statements.some(({ args }) => args[0]?.toLowerCase() === "upgrade"))
      return undefined;
    if (!/close|upgrade/i.test(value)) return null;
    return {
      at: sent.statement,
      message: `an ordinary request goes out with \`Connection: ${value}\``,
      help: sent.written.startsWith("$")
        ? `let the \`map\` give an empty value where there is no upgrade: \`'' '';\``
        : 'write `proxy_set_header Connection "";`',
      ...fixed(emptied(sent.statement, sent.written, configuration)),
    };
  }
  const isKept = isSince(version, KEPT);
  if (isKept === true) return null;
  const http = place.setting("proxy_http_version");
  const lacks = [
    ...(http.origin === "written" && http.args[0] !== "1.0" ? [] : ["`proxy_http_version 1.1;`"]),
    ...(sent?.statement === null && value !== "" ? ['`proxy_set_header Connection "";`'] : []),
  ];
  if (lacks.length === 0 || http.origin === "unknown") return lacks.length === 0 ? null : undefined;
  return {
    message: `${isKept === "unknown" ? `before nginx ${KEPT} ` : ""}every request closes its connection`,
    help: `write ${lacks.join(" and ")}`,
    ...fixed(added(lacks, place, pass)),
    ...(isKept === "unknown" ? { severity: "info" as const } : {}),
  };
}

/** As nginx's own documentation writes it: no request has to be asked about that. */
function isPlainlyKept(place: ServerRuleContext["server"]["top"], pass: Statement): boolean {
  const { handler } = place;
  if (handler.kind !== "pass" || handler.statement !== pass) return false;
  const { statements, uncertain, replaceable } = place.list("proxy_set_header");
  if (uncertain || replaceable) return false;
  const connection = statements.filter(({ args }) => args[0]?.toLowerCase() === "connection");
  const http = place.setting("proxy_http_version");
  return (
    connection.length > 0 &&
    connection.every(({ args }) => args[1] === "") &&
    http.origin === "written" &&
    http.args[0] !== "1.0"
  );
}

function fixed(edits: readonly Edit[] | null): { fix?: Fix } {
  return edits === null
    ? {}
    : { fix: { description: "keep connections to the upstream", safe: false, edits } };
}

/** Ordinary requests say nothing of the connection; a map that tells handshakes apart goes on to do so. */
function emptied(header: Statement, written: string, configuration: Configuration): readonly Edit[] | null {
  if (!written.startsWith("$")) return [replaceArgument(header, 1, '""')];
  const [map, ...others] = mapsOf(configuration).get(written) ?? [];
  if (map?.args[0] !== "$http_upgrade" || others.length > 0) return null;
  const entry = map.block?.statements.find(({ name, args }) => name === "" && args[0] === "close");
  return entry === undefined ? null : [replaceArgument(entry, 0, "''")];
}

/** By the variables that they set. */
const mapsOf = askedOnce((configuration: Configuration) =>
  groupBy(configuration.all("map"), ({ args }) => args[1] ?? ""),
);

/** Beside the headers in force: an empty `Connection` harms nobody who inherits it. */
function added(
  lacks: readonly string[],
  place: ServerRuleContext["server"]["top"],
  pass: Statement,
): readonly Edit[] | null {
  const list = place.list("proxy_set_header");
  const isSet = place.setting("proxy_http_version").origin === "written";
  return isSet && lacks.some((line) => line.includes("http_version"))
    ? null
    : addToLists(
        [{ pass, list }],
        lacks.map((line) => line.slice(1, -1)),
      );
}
