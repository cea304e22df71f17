import type { Statement } from "../../semantics/index.ts";
import { defineRule, type RuleContext } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Limits and lists by the client's address, where the address is that of a proxy. */
export default defineRule({
  id: "limits-behind-proxy",
  category: "proxying",
  severity: "info",
  confidence: "medium",
  presets: ["security"],
  docs: {
    summary: "Limits and address lists see the proxy in front instead of clients",
    why: "If another proxy terminates TLS, all connections come from it: `$remote_addr` is its address. A limit per address is then one limit for everybody, and one client can use it up; `allow 10.0.0.0/8` allows the whole internet, since the load balancer has such an address. `set_real_ip_from` with the proxy's address and `real_ip_header` give nginx the client's address.",
    bad: `events {}
http {
    limit_req_zone $binary_remote_addr zone=login:10m rate=5r/m;
    server {
        listen 80;
        location /login/ {
            limit_req zone=login;
            proxy_set_header X-Forwarded-Proto $http_x_forwarded_proto;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    good: `events {}
http {
    limit_req_zone $binary_remote_addr zone=login:10m rate=5r/m;
    set_real_ip_from 10.0.0.5;
    real_ip_header X-Forwarded-For;
    server {
        listen 80;
        location /login/ {
            limit_req zone=login;
            proxy_set_header X-Forwarded-Proto $http_x_forwarded_proto;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_realip_module.html"],
  },
  check(context) {
    const { configuration, site, assume, report } = context;
    for (const zone of zonesByHeader(context)) {
      report({
        at: zone,
        message: `${codeOf(zone)} counts by a header that clients write: whoever changes it with each request has no limit.`,
        help: "count by `$binary_remote_addr`; behind a proxy, with `set_real_ip_from` and `real_ip_header`",
        severity: "warning",
      });
    }
    if (!site.edge.isWithoutTls || assume.edge === true) return;
    if (configuration.all("set_real_ip_from").length > 0) return;
    const evidence = evidenceOf(context);
    const confidence = evidence === null && assume.edge === undefined ? "low" : "medium";
    const related = evidence === null ? [] : [{ at: evidence, message: "another proxy is in front" }];
    const help =
      "write `set_real_ip_from` with the address of the proxy in front, and `real_ip_header X-Forwarded-For;`";
    for (const zone of limitZones(context)) {
      report({
        at: zone,
        message: `${codeOf(zone)} makes one limit for all clients: every request comes from the address of the proxy in front.`,
        help,
        confidence,
        related,
      });
    }
    for (const allow of wideAllows(context)) {
      report({
        at: allow,
        message: `${codeOf(allow)} allows everyone who comes through the proxy in front: its address is in that network.`,
        help,
        confidence,
        related,
      });
    }
  },
});

/** A line that speaks of a proxy in front. */
function evidenceOf({ configuration }: RuleContext): Statement | null {
  const said = configuration.statements.find(({ name, args }) => {
    if (name === "log_format") return false;
    return args.some((arg) =>
      /\$\{?http_(x_forwarded_(proto|scheme|ssl|for)|x_real_ip|cf_\w+|x_amzn_trace_id|cloudfront_\w+)\b/.test(
        arg,
      ),
    );
  });
  if (said !== undefined) return said;
  const listens = configuration.servers.flatMap((server) => server.listens);
  // Only this machine can connect.
  const isInner = listens.every(
    ({ address, port }) => port === null || /^(127\.|localhost|\[::1\])/.test(address),
  );
  return isInner ? (listens[0]?.statement ?? null) : null;
}

/** Zones of which a header of the client is the whole key, where no proxy is said to set it. */
function zonesByHeader({ configuration }: RuleContext): readonly Statement[] {
  return ["limit_req_zone", "limit_conn_zone"].flatMap((name) =>
    configuration
      .all(name)
      .filter(({ args: [key = ""] }) =>
        /^\$\{?(http_(x_forwarded_for|x_real_ip|client_ip|x_client_ip|forwarded|user_agent)|proxy_add_x_forwarded_for)\}?$/.test(
          key,
        ),
      ),
  );
}

function limitZones({ configuration }: RuleContext): readonly Statement[] {
  const used = new Set(
    ["limit_req", "limit_conn"].flatMap((name) =>
      configuration.all(name).flatMap(({ args }) => args.map((arg) => arg.replace(/^zone=/, ""))),
    ),
  );
  return ["limit_req_zone", "limit_conn_zone"].flatMap((name) =>
    configuration.all(name).filter(({ args: [key = "", ...rest] }) => {
      const zone = rest
        .find((arg) => arg.startsWith("zone="))
        ?.slice(5)
        .split(":")[0];
      return /^\$\{?(binary_)?remote_addr\}?$/.test(key) && zone !== undefined && used.has(zone);
    }),
  );
}

/** Private networks that are let in where others are not, one of each list. */
function wideAllows({ configuration }: RuleContext): readonly Statement[] {
  const found = new Map<unknown, Statement>();
  for (const allow of configuration.all("allow")) {
    const { context, args } = allow;
    if (!/^(10|192\.168|172\.(1[6-9]|2\d|3[01]))\.[\d.]+\/\d+$/.test(args[0] ?? "")) continue;
    if (!context.all("deny").some((deny) => deny.args[0] === "all")) continue;
    if (!found.has(context)) found.set(context, allow);
  }
  return [...found.values()];
}
