import type { Location, Statement, VirtualServer } from "../../semantics/index.ts";
import { defineRule, type Report } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Paths that upstreams do not know, since the name of the location and the path of `proxy_pass` do not fit together. */
export default defineRule({
  id: "proxy-pass-slash",
  category: "proxying",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "A location and the path in its `proxy_pass` are joined with one slash too many, or none",
    why: "If `proxy_pass` has a path, nginx replaces the location's prefix with it and keeps the rest: `location /api` with `http://app/` requests `//users`, `location /api/` with `http://app/v1` requests `/v1users`. Applications answer both with 404, or redirect to another host. With a variable in `proxy_pass`, nginx requests exactly its path, whatever the client requested.",
    bad: `server {
    listen 80;
    location /api {
        proxy_pass http://127.0.0.1:8000/;
    }
}
`,
    good: `server {
    listen 80;
    location /api/ {
        proxy_pass http://127.0.0.1:8000/;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass"],
  },
  scope: "server",
  check({ server, report }) {
    const told = new Set<unknown>();
    for (const location of server.locations) {
      const { handler } = server.at(location);
      if (handler.kind !== "pass" || handler.pass !== "proxy_pass") continue;
      const problem = problemOf(location, handler.statement, server);
      if (problem === null || told.has(problem.at)) continue;
      told.add(problem.at);
      report(problem);
    }
  },
});

const TAIL = "users";

function problemOf(location: Location, pass: Statement, server: VirtualServer): Report | null {
  // Of an exact name nothing is left over; `/user-`, `/@` and `/app.js` are no folders.
  if (location.isExact || location.isNamed || !/(^|[\w/])$/.test(location.literalPrefix)) return null;
  if (location.isPrefix && /\.[a-z]\w{1,4}$/i.test(location.pattern)) return null;
  const base = location.literalPrefix.replace(/\/$/, "");
  if (keepsUri(pass, server) && !base.includes("//")) return null;
  const uri = `${base}/${TAIL}`;
  const asked = askedFor(uri, location, pass, server);
  if (asked === null) return null;
  const [path = ""] = asked.split("?");
  const rewrite = location.context.last("rewrite");
  const witness = { kind: "request", value: `GET ${uri}` } as const;
  if (path.includes("//")) {
    const at = rewrite ?? pass;
    return {
      at,
      message: `${codeOf(at)} requests \`${path}\` from the upstream for \`${uri}\`: one slash too many.`,
      help:
        rewrite === undefined
          ? helpOf(location, pass)
          : `write the slash once: \`rewrite ^${base}/(.*)$ /$1 break;\``,
      confidence: "medium",
      related: [{ at: location.statement, message: "without a slash at its end" }].filter(
        () => location.isPrefix && rewrite === undefined,
      ),
      witness,
    };
  }
  if (path.endsWith(TAIL) && /\w/.test(path.charAt(path.length - TAIL.length - 1))) {
    const at = rewrite ?? pass;
    // One page, whatever stands behind its name.
    if (rewrite === undefined && isOnePage(pass.args[0] ?? "")) return null;
    return {
      at,
      message: `${codeOf(at)} requests \`${path}\` from the upstream for \`${uri}\`: a slash is missing.`,
      help:
        rewrite === undefined
          ? `write \`proxy_pass ${pass.args[0] ?? ""}/;\``
          : "write a slash before what the regex captures",
      witness,
    };
  }
  if (!(pass.args[0] ?? "").includes("$") || !path.endsWith("/")) return null;
  if (askedFor(`${base}/other?id=1`, location, pass, server) !== asked) return null;
  return {
    at: pass,
    message: `${codeOf(pass)} requests \`${asked}\` from the upstream for every URI: with a variable nginx adds nothing to the path.`,
    help: `leave the path out, and strip the location's prefix with \`rewrite ^${base}/(.*)$ /$1 break;\` if the upstream does not expect it`,
    witness,
  };
}

/** The upstream is asked for what the client asked for: no need to try it. */
function keepsUri(pass: Statement, { context }: VirtualServer): boolean {
  if (!/^https?:\/\/[^/$?#]*$/i.test(pass.args[0] ?? "")) return false;
  if (context.allBelow("rewrite").length > 0) return false;
  return context.outward().every((around) => !around.has("rewrite"));
}

/** What the upstream is asked for; null where the request goes elsewhere, or nobody can say. */
function askedFor(uri: string, location: Location, pass: Statement, server: VirtualServer): string | null {
  const { outcome, location: answering, trace } = server.ask(uri, { files: () => "missing" });
  if (outcome.kind !== "proxy" || outcome.by !== pass || answering !== location) return null;
  if (trace.some(({ phase }) => phase === "internal-redirect" || phase === "error-page")) return null;
  const asked = outcome.uri ?? "";
  // What requests decide, a client's own words, or a query that the rest belongs to.
  return asked.split("?")[0]?.includes("$") || (pass.args[0] ?? "").includes("?") ? null : asked;
}

function isOnePage(url: string): boolean {
  const path = url.replace(/^\w+:\/\/[^/]*/, "");
  return /\.\w+$/.test(path) || /(status|health\w{0,40}|metrics|ping)$/i.test(path);
}

function helpOf(location: Location, pass: Statement): string {
  const url = pass.args[0] ?? "";
  const path = url.replace(/^\w+:\/\/(unix:[^:]*:|[^/]*)/, "");
  if (path === `${location.pattern}/`)
    return `leave the path out: \`proxy_pass ${url.slice(0, -path.length)};\``;
  return `write \`location ${location.stopsRegexes ? "^~ " : ""}${location.literalPrefix}/\``;
}
