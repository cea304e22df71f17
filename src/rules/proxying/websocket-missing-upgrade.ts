import { fromBytes, isSince, type Simulation } from "../../semantics/index.ts";
import { type WebSocketPlace, webSocketPlace } from "../../site/index.ts";
import { defineRule, type ServerRuleContext } from "../rule.ts";

/** Since then nginx asks upstreams by HTTP/1.1 unless told otherwise. */
const HTTP11 = "1.29.7";

/** WebSocket connections that end at nginx. */
export default defineRule({
  id: "websocket-missing-upgrade",
  category: "proxying",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["websockets.upgrade"],
  docs: {
    summary: "A WebSocket endpoint is proxied without what its handshake needs",
    why: "A WebSocket begins as a request with `Upgrade: websocket` and `Connection: Upgrade`. nginx passes neither on by itself, and before 1.29.7 it asks upstreams by HTTP/1.0, which knows no upgrade. The application then answers 400 or 426, or a library falls back to asking again and again.",
    bad: `events {}
http {
    server {
        listen 80;
        location /ws/ {
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_pass http://127.0.0.1:8001;
        }
    }
}
`,
    good: `events {}
http {
    server {
        listen 80;
        location /ws/ {
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_pass http://127.0.0.1:8001;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/websocket.html"],
  },
  scope: "server",
  check(context) {
    const { server, site, report, met } = context;
    for (const place of server.places) {
      const endpoint = webSocketPlace(place);
      if (endpoint === null || place.context.hidden || site.backendOf(endpoint.pass).kind === "other")
        continue;
      const { pass, location, by } = endpoint;
      const uri = server.uriFor(location);
      if (uri === null) continue;
      const problem = problemOf(endpoint, handshake(uri, context), context);
      if (problem === null) {
        met(pass);
        continue;
      }
      report({
        at: pass,
        message: `WebSocket connections to \`${location.title}\` fail: ${problem.text}.`,
        help: problem.help,
        ...(problem.isOld ? { severity: "info" as const } : {}),
        ...(by === "name"
          ? {}
          : { related: [{ at: location.statement, message: "set up for WebSocket by half" }] }),
        witness: { kind: "request", value: `GET ${uri} with Upgrade: websocket, Connection: Upgrade` },
      });
    }
  },
});

function handshake(uri: string, { server }: ServerRuleContext): Simulation {
  const headers = [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
  ] as const;
  return server.ask({ uri, headers });
}

interface Problem {
  readonly text: string;
  readonly help: string;
  /** Only before some version of nginx. */
  readonly isOld?: boolean;
}

function problemOf(
  { place, pass }: WebSocketPlace,
  { outcome, requestHeaders }: Simulation,
  { version }: ServerRuleContext,
): Problem | null {
  // What is refused, redirected or passed elsewhere is another matter.
  if (outcome.kind !== "proxy" || outcome.by !== pass) return null;
  const { uncertain, replaceable, statements } = place.list("proxy_set_header");
  if (replaceable || (uncertain && statements.length === 0)) return null;
  const sent = (name: string) => {
    const header = requestHeaders.find((each) => each.name.toLowerCase() === name);
    return header === undefined ? "" : fromBytes(header.value);
  };
  const [upgrade, connection] = [sent("upgrade"), sent("connection")];
  if (/\$/.test(upgrade + connection)) return null;
  const both = 'write `proxy_set_header Upgrade $http_upgrade;` and `proxy_set_header Connection "upgrade";`';
  if (upgrade === "" && !/upgrade/i.test(connection))
    return { text: "nginx does not pass `Upgrade` and `Connection` on", help: both };
  if (upgrade === "")
    return {
      text: "nginx does not pass `Upgrade` on",
      help: "write `proxy_set_header Upgrade $http_upgrade;`",
    };
  if (!/^websocket$/i.test(upgrade))
    return {
      text: `the upstream gets \`Upgrade: ${upgrade}\``,
      help: "write `proxy_set_header Upgrade $http_upgrade;`",
    };
  if (!/upgrade/i.test(connection))
    return {
      text:
        connection === ""
          ? "nginx sends no `Connection` header"
          : `the upstream gets \`Connection: ${connection}\``,
      help: 'write `proxy_set_header Connection "upgrade";`',
    };
  const { args, origin } = place.setting("proxy_http_version");
  const isOld = isSince(version, HTTP11);
  if (origin === "written" && args[0] === "1.0")
    return {
      text: "the upstream is asked by HTTP/1.0, which knows no upgrade",
      help: "write `proxy_http_version 1.1;`",
    };
  if (origin !== "default" || isOld === true) return null;
  return {
    text:
      isOld === "unknown"
        ? `before nginx ${HTTP11} the upstream is asked by HTTP/1.0, which knows no upgrade`
        : "the upstream is asked by HTTP/1.0, which knows no upgrade",
    help: "write `proxy_http_version 1.1;`",
    isOld: isOld === "unknown",
  };
}
