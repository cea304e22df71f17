import { fileSent, type Location, type Statement, type VirtualServer } from "../../semantics/index.ts";
import { type App, appsOf, askWithoutFiles, type Evidence, type Fallback } from "../../site/index.ts";
import { replaceArgument } from "../fix.ts";
import { appendInside } from "../fix-lines.ts";
import { insertBeside, insertSetting } from "../fix-lists.ts";
import { type Anchor, type Confidence, defineRule, type Edit, type Fix, type Report } from "../rule.ts";

/** A single-page app whose own addresses are answered with 404 when they are opened directly. */
export default defineRule({
  id: "spa-missing-try-files",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["react.try-files"],
  fix: "unsafe",
  docs: {
    summary: "Addresses of a single-page app get 404 when they are opened or reloaded",
    why: "The pages of a single-page app exist only in the browser: there is no file `/dashboard` on disk. Without a fallback to `index.html`, every link from outside and every reload gets 404. Locations do not inherit `try_files`: one at server level applies only to requests that no location takes.",
    bad: `server {
    listen 80;
    root /srv/shop/frontend/dist;
    index index.html;
    location / {
    }
    location /api/ {
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    good: `server {
    listen 80;
    root /srv/shop/frontend/dist;
    index index.html;
    location / {
        try_files $uri $uri/ /index.html;
    }
    location /api/ {
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files"],
  },
  scope: "server",
  check({ server, site, assume, report, met, isMetUnheard }) {
    const mayFail = ({ kind }: Fallback) => kind !== "unknown" && (kind !== "fine" || isMetUnheard !== true);
    const failing = new Set<Location | null>();
    for (const app of appsOf(server, assume.spa ?? [], mayFail)) {
      const found = judge(server, app);
      if (found === null) met(placeOf(app, server));
      else {
        failing.add(app.location);
        report(found);
      }
    }
    if (isMetUnheard === true) return;
    // The fallback alone shows an app that nothing else speaks for.
    for (const app of site.apps(server)) {
      const sent = askWithoutFiles(app, `${app.prefix}dashboard`);
      const place = placeOf(app, server);
      if (!failing.has(app.location) && sent !== null && fileSent(sent)?.startsWith(app.folder)) met(place);
    }
  },
});

function placeOf({ location }: Pick<App, "location">, { context, model }: VirtualServer): Anchor {
  const whole = { file: model.configuration.tree.entry, start: 0, end: 0 };
  return location?.statement ?? context.opener ?? whole;
}

function judge(server: VirtualServer, app: App): Report | null {
  const { location, uri, evidence, fallback } = app;
  if (fallback.kind === "none" && isAnswered(server, uri)) return null;
  switch (fallback.kind) {
    case "fine":
    case "unknown":
      return null;
    case "none":
      return noFallback(server, app, fallback);
    case "relative":
      return {
        at: fallback.by,
        message: `The fallback \`${fallback.target}\` is a URI without its slash: nginx joins it to \`root\` without a slash and finds no file, so links to \`${uri}\` and reloads of it get 404.`,
        help: `write \`/${fallback.target}\` as the last argument`,
        ...lastFix(fallback.by, `/${fallback.target}`),
        witness: { kind: "uri", value: uri },
      };
    case "regex-alias":
      return {
        at: fallback.by,
        message: `\`try_files\` beside \`alias\` in a regex location appends the whole URI to the path that \`alias\` has already completed: it finds no file, and the fallback \`${fallback.target}\` ends in a loop (500) or at another page.`,
        help: "use a prefix location with `alias`, or `root`",
        witness: { kind: "uri", value: uri },
      };
    case "elsewhere":
      if (!evidence.ownPath && location?.pattern !== "/" && location !== null) return null;
      return wrongPage(server, app, fallback);
  }
}

/** Lived through, the request for an address of the app is answered after all. */
function isAnswered(server: VirtualServer, uri: string): boolean {
  const { outcome } = server.ask(uri, {
    files: (path) => (/dashboard\/?$/.test(path) ? "missing" : "file"),
  });
  return outcome.status !== null && outcome.status < 400;
}

function noFallback(server: VirtualServer, app: App, { by }: Fallback & { kind: "none" }): Report {
  const { location, uri, evidence } = app;
  const { path, replaces } = server.at(location).files;
  const place = location === null ? "The server" : `\`${location.title}\``;
  const outer = location === null ? undefined : server.context.last("try_files");
  const page = replaces === 0 ? "/index.html" : `${location?.pattern.replace(/\/$/, "")}/index.html`;
  const confidence = confidenceOf(server, evidence);
  const serves = confidence === "low" ? "seems to serve" : "serves";
  const end = by === null ? "has no fallback" : `falls back to \`${by.args.at(-1)}\``;
  return {
    at: by ?? placeOf(app, server),
    message: `${place} ${serves} a single-page app from \`${path}\` and ${end}: links to \`${uri}\` and reloads of it get 404.`,
    help: `write \`try_files $uri $uri/ ${page};\`${location === null ? "" : " in this location"}`,
    confidence,
    ...(evidence.score < 2 ? {} : by === null ? fallbackFix(server, app, page) : lastFix(by, page)),
    witness: { kind: "uri", value: uri },
    related:
      by === null && outer !== undefined ? [{ at: outer, message: "not inherited by a location" }] : [],
  };
}

/** A line of its own, behind the folder. */
function fallbackFix({ context: outer }: VirtualServer, { location }: App, page: string): { fix?: Fix } {
  const line = `try_files $uri $uri/ ${page};`;
  const context = location?.context ?? outer;
  const { opener } = context;
  if (context.has("try_files") || context.readings > 1) return {};
  const edit: Edit | null =
    insertBeside(context, ["root", "alias", "index"], [line]) ??
    (location === null ? insertSetting(context, line) : opener && appendInside(opener, [line]));
  return edit === null
    ? {}
    : { fix: { description: `fall back to \`${page}\``, safe: false, edits: [edit] } };
}

/** Another page at the end of `try_files`. */
function lastFix(by: Statement, page: string): { fix?: Fix } {
  const last = by.directive.args.length - 1;
  if (by.name !== "try_files" || last < 1 || by.directive.args[last]?.quote !== "none") return {};
  const edits = [replaceArgument(by, last, page)];
  return { fix: { description: `fall back to \`${page}\``, safe: false, edits } };
}

/** What stands around a location that is handed alone may hold the fallback. */
function confidenceOf({ model }: VirtualServer, { score }: Evidence): Confidence {
  if (score < 2) return "low";
  const { kind } = model.configuration.root;
  return score > 2 && kind !== "server" && kind !== "location" ? "high" : "medium";
}

function wrongPage(
  server: VirtualServer,
  { location, uri }: App,
  { by, target, winner, got }: Fallback & { kind: "elsewhere" },
): Report {
  const taker = winner === null ? "the server itself" : `\`${winner.title}\``;
  const base = location === null ? null : server.at(location).files;
  const isAlias = base?.statement?.name === "alias";
  const page = `${location?.pattern.replace(/\/$/, "")}${target}`;
  return {
    at: by,
    message: `The fallback \`${target}\` is a URI that ${taker} takes, so \`${uri}\` gets \`${got}\`, not the page in \`${base?.path}\`.`,
    help: isAlias
      ? `write the whole URI: \`${page}\``
      : `use the same \`root\` for both, for example by moving it to the server`,
    ...(isAlias ? lastFix(by, page) : {}),
    related: winner === null ? [] : [{ at: winner.statement, message: `takes \`${target}\`` }],
    witness: { kind: "uri", value: uri },
  };
}
