import {
  type Context,
  type Header,
  hasVariables,
  type Origin,
  type Place,
  type Statement,
} from "../../semantics/index.ts";
import { type Proof, proofOf, requestText } from "../attacks.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Any name that a client thinks of, as the application's own. */
export default defineRule({
  id: "host-header-spoofing",
  category: "proxying",
  severity: "info",
  confidence: "high",
  presets: ["security"],
  docs: {
    summary: "The application gets the client's `Host` header unchecked, whatever name it holds",
    why: "A server that answers to any name and passes `$http_host` on lets clients choose the name that the application takes for its own: links in password reset mails then lead to the attacker's host, and caches store such pages. Give the server its names and let another one refuse the rest. `$host` is normalized and drops the port; on ports other than 80 and 443 Django's CSRF check needs the port, so keep `$http_host` there, with a list of names. Such a list does not bind `$http_host` altogether: nginx selects the server by the request line if that holds a whole URL (`GET http://shop.example.org/`), and the `Host` header next to it can still hold any name. So the application should also know its names (`ALLOWED_HOSTS`). Many applications do, and so this is a hint (info, in `security`).",
    bad: `events {}
http {
    server {
        listen 80;
        location / {
            proxy_set_header Host $http_host;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    good: `events {}
http {
    server {
        listen 80 default_server;
        return 444;
    }
    server {
        listen 80;
        server_name shop.example.org;
        location / {
            proxy_set_header Host $host;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_core_module.html#var_host",
      "https://docs.djangoproject.com/en/stable/topics/security/#host-headers-virtual-hosting",
    ],
  },
  scope: "server",
  check({ server, site, report }) {
    if (!server.context.outward().some(writesName) || site.edge.isBehindProxy(server.server)) return;
    const lines = new Map<Statement, Statement>();
    const named = new Set<Statement>();
    for (const { place, pass } of site.applicationPasses(server.places)) {
      const { statements } = place.list("proxy_set_header");
      const host = statements.find(({ args }) => args[0]?.toLowerCase() === "host");
      if (host === undefined || lines.has(host) || named.has(host)) continue;
      const proof = namedByRequest(place, host);
      if (proof !== null) {
        named.add(host);
        report({
          at: host,
          severity: "warning",
          message: `${codeOf(host)}: a request chooses the name that the application uses in links and mails.`,
          help: "write `$host`, or look the name up in a `map` that lists those that are meant",
          witness: { kind: "request", value: requestText(proof) },
        });
      } else if (server.takesAnyName && handsOnHost(place, host)) {
        const asked = server.ask({ uri: "/", host: SPOOFED }, { at: place.context });
        const isSpoofed = asked.requestHeaders.some(isSpoofedHost);
        if (asked.outcome.by === pass && isSpoofed) lines.set(host, pass);
      }
    }
    const [first, ...others] = lines;
    if (first === undefined) return;
    const [host, pass] = first;
    report({
      at: host,
      message: `${codeOf(host)} in a server that answers to any name: clients choose the name that the application uses in links and mails.`,
      help: "give the server its `server_name`, and let a `default_server` refuse other names; on ports 80 and 443 write `$host`",
      related: [
        { at: pass, message: "passes it on" },
        ...others.map(([at]) => ({ at, message: "the same here" })),
      ],
      witness: { kind: "header", value: `Host: ${SPOOFED}` },
    });
  },
});

/** Most contexts write `Host $host`, or none. */
function writesName(context: Context): boolean {
  const lines =
    context.kind === "server" ? context.allBelow("proxy_set_header") : context.all("proxy_set_header");
  return lines.some(
    ({ args: [name = "", value = ""] }) =>
      /^host$/i.test(name) && /\$(?!\{?(?:host|proxy_host)\b)/i.test(value),
  );
}

const SPOOFED = "evil.example.net";

function isSpoofedHost({ name, value }: Header): boolean {
  return name.toLowerCase() === "host" && value.includes(SPOOFED);
}

/** The value is that of the `Host` header; `$host` is what the server was chosen by. */
function handsOnHost(place: Place, { args: [, written = ""] }: Statement): boolean {
  const parts = place.value(written)?.parts ?? [];
  return parts.some((part) => part.written !== "$host" && part.origins.some(isHost));
}

/** A request whose argument, cookie or other header is the name. */
function namedByRequest(place: Place, host: Statement): Proof<true> | null {
  const [, written = ""] = host.args;
  if (!hasVariables(written)) return null;
  const origins = (place.value(written)?.chosen ?? [])
    .flatMap((part) => part.origins)
    .filter((origin) => origin.kind !== "path" && !isHost(origin));
  if (origins.length === 0) return null;
  return proofOf(place, { origins }, { payloads: [SPOOFED] }, ({ requestHeaders }) =>
    requestHeaders.some((header) => header.statement === host && isSpoofedHost(header)) ? true : null,
  );
}

function isHost(origin: Origin): boolean {
  return origin.kind === "header" && origin.name === "host";
}
