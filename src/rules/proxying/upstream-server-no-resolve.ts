import { isSince, type Statement } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";
import { isLookedUpOnce } from "./names-at-start.ts";

/** Servers of an upstream whose names are looked up once. */
export default defineRule({
  id: "upstream-server-no-resolve",
  category: "proxying",
  severity: "info",
  confidence: "high",
  presets: ["strict"],
  docs: {
    summary: "nginx resolves a `server` of an `upstream` only at start",
    why: "nginx looks a name in an `upstream` up when it starts. Since 1.27.3 `server name resolve;` has it looked up again whenever its TTL ends; it needs a `zone` in the upstream, in which the workers share what they find, and a `resolver`. Before that, only a name in a variable of `proxy_pass` is looked up at run time, and an upstream with its balancing and connections cannot be had.",
    bad: `events {}
http {
    upstream app {
        server app.internal.example:8000;
    }
    server {
        listen 80;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
    good: `events {}
http {
    resolver 127.0.0.53;
    upstream app {
        zone app 64k;
        server app.internal.example:8000 resolve;
    }
    server {
        listen 80;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_upstream_module.html#resolve"],
  },
  check({ configuration, version, report }) {
    if (isSince(version, "1.27.3") === false) return;
    const found: Statement[] = [];
    for (const { block } of configuration.upstreams.values()) {
      for (const server of block?.all("server") ?? []) {
        const host = (/^[^:]*/.exec(server.args[0] ?? "")?.[0] ?? "").toLowerCase();
        if (isLookedUpOnce(host) && !server.args.includes("resolve")) found.push(server);
      }
    }
    const [at, ...others] = found;
    if (at === undefined) return;
    report({
      at,
      message: `${codeOf(at)} is resolved at start and never again: when its address changes, requests go to the old one until a reload.`,
      help: `add \`resolve\` to the server${version === null ? " (since nginx 1.27.3)" : ""}, a \`zone\` to the upstream, and a \`resolver\``,
      related: others.slice(0, 20).map((other) => ({ at: other, message: "likewise" })),
    });
  },
});
