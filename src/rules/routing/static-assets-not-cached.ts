import {
  type Configuration,
  durationOf,
  type Freshness,
  freshnessOf,
  type Statement,
} from "../../semantics/index.ts";
import { type Asset, assetsOf, placeOf, type ServedApp } from "../../site/index.ts";
import { type Confidence, defineRule, type Report } from "../rule.ts";
import { capitalized, titleOf } from "../wording.ts";
import { besides, lifetimeHelp } from "./lifetime.ts";

/** Seconds from which on nobody asks for more. */
const LONG = 7 * 86_400;

/** Scripts whose names change with their content, for which browsers ask at every visit. */
export default defineRule({
  id: "static-assets-not-cached",
  category: "routing",
  severity: "info",
  confidence: "medium",
  presets: ["django-react"],
  checklist: ["react.assets-cached"],
  docs: {
    summary: "Browsers do not cache assets with a hash in their names",
    why: "Build tools put a hash of the content into the names of scripts and stylesheets: `main.3f2a91bc.js` never changes. Without a lifetime, browsers revalidate each of them at the next visit, only to learn that nothing changed.\n\n`expires 1y;` alone is enough; an `add_header` beside it discards the headers of the outer levels.",
    bad: `events {}
http {
    server {
        listen 80;
        root /srv/shop/frontend/dist;
        location / {
            try_files $uri $uri/ /index.html;
        }
        location /assets/ {
            try_files $uri =404;
        }
    }
}
`,
    good: `events {}
http {
    server {
        listen 80;
        root /srv/shop/frontend/dist;
        location / {
            try_files $uri $uri/ /index.html;
        }
        location /assets/ {
            try_files $uri =404;
            expires 1y;
        }
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_headers_module.html#expires",
      "https://www.rfc-editor.org/rfc/rfc8246.html",
    ],
  },
  scope: "server",
  check({ server, site, configuration, report, met, untold }) {
    for (const app of site.apps(server)) {
      const [first, ...others] = assetsOf(app);
      if (first === undefined) continue;
      const place = first.location?.statement ?? placeOf(app);
      if (place === null) continue;
      if ([first, ...others].some(({ sent }) => isLong(freshnessOf(sent.responseHeaders)))) met(place);
      else {
        const found = judge(app, first, place, configuration);
        if (found === null || found.confidence === "low")
          untold({ at: place, reason: `a part was not read: look at \`Cache-Control\` of \`${first.uri}\`` });
        if (found !== null) report(found);
      }
    }
  },
});

const WANTED = {
  expires: "1y",
  cacheControl: "public, max-age=31536000, immutable",
  what: "scripts and styles",
};

function judge(app: ServedApp, first: Asset, place: Statement, configuration: Configuration): Report | null {
  const freshness = freshnessOf(first.sent.responseHeaders);
  const isOwn = first.location !== app.location;
  const said = freshness.kind === "seconds" ? freshness : null;
  if (said === null && place.context.hidden) return null;
  const folder = first.uri.slice(0, first.uri.indexOf("/", app.prefix.length) + 1);
  const around = isOwn ? null : (line: string) => `location ${folder} { try_files $uri =404; ${line} }`;
  return {
    at: said?.header.statement ?? place,
    message: `${capitalized(titleOf(place.block ?? place.context))} sends scripts with a hash in their names ${said === null ? "without a lifetime" : said.seconds === 0 ? `with \`${said.header.value}\`` : `to be cached for only ${durationOf(said.seconds)}`}: browsers ask for every one again although it cannot have changed.`,
    help:
      (said === null
        ? null
        : lifetimeHelp(
            said.header,
            { ...WANTED, around },
            app.server.at(first.location).context,
            configuration,
          )) ??
      (around === null
        ? "write `expires 1y;` here"
        : `write \`${around("expires 1y;")}\`${besides(app.server.at(first.location))}, or the folder your build tool puts scripts in`),
    confidence: confidenceOf(configuration.fragment, said !== null, isOwn),
    witness: { kind: "request", value: `GET ${first.uri}` },
  };
}

function isLong(freshness: Freshness): boolean {
  return freshness.kind === "unknown" || (freshness.kind === "seconds" && freshness.seconds >= LONG);
}

/** Around a fragment something may set a lifetime for all. */
function confidenceOf(isFragment: boolean, isSaid: boolean, isOwn: boolean): Confidence {
  if (isFragment && !isSaid) return "low";
  return isOwn ? "high" : "medium";
}
