import type { Statement } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf, shortListOf } from "../wording.ts";
import { isLookedUpOnce, movesOften } from "./names-at-start.ts";

/** A name that is looked up once, when nginx starts. */
export default defineRule({
  id: "stale-dns-cache",
  category: "proxying",
  severity: "info",
  confidence: "high",
  presets: ["recommended", "strict"],
  docs: {
    summary: "nginx resolves an upstream's name only at start",
    why: "nginx asks for the addresses of `proxy_pass http://name` when it reads the configuration, and keeps them until it is reloaded, whatever the TTL says. When the address changes (a container that was recreated, a load balancer of a cloud provider), requests go to the old one: 502, 504, or another customer's server. Where the addresses are known to change, as those of Amazon's load balancers do, it is a warning of the default preset; elsewhere only `strict` tells.\n\nWith the name in a variable nginx resolves it at run time and respects the TTL; since 1.27.3 `resolve` in an `upstream` does the same and keeps the connections. Both need a `resolver`.",
    bad: `server {
    listen 80;
    location / {
        proxy_pass http://my-app-1234.eu-west-1.elb.amazonaws.com;
    }
}
`,
    good: `server {
    listen 80;
    resolver 169.254.169.253;
    location / {
        set $backend my-app-1234.eu-west-1.elb.amazonaws.com;
        proxy_pass http://$backend;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
      "https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver",
    ],
  },
  check({ servers, configuration, report }) {
    const found = new Map<string, Statement[]>();
    for (const { places } of servers) {
      for (const { handler } of places) {
        if (handler.kind !== "pass" || handler.pass === "memcached_pass") continue;
        const host = hostOf(handler.target);
        if (handler.target.includes("$") || !isLookedUpOnce(host) || configuration.upstreams.has(host))
          continue;
        // In a part of a configuration another file may hold an upstream of that name.
        if (configuration.incomplete && !host.includes(".")) continue;
        const same = found.get(host);
        if (same === undefined) found.set(host, [handler.statement]);
        else if (!same.includes(handler.statement)) same.push(handler.statement);
      }
    }
    for (const isMoving of [true, false]) {
      const hosts = [...found].filter(([host]) => movesOften(host) === isMoving);
      const [at, ...others] = hosts.flatMap(([, statements]) => statements);
      if (at === undefined) continue;
      const names = shortListOf(hosts.map(([host]) => `\`${host}\``));
      report({
        at,
        message: isMoving
          ? `nginx resolves ${names} at start and never again, and these addresses change: requests go to the old ones until a reload.`
          : `nginx resolves ${names} at start and never again: when the address changes, requests go to the old one until a reload.`,
        help: "write the name into a variable and name a `resolver` (`set $backend app.example; proxy_pass http://$backend;`), or use an `upstream` with `resolve` (since 1.27.3)",
        severity: isMoving ? "warning" : "info",
        presets: isMoving ? ["recommended"] : ["strict"],
        related: others.slice(0, 20).map((other) => ({ at: other, message: codeOf(other) })),
      });
    }
  },
});

/** The host of `http://host:80/`, or of `host:9000`. */
function hostOf(target: string): string {
  const rest = target.replace(/^[a-z]+:\/\//i, "");
  return (/^[^/:]*/.exec(rest)?.[0] ?? "").toLowerCase();
}
