import { fromBytes, isSince } from "../../semantics/index.ts";
import { defineRule, type Report, type ServerRuleContext } from "../rule.ts";
import { codeOf } from "../wording.ts";
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
  docs: {
    summary: "An upstream is to keep connections, and every request closes its own",
    why: "`keepalive` in an `upstream` keeps connections open for the next request. It works only where requests go out by HTTP/1.1 and without `Connection: close`; before nginx 1.29.7 both have to be written. A `map` for WebSocket that sends `close` for ordinary requests undoes it as well: let it send nothing.",
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
        place.context.hidden ||
        place.context !== (location?.context ?? server.context)
      )
        continue;
      const uri = location === null ? "/" : server.uriFor(location);
      const problem = uri === null ? undefined : problemOf(uri, place, context);
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
        related: [{ at: upstream, message: "connections are to be kept" }],
        witness: { kind: "request", value: `GET ${uri}` },
      });
    }
  },
});

/** Null: they are kept; undefined: it cannot be told. */
function problemOf(
  uri: string,
  place: ServerRuleContext["server"]["top"],
  { server, version }: ServerRuleContext,
): (Omit<Report, "at"> & { readonly at?: Report["at"] }) | null | undefined {
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
    ...(isKept === "unknown" ? { severity: "info" as const } : {}),
  };
}
