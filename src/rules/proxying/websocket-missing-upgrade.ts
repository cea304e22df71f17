import { type Configuration, fromBytes, isSince, type Simulation } from "../../semantics/index.ts";
import { type WebSocketPlace, webSocketPlace } from "../../site/index.ts";
import { replaceArgument } from "../fix.ts";
import { defineRule, type Edit, type Fix, type ServerRuleContext } from "../rule.ts";
import { addToOwnList } from "./header-lines.ts";

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
  fix: "unsafe",
  docs: {
    summary: "A WebSocket endpoint is proxied without the headers its handshake needs",
    why: "A WebSocket begins as a request with `Upgrade: websocket` and `Connection: Upgrade`. By default nginx passes neither on, and before 1.29.7 it uses HTTP/1.0 for upstreams, which has no upgrade. The application then answers 400 or 426, or a client library falls back to polling.",
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
      const asked = handshake(uri, context);
      const problem = problemOf(endpoint, asked, context);
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
          : { related: [{ at: location.statement, message: "only half of what WebSocket needs" }] }),
        ...fixOf(endpoint, asked, context),
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

/** The value of a header that the upstream gets. */
function sentAs(name: string, { requestHeaders }: Simulation): string {
  const header = requestHeaders.find((each) => each.name.toLowerCase() === name.toLowerCase());
  return header === undefined ? "" : fromBytes(header.value);
}

interface Problem {
  readonly text: string;
  readonly help: string;
  /** Only before some version of nginx. */
  readonly isOld?: boolean;
}

function problemOf(
  { place, pass }: WebSocketPlace,
  asked: Simulation,
  { version }: ServerRuleContext,
): Problem | null {
  const { outcome } = asked;
  // What is refused, redirected or passed elsewhere is another matter.
  if (outcome.kind !== "proxy" || outcome.by !== pass) return null;
  const { uncertain, replaceable, statements } = place.list("proxy_set_header");
  if (replaceable || (uncertain && statements.length === 0)) return null;
  const [upgrade, connection] = [sentAs("Upgrade", asked), sentAs("Connection", asked)];
  if (/\$/.test(upgrade + connection)) return null;
  const both = 'write `proxy_set_header Upgrade $http_upgrade;` and `proxy_set_header Connection "upgrade";`';
  if (upgrade === "" && !/upgrade/i.test(connection))
    return { text: "nginx does not pass on `Upgrade` and `Connection`", help: both };
  if (upgrade === "")
    return {
      text: "nginx does not pass on `Upgrade`",
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
      text: "nginx uses HTTP/1.0 for the upstream, which has no upgrade",
      help: "write `proxy_http_version 1.1;`",
    };
  if (origin !== "default" || isOld === true) return null;
  return {
    text:
      isOld === "unknown"
        ? `before ${HTTP11} nginx uses HTTP/1.0 for the upstream, which has no upgrade`
        : "nginx uses HTTP/1.0 for the upstream, which has no upgrade",
    help: "write `proxy_http_version 1.1;`",
    isOld: isOld === "unknown",
  };
}

/** All that the handshake needs, at the location alone: what it inherits is repeated there. */
function fixOf(
  { place, pass }: WebSocketPlace,
  sent: Simulation,
  { version, configuration }: ServerRuleContext,
): { fix?: Fix } {
  const list = place.list("proxy_set_header");
  const edits: Edit[] = [];
  const lines: string[] = [];
  const protocol = place.context.last("proxy_http_version");
  if (protocol?.args[0] === "1.0") edits.push(replaceArgument(protocol, 0, "1.1"));
  const { origin, args } = place.setting("proxy_http_version");
  const isEnough = origin === "written" ? args[0] !== "1.0" : isSince(version, HTTP11) === true;
  if (protocol === undefined && !isEnough) lines.push("proxy_http_version 1.1;");
  const wanted = [
    ["Upgrade", /^websocket$/i, "$http_upgrade"],
    ["Connection", /upgrade/i, connectionIn(configuration)],
  ] as const;
  for (const [name, right, value] of wanted) {
    if (right.test(sentAs(name, sent))) continue;
    const [set, ...others] = list.statements.filter(
      ({ args }) => args[0]?.toLowerCase() === name.toLowerCase(),
    );
    if (set === undefined) lines.push(`proxy_set_header ${name} ${value};`);
    else if (others.length > 0 || set.context !== place.context || set.chain !== pass.chain) return {};
    else edits.push(replaceArgument(set, 1, value));
  }
  const added = lines.length === 0 ? [] : addToOwnList({ pass, list }, lines);
  if (added === null || edits.length + added.length === 0) return {};
  return { fix: { description: "pass the handshake on", safe: false, edits: [...edits, ...added] } };
}

/** The variable by which the tree tells handshakes from other requests, where it has one. */
function connectionIn(configuration: Configuration): string {
  const map = configuration
    .all("map")
    .find(
      ({ args, block }) =>
        args[0] === "$http_upgrade" && block?.statements.some(({ args }) => /^upgrade$/i.test(args[0] ?? "")),
    );
  return map?.args[1] ?? '"upgrade"';
}
