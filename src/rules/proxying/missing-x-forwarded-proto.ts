import type { Statement } from "../../semantics/index.ts";
import { isExporter } from "../../site/index.ts";
import { defineRule, type Report } from "../rule.ts";
import { schemeTold } from "./scheme-header.ts";
import { groupsOf, judgeMissing, type Missing, reportOf } from "./scheme-missing.ts";
import { judgeValue } from "./scheme-value.ts";

/** Applications that are not told, or are told wrongly, whether the client came by HTTPS. */
export default defineRule({
  id: "missing-x-forwarded-proto",
  category: "proxying",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["django.proxy-headers"],
  fix: "unsafe",
  reveals: ["forwarded-header-passthrough"],
  docs: {
    summary: "An application is not told the client's scheme in `X-Forwarded-Proto`",
    why: "nginx terminates TLS, so the application sees plain HTTP unless a header says otherwise. Django's `SECURE_PROXY_SSL_HEADER`, and similar settings elsewhere, read `X-Forwarded-Proto`: without it `SECURE_SSL_REDIRECT` redirects forever, cookies lack `Secure`, and links in pages and mails begin with `http:`. If nginx does not set the header, it passes on what the client sent, so clients can fake it.\n\nHeaders are inherited all or nothing: one `proxy_set_header` in a location discards all those of the outer level.",
    bad: "server {\n    listen 443 ssl;\n    location / {\n        proxy_set_header Host $host;\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n",
    good: "server {\n    listen 443 ssl;\n    location / {\n        proxy_set_header Host $host;\n        proxy_set_header X-Forwarded-Proto $scheme;\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n",
    references: [
      "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header",
      "https://docs.djangoproject.com/en/stable/ref/settings/#secure-proxy-ssl-header",
    ],
  },
  check(context) {
    const { model, report, unmet, site, assume } = context;
    const missing: Missing[] = [];
    const wrong = new Map<Statement["directive"], { report: Report; passes: Statement[] }>();
    for (const pass of site.passesForClients) {
      const place = model.place(pass.context);
      const told = schemeTold(place);
      if (told.kind === "missing") missing.push(judgeMissing(pass, place, context));
      if (told.kind !== "values" || place.server === null) continue;
      for (const { statement, value } of told.values) {
        const known = wrong.get(statement.directive);
        if (known !== undefined) known.passes.push(pass);
        else {
          const found = judgeValue(statement, value, place.server.server, context, site.edge);
          if (found !== null) wrong.set(statement.directive, { report: found, passes: [pass] });
        }
      }
    }
    for (const group of groupsOf(missing)) report(reportOf(group, context));
    for (const { pass, confidence } of missing) {
      const behind = site.backendOf(pass);
      const isOwn =
        behind.kind === "application" && behind.sure && !isExporter(pass) && !pass.context.has("internal");
      // What a proxy in front says is passed on.
      if (confidence === "low" && isOwn && assume.edge !== false)
        unmet({ at: pass, why: "without `X-Forwarded-Proto`", concerns: [pass.context] });
    }
    for (const { report: found, passes } of wrong.values()) {
      const sent = passes.map((at) => ({ at, message: "sent here" }));
      const concerns = passes.map((pass) => pass.context);
      report({ ...found, concerns, related: [...(found.related ?? []), ...sent] });
    }
  },
});
