import {
  askServer,
  type Configuration,
  effective,
  fileBaseOf,
  handlerOf,
  type Location,
  type Server,
  type Statement,
} from "../../semantics/index.ts";
import { djangoEvidence, proxiedBy } from "../../site/index.ts";
import { type Confidence, defineRule, type Report } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Files of Django's that somebody asks for. */
const KINDS = [
  {
    name: "static",
    pattern: /^\^?\/(?:[\w-]+\/)*(?:[\w-]*[-_])?static(?:files)?\/?$/,
    tail: "admin/css/base.css",
  },
  {
    name: "media",
    pattern: /^\^?\/(?:[\w-]+\/)*(?:[\w-]*[-_])?(?:media|uploads)\/?$/,
    tail: "avatars/1.jpg",
  },
] as const;

type Kind = (typeof KINDS)[number];

/** Files that Python hands out, one worker each, although they lie on disk. */
export default defineRule({
  id: "django-static-served-by",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["static.django-static-alias", "static.media-alias"],
  docs: {
    summary: "Django's static and uploaded files are served from disk, not by Gunicorn",
    why: "With `DEBUG = False` Django does not serve static files at all: the admin comes without its styles. Where it does (WhiteNoise, a view of one's own) every stylesheet and image keeps a worker busy that could answer a request. nginx sends files from disk without asking anybody.\n\nIf WhiteNoise is what you want, switch this rule off.",
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
  check({ configuration, report }) {
    const told = new Set<string>();
    for (const server of configuration.servers) {
      if (server.context.incomplete) continue;
      for (const kind of KINDS) {
        for (const { found, key } of judge(configuration, server, kind)) {
          if (told.has(key)) continue;
          told.add(key);
          report(found);
        }
      }
    }
  },
});

interface Judged {
  readonly found: Report;
  /** One cause in a file that several servers include. */
  readonly key: string;
}

function* judge(configuration: Configuration, server: Server, kind: Kind): Generator<Judged> {
  const written = [...server.allLocations()].filter(
    ({ modifier, pattern }) => modifier !== "=" && modifier !== "@" && kind.pattern.test(pattern),
  );
  // Uploads that the application guards come back as X-Accel-Redirect.
  if (kind.name === "media" && keepsFilesInternal(server)) return;
  for (const location of written) {
    const uri = `${location.pattern.replace(/^\^/, "").replace(/\/$/, "")}/${kind.tail}`;
    const pass = applicationAsked(configuration, server, uri, location);
    if (pass === null) continue;
    const evidence = djangoEvidence(configuration, server, pass);
    const confidence: Confidence = evidence > 1 ? "high" : evidence > 0 ? "medium" : "low";
    yield describe(kind, uri, pass, location.statement, confidence);
  }
  if (kind.name !== "static" || server.partial || written.length > 0 || hasFilesOf(server)) return;
  const uri = `/static/${kind.tail}`;
  const pass = applicationAsked(configuration, server, uri, null);
  if (pass === null || djangoEvidence(configuration, server, pass) < 2) return;
  yield describe(kind, uri, pass, pass, "medium");
}

/** The pass that a request for an existing file ends at; null where it is sent from disk, or by somebody else. */
function applicationAsked(
  configuration: Configuration,
  server: Server,
  uri: string,
  location: Location | null,
): Statement | null {
  const simulation = askServer(configuration, server, uri, () => "file");
  const by = simulation?.outcome.by ?? null;
  if (simulation === null || by === null || !/^(proxy|uwsgi|fastcgi|scgi)$/.test(simulation.outcome.kind))
    return null;
  // Another location takes it: that is told as such.
  if (location !== null && simulation.location !== location) return null;
  if (by.name === "proxy_pass" && proxiedBy(by, configuration).kind !== "application") return null;
  return isCached(by) ? null : by;
}

/** nginx keeps the answers: the application is asked once. */
function isCached({ name, context }: Statement): boolean {
  const cache = effective(context, name.replace("_pass", "_cache")).statements.at(-1)?.args[0];
  return cache !== undefined && cache !== "off";
}

/** Some location gives out static files from disk. */
function hasFilesOf(server: Server): boolean {
  return [...server.allLocations()].some(
    ({ pattern, context }) =>
      handlerOf(context).kind === "static" &&
      (context.has("alias") || context.has("root") || context.has("try_files") || context.has("expires")) &&
      (/static|assets|\(?(?:css|js)\|/.test(pattern) || /static/.test(fileBaseOf(context).path)),
  );
}

function keepsFilesInternal(server: Server): boolean {
  return [...server.allLocations()].some(
    ({ context, isNamed }) =>
      !isNamed && context.has("internal") && (context.has("alias") || context.has("root")),
  );
}

function describe(kind: Kind, uri: string, pass: Statement, at: Statement, confidence: Confidence): Judged {
  const prefix = uri.slice(0, -kind.tail.length);
  const consequence =
    kind.name === "static"
      ? "with `DEBUG = False` Django does not serve them, and the admin has no styles; where it does, each of them takes a worker"
      : "each of them takes a worker of the application";
  const folder = kind.name === "static" ? "STATIC_ROOT" : "MEDIA_ROOT";
  return {
    key: `${kind.name} ${at.file.name} ${at.directive.start}`,
    found: {
      at,
      message: `Files below \`${prefix}\` are asked of the application (${codeOf(pass)}) and not taken from disk: ${consequence}.`,
      help: `write \`location ${prefix} { alias …/; }\` with the directory of \`${folder}\``,
      confidence,
      witness: { kind: "request", value: `GET ${uri}` },
      ...(at === pass ? {} : { related: [{ at: pass, message: "asks the application" }] }),
    },
  };
}
