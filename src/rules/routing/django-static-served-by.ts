import type { Location, Place, Statement, VirtualServer } from "../../semantics/index.ts";
import {
  DJANGO_FILES,
  type DjangoFiles,
  djangoEvidence,
  givesOutAssets,
  isForDjangoFiles,
  type Site,
} from "../../site/index.ts";
import { type Confidence, defineRule, type Report } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Files that Python hands out, one worker each, although they lie on disk. */
export default defineRule({
  id: "django-static-served-by",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["static.django-static-alias", "static.media-alias"],
  docs: {
    summary: "Django serves static or uploaded files instead of nginx",
    why: "With `DEBUG = False`, Django does not serve static files at all: the admin has no styles. Where it does serve them (WhiteNoise, a custom view), every stylesheet and image occupies a worker that could answer a request. nginx sends files straight from disk.\n\nIf you chose WhiteNoise on purpose, switch this rule off.",
    bad: `upstream django {
    server 127.0.0.1:8000;
}
server {
    listen 80;
    location / {
        proxy_pass http://django;
    }
    location /static/ {
        proxy_pass http://django;
    }
}
`,
    good: `upstream django {
    server 127.0.0.1:8000;
}
server {
    listen 80;
    location / {
        proxy_pass http://django;
    }
    location /static/ {
        alias /srv/shop/staticfiles/;
    }
}
`,
    references: [
      "https://docs.djangoproject.com/en/stable/howto/static-files/deployment/",
      "https://nginx.org/en/docs/http/ngx_http_core_module.html#alias",
    ],
  },
  scope: "server",
  check({ server, site, report, met }) {
    if (server.isIncomplete) return;
    for (const files of DJANGO_FILES) {
      for (const { location, uri } of requestsFor(files, server)) {
        const pass = applicationAsked(server, site, uri, location);
        if (pass !== null) {
          const evidence = djangoEvidence(server, pass);
          if (location === null && evidence < 2) continue;
          const confidence: Confidence =
            location === null ? "medium" : evidence > 1 ? "high" : evidence > 0 ? "medium" : "low";
          report({
            ...describe(files, uri, pass, location?.statement ?? pass, confidence),
            items: [files.item],
          });
        } else if (location !== null && server.at(location).handler.kind === "static")
          met(location.statement, [], [files.item]);
      }
    }
  },
});

/** A file of each location that is written for them; where there is none, of the folder that Django uses. */
function requestsFor(files: DjangoFiles, server: VirtualServer) {
  const { name, tail } = files;
  const written = server.locations.filter((location) => isForDjangoFiles(location, files));
  // Uploads that the application guards come back as X-Accel-Redirect.
  if (name === "media" && server.locations.some(keepsFiles)) return [];
  const requests: { readonly location: Location | null; readonly uri: string }[] = written.map(
    (location) => ({
      location,
      uri: `${location.literalPrefix.replace(/\/$/, "")}/${tail}`,
    }),
  );
  const isUnasked = name !== "static" || server.isPartial || written.length > 0;
  if (isUnasked || server.locations.some((location) => givesOutAssets(server.at(location)))) return requests;
  return [{ location: null, uri: `/static/${tail}` }];
}

/** A page for errors is a file of its own. */
function keepsFiles({ context, isNamed, isExact }: Location): boolean {
  return !isNamed && !isExact && context.has("internal") && (context.has("alias") || context.has("root"));
}

/** The pass that a request for an existing file ends at; null where it is sent from disk, or by somebody else. */
function applicationAsked(
  server: VirtualServer,
  site: Site,
  uri: string,
  location: Location | null,
): Statement | null {
  const simulation = server.answerTo(uri, () => "file");
  const by = simulation?.outcome.by ?? null;
  if (simulation === null || by === null || !/^(proxy|uwsgi|fastcgi|scgi)$/.test(simulation.outcome.kind))
    return null;
  // Another location takes it: that is told as such.
  if (location !== null && simulation.location !== location) return null;
  if (by.name === "proxy_pass" && site.backendOf(by).kind !== "application") return null;
  return isCached(by, server.model.place(by.context)) ? null : by;
}

/** nginx keeps the answers: the application is asked once. */
function isCached({ name }: Statement, place: Place): boolean {
  const [cache = "off"] = place.setting(name.replace("_pass", "_cache")).args;
  return cache !== "off";
}

function describe(
  { name, tail, setting }: DjangoFiles,
  uri: string,
  pass: Statement,
  at: Statement,
  confidence: Confidence,
): Report {
  const prefix = uri.slice(0, -tail.length);
  const consequence =
    name === "static"
      ? "with `DEBUG = False` Django does not serve them, so the admin has no styles; otherwise each one occupies a worker"
      : "each one occupies a worker of the application";
  return {
    at,
    message: `Files below \`${prefix}\` come from the application (${codeOf(pass)}), not from disk: ${consequence}.`,
    help: `write \`location ${prefix} { alias …/; }\` with the path of \`${setting}\``,
    confidence,
    witness: { kind: "request", value: `GET ${uri}` },
    ...(at === pass ? {} : { related: [{ at: pass, message: "passes them to the application" }] }),
  };
}
