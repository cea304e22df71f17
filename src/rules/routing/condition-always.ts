import { isFilledIn } from "../../parser/index.ts";
import { listenSocketsOf, type Statement, type VirtualServer } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Conditions about the connection that every request to the server answers alike. */
export default defineRule({
  id: "condition-always",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  directives: ["if"],
  docs: {
    summary: "An `if` is always true or never true where it is",
    why: "`$scheme`, `$https`, `$server_port` and `$host` say how a request reached *this* server. On a socket without TLS, `$scheme` is always `http`: `if ($scheme != https)` redirects every request, and behind a proxy that terminates TLS it does so forever. In a server for one name, a test for another name is dead code.",
    bad: `server {
    listen 80;
    server_name shop.example;
    if ($scheme != https) {
        return 301 https://$host$request_uri;
    }
    location / {
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    good: `server {
    listen 80;
    server_name shop.example;
    if ($http_x_forwarded_proto = http) {
        return 301 https://$host$request_uri;
    }
    location / {
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#variables"],
  },
  scope: "server",
  check({ server, report }) {
    if (server.isPartial || server.isIncomplete) return;
    for (const statement of server.context.below) {
      // What is included here may be for other servers, too.
      if (statement.name !== "if" || statement.chain !== server.context.opener?.chain) continue;
      const known = judge(statement, server);
      if (known === null) continue;
      const { holds, reason } = known;
      const isRedirect = holds && isHttpsRedirect(statement);
      // A server that does nothing but redirect does so with or without the question.
      if (isRedirect && !hasMore(server)) continue;
      report({
        at: statement,
        message: `${codeOf(statement)} is ${holds ? "always" : "never"} true: ${reason}.${
          isRedirect
            ? " Every request is redirected; behind a proxy that terminates TLS, forever."
            : holds
              ? ""
              : " Its block never takes effect."
        }`,
        help: isRedirect
          ? "test `$http_x_forwarded_proto` if a proxy in front terminates TLS; otherwise keep only the `return`"
          : holds
            ? "move its content out of the `if`"
            : "move it to the server it is meant for, or remove it",
      });
    }
  },
});

interface Known {
  readonly holds: boolean;
  readonly reason: string;
}

/** Null where requests may differ. */
function judge({ args }: Statement, server: VirtualServer): Known | null {
  const bare = args.join(" ").replace(/^\(\s*|(?<!\s)\s*\)$/g, "");
  const [, variable = "", operator = "", value = ""] =
    /^\$\{?(\w+)\}?\s*(!?=)\s*["']?(\S.*?)?["']?$/.exec(bare) ?? [];
  if (operator === "" || isFilledIn(value) || value.includes("$")) return null;
  const equal = (actual: string, reason: string): Known => ({
    holds: (actual === value) === (operator === "="),
    reason,
  });
  switch (variable) {
    case "scheme":
    case "https": {
      const tls = speaksTls(server);
      if (tls === null) return null;
      const reason = `every \`listen\` of this server speaks ${tls ? "TLS" : "plain HTTP"}`;
      if (variable === "scheme") return equal(tls ? "https" : "http", reason);
      return equal(tls ? "on" : "", reason);
    }
    case "server_port": {
      const ports = portsOf(server);
      if (ports === null || value === "") return null;
      const reason = `the server listens on ${ports.length === 1 ? "port" : "ports"} ${ports.join(", ")}`;
      if (!ports.includes(value)) return { holds: operator === "!=", reason };
      return ports.length === 1 ? { holds: operator === "=", reason } : null;
    }
    case "host":
      return judgeHost(value, operator, server);
    default:
      return null;
  }
}

function judgeHost(value: string, operator: string, server: VirtualServer): Known | null {
  const { names } = server.server;
  // Requests for any name, and without one, go to the default server.
  if (value === "" || !mayExclude(server) || names.some(({ kind }) => kind !== "exact")) return null;
  if (names.some(({ text }) => text === value.toLowerCase() || text === "" || text.includes("$")))
    return null;
  return {
    holds: operator === "!=",
    reason: `requests for \`${value}\` do not reach this server, which is for ${names.map(({ text }) => `\`${text}\``).join(", ")}`,
  };
}

/** It is the default server of none of its addresses, for certain. */
function mayExclude(server: VirtualServer): boolean {
  const { configuration } = server.model;
  if (configuration.incomplete) return false;
  return listenSocketsOf(configuration, server.context).every(
    ({ defaultMember }) => defaultMember.server !== server.server,
  );
}

/** Null where some sockets do and others do not, and where that cannot be told. */
function speaksTls(server: VirtualServer): boolean | null {
  const { listens } = server.server;
  if (listens.some(({ unknown }) => unknown) || server.context.has("ssl")) return null;
  if (listens.every(({ tls }) => tls)) return true;
  if (listens.some(({ tls }) => tls)) return null;
  // One `ssl` makes a socket TLS for all its servers.
  const shared = listenSocketsOf(server.model.configuration, server.context).some(({ isTls }) => isTls);
  // On 443 the word may be missing by mistake, which is another finding.
  return shared || listens.some(({ port }) => port === 443) ? null : false;
}

function portsOf(server: VirtualServer): string[] | null {
  const { listens } = server.server;
  if (listens.some(({ unknown, port, lastPort }) => unknown || port === null || port !== lastPort))
    return null;
  return [...new Set(listens.map(({ port }) => String(port)))];
}

function isHttpsRedirect({ block }: Statement): boolean {
  return (
    block?.statements.some(
      ({ name, args }) =>
        (name === "return" || name === "rewrite") && args.some((word) => word.startsWith("https://")),
    ) ?? false
  );
}

/** Something that would answer, were it not for the redirect. */
function hasMore(server: VirtualServer): boolean {
  return server.locations.some((location) => {
    const { kind } = server.at(location).handler;
    return kind !== "return" && !location.pattern.includes("well-known");
  });
}
