import { lookupOf } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Directives whose names are looked up at each request when they hold a variable. */
const PASSES = ["proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass"] as const;

/** Upstreams that are looked up at run time, by nobody. */
export default defineRule({
  id: "proxy-variable-without-resolver",
  category: "proxying",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "A host name is resolved at run time, and no `resolver` is set",
    why: "If there is a variable anywhere in `proxy_pass`, even in the path, nginx resolves the name at run time instead of at start, and needs a `resolver` for that; it does not use `/etc/hosts` or the system's resolver. Without one every request gets 502 (`no resolver defined to resolve …`). An `upstream` of that name needs none.",
    bad: `events {}
http {
    server {
        listen 80;
        location / {
            set $app http://django:8000;
            proxy_pass $app;
        }
    }
}
`,
    good: `events {}
http {
    server {
        listen 80;
        resolver 127.0.0.11;
        location / {
            set $app http://django:8000;
            proxy_pass $app;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass"],
  },
  check({ configuration, report, met }) {
    for (const name of PASSES) {
      for (const pass of configuration.all(name)) {
        const lookup = lookupOf(pass, configuration);
        if (lookup.kind !== "request") continue;
        if (lookup.resolver !== null) {
          met(pass);
          continue;
        }
        const isOpen = lookup.host.includes("$");
        report({
          at: pass,
          message: isOpen
            ? `${codeOf(pass)} resolves its host at run time, and no \`resolver\` is set: requests get 502.`
            : `The variable in ${codeOf(pass)} makes nginx resolve \`${lookup.host}\` at run time, and no \`resolver\` is set: every request gets 502.`,
          help: isOpen
            ? "write `resolver` with the address of your DNS server"
            : `write \`resolver 127.0.0.11;\` (Docker's, or that of your network), or define \`upstream ${lookup.host} { … }\``,
          ...(isOpen ? { confidence: "medium" as const } : {}),
          witness: { kind: "value", value: lookup.host },
        });
      }
    }
  },
});
