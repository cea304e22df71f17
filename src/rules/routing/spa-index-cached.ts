import { durationOf, fileSent, freshnessOf, type Simulation, type Statement } from "../../semantics/index.ts";
import { askWithoutFiles, placeOf, type ServedApp } from "../../site/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Seconds for which an old page does no harm worth a line. */
const HARMLESS = 600;

/** The page of a single-page app that browsers keep after the next deployment. */
export default defineRule({
  id: "spa-index-cached",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["react.index-not-cached"],
  docs: {
    summary: "The page of a single-page app, kept by browsers beyond the next deployment",
    why: "`index.html` names the scripts of one build. A browser that keeps it goes on asking for scripts that the next deployment has removed: users see an old version, or a white page, until the time is over, and nobody can call it back. The scripts themselves have a hash in their names and may be kept for ever.",
    bad: `server {
    listen 80;
    root /srv/shop/frontend/dist;
    expires 30d;
    location / {
        try_files $uri $uri/ /index.html;
    }
}
`,
    good: `server {
    listen 80;
    root /srv/shop/frontend/dist;
    location / {
        try_files $uri $uri/ /index.html;
    }
    location = /index.html {
        expires -1;
    }
    location /assets/ {
        expires 1y;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_headers_module.html#expires",
      "https://www.rfc-editor.org/rfc/rfc9111.html#section-4.2.1",
    ],
  },
  scope: "server",
  check({ server, site, report, met }) {
    for (const app of site.apps(server)) {
      const told = new Set<Statement>();
      const kept = pagesOf(app).flatMap(({ uri, simulation }) => {
        const freshness = freshnessOf(simulation.responseHeaders);
        return freshness.kind === "seconds" && freshness.seconds > HARMLESS
          ? [{ uri, simulation, ...freshness }]
          : [];
      });
      const place = placeOf(app);
      if (kept.length === 0 && place !== null) met(place);
      for (const { uri, simulation, seconds, header } of kept) {
        const { statement, name, value } = header;
        if (statement === null || told.has(statement)) continue;
        told.add(statement);
        const { location } = simulation;
        report({
          at: statement,
          message: `Browsers keep the app's page for ${durationOf(seconds)} (\`${name}: ${value}\`): after a deployment they go on asking for scripts that are gone.`,
          help: "send the page with `expires -1;` in a `location = /index.html` of its own, and keep the long time for scripts with a hash in their names",
          witness: { kind: "request", value: `GET ${uri}` },
          related:
            location === null || location.context === statement.context
              ? []
              : [{ at: location.statement, message: `${codeOf(location.statement)} sends the page` }],
        });
      }
    }
  },
});

function pagesOf(app: ServedApp) {
  const { prefix, folder } = app;
  const pages: { readonly uri: string; readonly simulation: Simulation }[] = [];
  for (const uri of [prefix, `${prefix}dashboard`, `${prefix}index.html`]) {
    const simulation = askWithoutFiles(app, uri);
    if (simulation !== null && fileSent(simulation)?.startsWith(folder)) pages.push({ uri, simulation });
  }
  return pages;
}
