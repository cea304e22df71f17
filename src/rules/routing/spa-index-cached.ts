import {
  durationOf,
  type Freshness,
  fileSent,
  freshnessOf,
  type Simulation,
  type Statement,
} from "../../semantics/index.ts";
import { askWithoutFiles, placeOf, type ServedApp } from "../../site/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";
import { besides, lifetimeHelp } from "./lifetime.ts";

const WANTED = { expires: "-1", cacheControl: "no-cache", what: "the page" } as const;

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
    summary: "Browsers cache the page of a single-page app beyond the next deployment",
    why: "`index.html` names the scripts of one build. A browser that caches it keeps requesting scripts that the next deployment removed: users see an old version or a blank page until the time is up, and you cannot recall it. The scripts themselves have a hash in their names and may be cached forever.",
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
  check({ server, site, configuration, report, met, unmet, untold }) {
    for (const app of site.apps(server)) {
      const told = new Set<Statement>();
      const kept = pagesOf(app).flatMap(({ uri, simulation }) => {
        const freshness = freshnessOf(simulation.responseHeaders);
        return freshness.kind === "seconds" && freshness.seconds > HARMLESS
          ? [{ uri, simulation, ...freshness }]
          : [];
      });
      const place = placeOf(app);
      const saying = (kind: Freshness["kind"]) =>
        pagesOf(app).find(({ simulation }) => freshnessOf(simulation.responseHeaders).kind === kind)?.uri;
      const [silent, open] = [saying("unsaid"), saying("unknown")];
      if (kept.length === 0 && place !== null) {
        // Browsers keep a page without a word for a tenth of its age; around a part somebody may say it.
        if (silent !== undefined && !configuration.fragment)
          unmet({ at: place, why: `GET ${silent} is sent without \`Cache-Control\`` });
        else if (silent !== undefined)
          untold({ at: place, reason: `a part was not read: look at \`Cache-Control\` of \`${silent}\`` });
        else if (open !== undefined)
          untold({
            at: place,
            reason: `a variable decides: look at \`Cache-Control\` in \`curl -sI …${open}\``,
          });
        else met(place);
      }
      for (const { uri, simulation, seconds, header } of kept) {
        const { statement, name, value } = header;
        if (statement === null || told.has(statement)) continue;
        told.add(statement);
        const { location } = simulation;
        // It is the page's own already.
        const around = location?.isExact
          ? null
          : (line: string) => `location = ${app.prefix}index.html { ${line} }`;
        report({
          at: statement,
          message: `Browsers cache the app's page for ${durationOf(seconds)} (\`${name}: ${value}\`): after a deployment they keep requesting scripts that no longer exist.`,
          help:
            lifetimeHelp(header, { ...WANTED, around }, server.at(location).context, configuration) ??
            `send the page with \`expires -1;\` in a separate \`location = ${app.prefix}index.html\`${besides(server.at(location))}, and keep the long lifetime for scripts with a hash in their names`,
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

/** The answers with the app's page: not those with a page of the same name in a folder below. */
function pagesOf(app: ServedApp) {
  const { prefix, folder } = app;
  const pages: { readonly uri: string; readonly simulation: Simulation }[] = [];
  for (const uri of [prefix, `${prefix}dashboard`, `${prefix}index.html`]) {
    const simulation = askWithoutFiles(app, uri);
    const path = simulation === null ? null : fileSent(simulation);
    if (simulation !== null && path?.slice(0, path.lastIndexOf("/") + 1) === folder)
      pages.push({ uri, simulation });
  }
  return pages;
}
