import { append } from "../../lists/index.ts";
import {
  type Chain,
  type Context,
  dependsOnClient,
  followRedirects,
  type Listen,
  type Statement,
  type VirtualServer,
} from "../../semantics/index.ts";
import { defineRule, type Report } from "../rule.ts";

/** Redirects that lead a browser round in a circle. */
export default defineRule({
  id: "redirect-loop",
  category: "routing",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  directives: ["return", "rewrite"],
  docs: {
    summary: "A redirect leads back to where it came from",
    why: "A browser that is redirected in a circle gives up with `too many redirects`, and nobody reaches the site. The usual cause is a redirect to `https://` in a server that itself speaks TLS, or two servers that redirect to each other.",
    bad: `server {
    listen 80;
    listen 443 ssl;
    server_name example.com;
    return 301 https://$host$request_uri;
}
`,
    good: `server {
    listen 80;
    server_name example.com;
    return 301 https://$host$request_uri;
}
server {
    listen 443 ssl;
    server_name example.com;
    root /srv/www;
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#return"],
  },
  check({ servers, configuration, report }) {
    const told = new Set<Statement>();
    for (const server of servers) {
      if (server.isPartial || server.isIncomplete) continue;
      for (const url of urlsOf(server)) {
        const chain = followRedirects(configuration, url);
        const by = chain.hops.at(-1)?.simulation.outcome.by ?? null;
        if (chain.end !== "loop" || by === null || told.has(by) || isUncertain(chain)) continue;
        if (configuration.fragment && mayLeaveFile(chain)) continue;
        for (const { simulation } of chain.hops) {
          if (simulation.outcome.by !== null) told.add(simulation.outcome.by);
        }
        report(describe(chain, by));
      }
    }
  },
});

/** Another file may hold the server that a redirect to another name, port or scheme leads to. */
function mayLeaveFile({ hops }: Chain): boolean {
  const origin = (url: string) => url.split("/").slice(0, 3).join("/");
  return hops.some(({ url, simulation }) => {
    const isSame = origin(url) === origin(hops[0]?.url ?? "");
    const host = origin(url).replace(/^\w+:\/\/|:\d+$/g, "");
    return (
      !isSame && simulation.server?.names.some(({ kind, text }) => kind === "exact" && text === host) !== true
    );
  });
}

function isUncertain({ hops }: Chain): boolean {
  return hops.some(
    ({ simulation }) =>
      simulation.assumptions.length > 0 ||
      dependsOnClient(simulation.outcome.by) ||
      simulation.server?.context.incomplete,
  );
}

/** The front page of each address, and a page of each location that redirects. */
function* urlsOf(server: VirtualServer): Generator<string> {
  // What answers all alike is in a loop with its front page, or another server comes back to it, which is asked as well.
  const { handler } = server.top;
  const isAlike = handler.kind === "return";
  if (isAlike && handler.text?.startsWith("https://") && server.server.listens.every(({ tls }) => !tls))
    return;
  const pages = !mayRedirect(server.context) ? [] : isAlike ? ["/"] : ["/", "/page", "/page/"];
  if (!isAlike) append(pages, pagesOf(server));
  for (const listen of server.server.listens) {
    const origin = originOf(listen, server.host === "localhost" ? "www.example.com" : server.host);
    if (origin !== null) for (const page of new Set(pages)) yield origin + page;
  }
}

function pagesOf(server: VirtualServer): readonly string[] {
  const pages: string[] = [];
  for (const { isPrefix, isExact, pattern, context } of server.locations) {
    if (!mayRedirect(context) || (!isPrefix && !isExact)) continue;
    pages.push(pattern);
    const folder = pattern.endsWith("/") ? pattern : `${pattern}/`;
    if (isPrefix) pages.push(`${folder}page`, `${folder}page/`);
  }
  return pages;
}

function mayRedirect(context: Context): boolean {
  return context.has("return") || context.has("rewrite") || context.has("if");
}

function originOf({ tls, port, unknown, address }: Listen, host: string): string | null {
  if (unknown || port === null || address.startsWith("unix:")) return null;
  const isUsual = port === (tls ? 443 : 80);
  return `${tls ? "https" : "http"}://${host}${isUsual ? "" : `:${port}`}`;
}

function describe({ hops }: Chain, by: Statement): Report {
  const last = hops.at(-1);
  const target = last?.simulation.outcome.target ?? "";
  const round = hops.slice(
    Math.max(
      0,
      hops.findIndex(({ url }) => url === target),
    ),
  );
  const others = round
    .map(({ simulation }) => simulation.outcome.by)
    .filter((statement): statement is Statement => statement !== null && statement !== by);
  const isSelf = round.length === 1;
  return {
    at: by,
    message: isSelf
      ? `\`${last?.url}\` is redirected to itself: browsers give up after too many redirects.`
      : `\`${round[0]?.url}\` comes back to itself after ${round.length} redirects: browsers give up.`,
    help: isSelf
      ? by.context.kind === "location"
        ? "match only what should be redirected, for example with `location = …`"
        : "redirect in a separate server that does not listen where the redirect leads"
      : "remove one of the redirects",
    related: [...new Set(others)].map((at) => ({ at, message: "redirects it" })),
    witness: { kind: "request", value: `GET ${round[0]?.url ?? ""}` },
    details: round.map(({ url, simulation }) => ({
      label: "redirect",
      text: `${url} → ${simulation.outcome.target}`,
      ...(simulation.outcome.by === null ? {} : { at: simulation.outcome.by }),
    })),
  };
}
