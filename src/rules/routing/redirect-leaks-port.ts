import type { Place, Simulation, VirtualServer } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { titleOf } from "../wording.ts";

/** Redirects that name a port which only nginx knows. */
export default defineRule({
  id: "redirect-leaks-port",
  category: "routing",
  severity: "info",
  confidence: "medium",
  presets: ["django-react"],
  docs: {
    summary: "Redirects name a port that clients do not use",
    why: "nginx makes its own redirects absolute, with the scheme and the port it listens on: the slash added to a folder's name, a `return 301 /new`, a `rewrite … permanent`. In a container or behind a proxy that gives `http://shop.example:8080/docs/`, which clients cannot reach.",
    bad: `server {
    listen 8080;
    root /srv/www;
    location / {
        try_files $uri $uri/ =404;
    }
}
`,
    good: `server {
    listen 8080;
    root /srv/www;
    absolute_redirect off;
    location / {
        try_files $uri $uri/ =404;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_core_module.html#absolute_redirect",
      "https://nginx.org/en/docs/http/ngx_http_core_module.html#port_in_redirect",
    ],
  },
  scope: "server",
  check({ server, report, met }) {
    const { listens } = server.server;
    const [first] = listens;
    if (first === undefined || first.port === null) return;
    const isUsual = ({ port, unknown }: (typeof listens)[number]) =>
      unknown || port === null || port === 80 || port === 443;
    if (listens.some(isUsual)) return;
    const { port } = first;
    for (const place of server.places) {
      const uri = uriFor(server, place);
      if (uri === null) continue;
      const simulation = redirectOf(server, uri, port);
      if (simulation === null || simulation.location !== place.location) continue;
      const { outcome } = simulation;
      const target = outcome.target ?? "";
      if (target.startsWith("/")) met(server.context.opener ?? place.context.opener ?? fileOf(place));
      const host = server.host;
      if (!target.startsWith(`http://${host}:${port}/`) && !target.startsWith(`https://${host}:${port}/`))
        continue;
      if (outcome.by?.args.some((word) => /^https?:|^\$scheme/.test(word))) continue;
      report({
        at: first.statement ?? fileOf(place),
        message: `\`${uri}\` is redirected to \`${target}\`: clients behind a proxy or a mapped port cannot reach port ${port}.`,
        help: "write `absolute_redirect off;`, or `port_in_redirect off;` if the scheme is right",
        related: [
          ...(place.context.opener === null
            ? []
            : [{ at: outcome.by ?? place.context.opener, message: `${titleOf(place.context)} redirects` }]),
        ],
        witness: { kind: "request", value: `GET ${uri}` },
      });
      return;
    }
  },
});

function fileOf({ model }: Place) {
  return { file: model.configuration.tree.entry, start: 0, end: 0 };
}

/** A folder without its slash, below a place that is no regex location's. */
function uriFor(server: VirtualServer, { location, context }: Place): string | null {
  if (context.kind !== "location" && context.kind !== "server") return null;
  if (location === null) return server.rest === null ? "/docs" : null;
  if (location.isNamed) return null;
  if (location.isPrefix && location.pattern.endsWith("/")) return `${location.pattern}docs`;
  return server.uriFor(location);
}

function redirectOf(server: VirtualServer, uri: string, port: number): Simulation | null {
  const simulation = server.ask(
    { uri, local: { port }, host: server.host },
    { files: (path) => (/\.\w+$/.test(path) ? "missing" : "directory") },
  );
  return simulation.outcome.kind === "redirect" && simulation.outcome.target !== null ? simulation : null;
}
