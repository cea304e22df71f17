import { defineRule } from "../rule.ts";
import { capitalized, codeOf, titleOf } from "../wording.ts";

/** Rules behind one that already decides for everybody. */
export default defineRule({
  id: "deny-before-allow",
  category: "access",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  directives: ["deny"],
  docs: {
    summary: "An access rule follows one that decides for everyone",
    why: "nginx applies the first rule that matches. After `deny all` it checks no `allow`, so nobody gets in; after `allow all` it checks no `deny`, so everyone gets in.",
    bad: `events {}
http {
    server {
        listen 80;
        server_name shop.example;
        root /srv/www;
        location /admin/ {
            deny all;
            allow 10.0.0.0/8;
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
        location /admin/ {
            allow 10.0.0.0/8;
            deny all;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_access_module.html"],
  },
  check({ model, report }) {
    const told = new Set<unknown>();
    for (const place of model.places) {
      const { statements, from } = place.list("allow", "deny");
      if (from !== place.context) continue;
      const index = statements.findIndex(({ args }) => args[0] === "all");
      const decider = statements[index];
      const lost = statements.slice(index + 1).filter(({ name }) => name !== decider?.name);
      const [first] = lost;
      if (decider === undefined || first === undefined || told.has(first.directive)) continue;
      told.add(first.directive);
      const isClosed = decider.name === "deny";
      report({
        at: first,
        message: `${codeOf(first)} is never checked: ${codeOf(decider)} comes first, so ${isClosed ? "nobody has access to" : "everyone has access to"} ${titleOf(place.context)}.`,
        help: `move ${codeOf(decider)} after the others`,
        related: [
          { at: decider, message: `${capitalized(isClosed ? "refuses" : "allows")} everyone` },
          ...lost.slice(1).map((at) => ({ at, message: "never checked either" })),
        ],
      });
    }
  },
});
