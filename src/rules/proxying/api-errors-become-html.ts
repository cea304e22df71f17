import type { Simulation, VirtualServer } from "../../semantics/index.ts";
import { defineRule, type Report } from "../rule.ts";
import { listOf } from "../wording.ts";

/** Errors of an API that arrive as a page. */
export default defineRule({
  id: "api-errors-become-html",
  category: "proxying",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  directives: ["error_page"],
  docs: {
    summary: "An API's errors are replaced by an HTML page",
    why: "With `proxy_intercept_errors on`, nginx discards an upstream's error response and sends the page of `error_page` instead. That suits pages, but an API is affected too: its clients get HTML instead of a JSON message, and with `=200` they even take the error for a success.",
    bad: `server {
    listen 80;
    root /srv/app;
    proxy_intercept_errors on;
    error_page 404 =200 /index.html;
    location /api/ {
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    good: `server {
    listen 80;
    root /srv/app;
    error_page 404 =200 /index.html;
    location /api/ {
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_intercept_errors"],
  },
  scope: "server",
  check({ server, site, report }) {
    if (!hasErrorPage(server)) return;
    const told = new Set<unknown>();
    for (const { kind, uri, place, isGuarded } of site.endpoints(server)) {
      if (isGuarded) continue;
      if (kind !== "api") continue;
      const found = STATUSES.flatMap((status) => pageFor(uri, status, server) ?? []);
      const [first] = found;
      if (first === undefined || told.has(first.at)) continue;
      told.add(first.at);
      const asSuccess = found.find(({ sent }) => sent < 400);
      const shown = asSuccess ?? first;
      const statuses = [
        ...new Set(found.filter(({ at }) => at === shown.at).map(({ status }) => String(status))),
      ];
      const { handler } = place;
      const family = handler.kind === "pass" ? handler.pass.replace("_pass", "") : "proxy";
      const intercept = place.setting(`${family}_intercept_errors`).statement;
      report({
        at: shown.at,
        message: `The API's ${listOf(statuses)} responses reach its clients as the page \`${shown.page}\`${asSuccess === undefined ? "" : ` with status ${asSuccess.sent}, as if all were well`}: the original text is lost.`,
        help: `write \`${family}_intercept_errors off;\` in \`${place.location?.title ?? "the location of the API"}\``,
        related: intercept === null ? [] : [{ at: intercept, message: "takes the errors of the upstream" }],
        witness: { kind: "request", value: `GET ${uri}, answered ${shown.status} by the upstream` },
      });
    }
  },
});

/** Most servers have none, and to ask for every status takes long. */
function hasErrorPage({ context }: VirtualServer): boolean {
  if (context.allBelow("error_page").length > 0) return true;
  return context.outward().some((around) => around.has("error_page"));
}

/** What APIs answer with a message in the body. */
const STATUSES = [404, 400, 401, 403, 422, 500];

interface Page {
  readonly at: Report["at"];
  readonly status: number;
  readonly sent: number;
  readonly page: string;
}

/** The page in place of the upstream's answer; null where that goes through, or something else than HTML is sent. */
function pageFor(uri: string, status: number, server: VirtualServer): Page | null {
  const simulation = server.ask(uri, {
    files: (path) => (/\.html?$/.test(path) ? "file" : "missing"),
    upstream: () => ({ status }),
  });
  const taken = simulation.errorPages.find((page) => page.status === status);
  const { outcome } = simulation;
  if (taken === undefined || !isHtml(simulation)) return null;
  return { at: taken.page, status, sent: outcome.status ?? status, page: taken.page.args.at(-1) ?? "" };
}

function isHtml({ outcome, responseHeaders }: Simulation): boolean {
  if (outcome.kind === "static") return /\.html?$/.test(outcome.target ?? "");
  if (outcome.kind !== "return" && outcome.kind !== "error") return false;
  const type = responseHeaders.find(({ name }) => name.toLowerCase() === "content-type");
  return type?.value.startsWith("text/html") ?? false;
}
