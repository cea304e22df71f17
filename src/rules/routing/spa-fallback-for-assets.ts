import { isFilledIn } from "../../parser/index.ts";
import type { Simulation, Statement } from "../../semantics/index.ts";
import { durationOf, fileSent, freshnessOf } from "../../semantics/index.ts";
import { type Asset, askWithoutFiles, assetsOf, placeOf, type ServedApp } from "../../site/index.ts";
import { defineRule, type Report } from "../rule.ts";
import { codeOf } from "../wording.ts";
import { besides } from "./lifetime.ts";

/** Scripts that are gone and for which the page is sent, as if it were them. */
export default defineRule({
  id: "spa-fallback-for-assets",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["django-react"],
  docs: {
    summary: "A deleted script returns `index.html` with status 200",
    why: "`try_files $uri /index.html` answers everything that is not a file with the page, including a script of the previous build that a browser still requests after a deployment. It gets HTML with status 200 instead of JavaScript, reports `Unexpected token '<'` and shows a blank page; monitoring sees only 200. If such responses also get a long lifetime, browsers and CDNs cache the HTML under the script's name.",
    bad: `server {
    listen 80;
    root /srv/shop/frontend/dist;
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
    location /assets/ {
        try_files $uri =404;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files"],
  },
  scope: "server",
  check({ server, site, report, met }) {
    for (const app of site.apps(server)) {
      const asset = lostAsset(app);
      const cause = asset === null ? null : causeOf(asset.gone);
      const place = placeOf(app);
      if (asset !== null && cause !== null) report(describe(app, asset, cause));
      else if (asset === null && place !== null) met(place);
    }
  },
});

/** A script, and the answer when it is not there. */
interface LostAsset extends Asset {
  readonly gone: Simulation;
}

function lostAsset(app: ServedApp): LostAsset | null {
  // Where a template says what is looked for, nobody knows.
  const { context } = app.server;
  if (
    ["root", "alias", "try_files"].some((name) =>
      context.allBelow(name).some(({ args }) => args.some(isFilledIn)),
    )
  )
    return null;
  const assets = assetsOf(app).flatMap((asset) => {
    const gone = askWithoutFiles(app, asset.uri);
    return gone === null ? [] : [{ ...asset, gone }];
  });
  const lost = assets.filter(({ gone }) => fileSent(gone)?.startsWith(app.folder));
  // Where the app's own location takes them all, one that is refused shows what the others would get.
  const isEnough = assets.some(({ location }) => location !== app.location) || lost.length === assets.length;
  return isEnough ? (lost[0] ?? null) : null;
}

/** The directive that leads away from the script. Behind it the page itself is looked for. */
function causeOf({ trace }: Simulation): Statement | null {
  const step =
    trace.find(({ phase }) => phase === "try-files" || phase === "error-page") ??
    trace.findLast(({ phase }) => phase === "rewrite" || phase === "server-rewrite");
  return step?.statement ?? null;
}

function describe(app: ServedApp, { uri, location, gone }: LostAsset, cause: Statement): Report {
  const freshness = freshnessOf(gone.responseHeaders);
  const isKept = freshness.kind === "seconds" && freshness.seconds >= 3600;
  const kept = isKept ? `, cached for ${durationOf(freshness.seconds)}` : "";
  const folder = uri.slice(0, uri.indexOf("/", app.prefix.length) + 1);
  return {
    at: cause,
    message: `A deleted script, such as \`${uri}\` after a deployment, returns \`index.html\` with status 200${kept}: the browser gets HTML instead of JavaScript, and users see a blank page.`,
    help:
      location === app.location
        ? `write \`location ${folder} { try_files $uri =404; }\`${besides(app.server.at(location))}, or the folder your build tool puts scripts in`
        : "write `try_files $uri =404;` here",
    witness: { kind: "request", value: `GET ${uri}` },
    related:
      isKept && freshness.header.statement !== null
        ? [{ at: freshness.header.statement, message: `${codeOf(freshness.header.statement)} applies to it` }]
        : [],
  };
}
