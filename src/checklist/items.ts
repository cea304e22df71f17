/** The items of the deployment guide's checklist, and how each is decided. */

export type Decision =
  /** No file can tell; the reason says what to run or where to look. */
  | { readonly kind: "manual"; readonly reason: string }
  /**
   * By what the rules say that name the item. `silence` is what it means that none of them says anything: the item is kept, what it
   * is about is not there, or nobody can tell.
   */
  | {
      readonly kind: "rules";
      readonly silence: "pass" | "n/a" | "manual";
      /** Why, where the rules are silent. */
      readonly reason: string;
      /** Said where it is kept. */
      readonly note?: string;
      /** It is about TLS: where nobody here speaks it, there is nothing to look for. */
      readonly isForTls?: boolean;
    }
  /** Files of their own, for those who look for something. */
  | { readonly kind: "split" };

/** What settings may say of an item that the files leave open. */
export const ASSUMED_STATUSES = ["pass", "fail", "n/a"] as const;

export type AssumedStatus = (typeof ASSUMED_STATUSES)[number];

export interface ChecklistItem {
  readonly id: string;
  readonly chapter: string;
  readonly title: string;
  readonly decision: Decision;
}

type Silence = Extract<Decision, { readonly kind: "rules" }>;

const manual = (reason: string): Decision => ({ kind: "manual", reason });
const absent = (reason: string): Silence => ({ kind: "rules", silence: "n/a", reason });
const kept = (reason: string): Decision => ({ kind: "rules", silence: "pass", reason });

/** Where the files show that it fails, rules say so; that it is kept, no file tells. */
const untold = (reason: string): Silence => ({ kind: "rules", silence: "manual", reason });

export const NO_TLS = "no server here speaks TLS to the public";
const NO_PAGE = "no page is served to the public";
const NO_APP = "no single-page app is served from here";
const NO_PROXY = "no `proxy_pass` leads to an application";

type Row = readonly [id: string, title: string, decision: Decision];

const CHAPTERS: readonly (readonly [chapter: string, rows: readonly Row[]])[] = [
  [
    "Initial setup",
    [
      ["setup.running", "nginx is installed and running", manual("run `systemctl status nginx`")],
      [
        "setup.default-site",
        "The packaged default site is disabled or replaced",
        kept("the packaged site is not in the tree"),
      ],
      [
        "setup.nginx-t",
        "`nginx -t` passes",
        kept("nothing here keeps nginx from starting; certificates and hosts are not opened"),
      ],
      ["setup.split-files", "The configuration is split into files", { kind: "split" }],
    ],
  ],
  [
    "React frontend",
    [
      ["react.built", "The app is built", manual("run `npm run build`")],
      ["react.copied", "The build is copied to the web root", manual("compare the web root with the build")],
      ["react.try-files", "`try_files` falls back to index.html", absent(NO_APP)],
      ["react.index-not-cached", "index.html is not cached", absent(NO_APP)],
      ["react.assets-cached", "Assets with a hash in their names are cached for long", absent(NO_APP)],
    ],
  ],
  [
    "Django backend",
    [
      [
        "django.gunicorn-bound",
        "Gunicorn listens where nginx looks for it",
        manual("run `ss -ltnp`, or look for its socket"),
      ],
      [
        "django.proxy-pass-matches",
        "`proxy_pass` names Gunicorn's address",
        manual("compare it with `bind` in gunicorn.conf.py"),
      ],
      [
        "django.proxy-headers",
        "Host, X-Real-IP, X-Forwarded-For and X-Forwarded-Proto reach the application",
        absent(NO_PROXY),
      ],
      [
        "django.settings",
        "Django trusts the headers of the proxy",
        manual("look for SECURE_PROXY_SSL_HEADER in the settings"),
      ],
      ["django.proxy-buffering", "Answers of the application are buffered", absent(NO_PROXY)],
      ["django.upstream-keepalive", "Connections to the application are kept", absent(NO_PROXY)],
    ],
  ],
  [
    "Static and media files",
    [
      [
        "static.collectstatic",
        "collectstatic runs before each deployment",
        manual("look into the deployment script"),
      ],
      [
        "static.django-static-alias",
        "Django's static files are served from disk",
        absent("no static files of Django are served"),
      ],
      ["static.media-alias", "Uploads are served from disk", absent("no uploads are served")],
      ["static.permissions", "nginx may read the files", manual("run `namei -l` on a file")],
      [
        "static.executables-blocked",
        "Scripts among static files and uploads are refused",
        absent("neither uploads nor static files of Django are served"),
      ],
    ],
  ],
  [
    "SSL/TLS",
    [
      [
        "tls.certificate",
        "There is a certificate",
        { ...absent(NO_TLS), note: "named here; whether it is valid, a browser tells" },
      ],
      [
        "tls.redirect",
        "Plain HTTP redirects to HTTPS",
        absent("no server here answers plain HTTP beside TLS"),
      ],
      ["tls.http2", "HTTP/2 is on", absent(NO_TLS)],
      ["tls.protocols", "Only TLS 1.2 and 1.3 are accepted", absent(NO_TLS)],
      [
        "tls.stapling",
        "OCSP responses are stapled",
        absent("no certificate whose authority answers OCSP requests (Let's Encrypt does not)"),
      ],
      ["tls.session-cache", "TLS sessions are cached", absent(NO_TLS)],
      [
        "tls.renewal",
        "The certificate renews itself",
        { ...untold("run `certbot renew --dry-run`"), isForTls: true },
      ],
    ],
  ],
  [
    "Security headers",
    [
      ["headers.server-tokens", "The version of nginx is hidden", absent("no server answers")],
      ["headers.hsts", "Strict-Transport-Security is sent", absent(NO_TLS)],
      ["headers.x-frame-options", "X-Frame-Options is sent with the page", absent(NO_PAGE)],
      ["headers.nosniff", "X-Content-Type-Options: nosniff is sent with the page", absent(NO_PAGE)],
      ["headers.referrer-policy", "Referrer-Policy is sent with the page", absent(NO_PAGE)],
      ["headers.csp", "Content-Security-Policy is sent with the page", absent(NO_PAGE)],
      ["headers.hidden-files", "Hidden files are refused", absent("no files are served")],
      ["headers.script-extensions", "Scripts of other languages are refused", absent("no files are served")],
    ],
  ],
  [
    "Rate limiting",
    [
      ["limits.zone", "A zone for limits is defined", absent("nothing here has to be limited")],
      ["limits.api", "The API has a limit", absent("no location is an API")],
      ["limits.auth", "The sign-in has a stricter limit", absent("no location is a sign-in")],
      ["limits.admin", "The administration has a limit", absent("no location is an administration")],
      ["limits.status-429", "Who asks too often gets 429", absent("no limit is in force")],
    ],
  ],
  [
    "Performance",
    [
      ["perf.sendfile", "sendfile, tcp_nopush and tcp_nodelay are on", absent("no files are served")],
      ["perf.gzip", "Text is compressed", absent("nothing here is worth compressing")],
      ["perf.body-size", "The size of uploads is chosen", absent("nothing is handed to an application")],
      ["perf.keepalive-timeout", "Connections of clients are kept for a while", absent("no server answers")],
      [
        "perf.worker-processes",
        "There is a worker for each core",
        absent("only a part of the configuration is known"),
      ],
    ],
  ],
  [
    "Monitoring",
    [
      ["monitoring.metrics", "Metrics are for Prometheus alone", absent("nothing exports metrics")],
      ["monitoring.health", "The health check is open", absent("no location is a health check")],
      [
        "monitoring.request-time",
        "The access log says how long requests took",
        absent("no access log is written"),
      ],
      ["monitoring.json-log", "The access log is JSON", absent("no access log is written")],
    ],
  ],
  [
    "WebSockets",
    [
      [
        "websockets.upgrade",
        "Upgrade and Connection reach the application",
        absent("no location is for WebSocket"),
      ],
      ["websockets.read-timeout", "Silent connections stay open", absent("no location is for WebSocket")],
      [
        "websockets.asgi-server",
        "WebSocket goes to an ASGI server",
        manual("check that Daphne or Uvicorn listens there"),
      ],
    ],
  ],
  [
    "Docker and Kubernetes",
    [
      [
        "deploy.multiproc-dir",
        "PROMETHEUS_MULTIPROC_DIR is set and emptied at start",
        manual("look into the container's entry point"),
      ],
      [
        "deploy.child-exit",
        "Gunicorn reports workers that end",
        manual("look for `child_exit` in gunicorn.conf.py"),
      ],
      [
        "deploy.preload-app",
        "Gunicorn does not preload the application",
        manual("look for `preload_app` in gunicorn.conf.py"),
      ],
      [
        "deploy.static-volume",
        "Both containers share the static files",
        manual("look at the volumes in compose.yaml"),
      ],
      [
        "deploy.volumes-read-only",
        "nginx mounts the volumes read-only",
        manual("look for `:ro` in compose.yaml"),
      ],
    ],
  ],
];

/** Whether no file tells that the item is kept. */
export function isLeftOpen({ decision }: ChecklistItem): boolean {
  return decision.kind === "manual" || (decision.kind === "rules" && decision.silence === "manual");
}

/** Whether there are sites whose files do not tell. */
export function mayBeLeftOpen(item: ChecklistItem): boolean {
  return isLeftOpen(item) || (item.decision.kind === "rules" && item.decision.silence === "n/a");
}

/** All items, in the guide's order. */
export const CHECKLIST_ITEMS: readonly ChecklistItem[] = CHAPTERS.flatMap(([chapter, rows]) =>
  rows.map(([id, title, decision]) => ({ id, chapter, title, decision })),
);
