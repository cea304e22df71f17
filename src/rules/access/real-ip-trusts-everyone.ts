import { readNetwork, type Statement } from "../../semantics/index.ts";
import { defineRule, type RuleContext } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Directives that act on the client's address. */
const ADDRESS_USERS = ["allow", "deny", "geo", "limit_req_zone", "limit_conn_zone"] as const;

/** Addresses of clients that clients choose themselves. */
export default defineRule({
  id: "real-ip-trusts-everyone",
  category: "access",
  severity: "error",
  confidence: "high",
  presets: ["recommended", "security"],
  directives: ["set_real_ip_from"],
  docs: {
    summary: "Any client can forge its address",
    why: "`set_real_ip_from` names the proxies whose `X-Forwarded-For` or `X-Real-IP` nginx trusts. With `0.0.0.0/0` it trusts everybody: anyone who sends the header gets past `allow` lists and limits, and writes any address into the log. Name the addresses of the proxies.",
    bad: `events {}
http {
    server {
        listen 80;
        server_name shop.example;
        root /srv/www;
        set_real_ip_from 0.0.0.0/0;
        location /admin/ {
            allow 10.0.0.0/8;
            deny all;
        }
    }
}
`,
    good: `events {}
http {
    server {
        listen 80;
        server_name shop.example;
        root /srv/www;
        set_real_ip_from 192.0.2.10;
        real_ip_header X-Forwarded-For;
        location /admin/ {
            allow 10.0.0.0/8;
            deny all;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_realip_module.html"],
  },
  check(context) {
    const { configuration, report } = context;
    const told = new Set<unknown>();
    for (const statement of configuration.all("set_real_ip_from")) {
      const network = readNetwork(statement.args[0] ?? "");
      if (network === null || network.bits > 0 || told.has(statement.directive)) continue;
      told.add(statement.directive);
      const user = addressUser(statement, context);
      const header = context.model.place(statement.context).setting("real_ip_header").args[0] ?? "X-Real-IP";
      // The PROXY protocol comes before anything that a client of HTTP can say.
      const isProtocol = header === "proxy_protocol";
      report({
        at: statement,
        message:
          user === null
            ? `${codeOf(statement)} trusts every client: logs and the application get whatever address the client writes into ${isProtocol ? "the PROXY protocol" : `\`${header}\``}.`
            : `${codeOf(statement)} believes any client about its address: whoever sends a fitting ${isProtocol ? "PROXY protocol header" : `\`${header}\``} gets past ${codeOf(user)}.`,
        help: "name the addresses of your proxies: `set_real_ip_from 192.0.2.10;`",
        ...(user === null || isProtocol ? { severity: "warning" as const } : {}),
        related: user === null ? [] : [{ at: user, message: "uses the address" }],
        witness: { kind: "header", value: `${header}: 10.0.0.1` },
      });
    }
  },
});

/** Something that the forged address gets past, where the line is in force. */
function addressUser(statement: Statement, { configuration }: RuleContext): Statement | null {
  for (const name of ADDRESS_USERS) {
    for (const user of configuration.all(name)) {
      if (user.args.some((arg) => arg === "all")) continue;
      const isZone = name.startsWith("limit_") && !/remote_addr/.test(user.args[0] ?? "");
      const isInForce =
        name === "geo" || name.endsWith("_zone") || user.context.outward().includes(statement.context);
      if (!isZone && isInForce) return user;
    }
  }
  return null;
}
