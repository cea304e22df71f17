import { fromBytes, hasVariables, type Location, type Place, type Statement } from "../../semantics/index.ts";
import { needsRawPath } from "../../site/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Encoded slashes that do not survive a `proxy_pass` with a path. */
export default defineRule({
  id: "proxy-pass-normalized",
  category: "proxying",
  severity: "info",
  confidence: "high",
  presets: ["recommended", "strict"],
  docs: {
    summary: "`proxy_pass` with a path decodes the client's encoded characters",
    why: `A \`proxy_pass\` without a path sends the URI as it came. With one, even with a single slash, nginx puts the path in place of the location's name in the *decoded* URI, resolves \`..\`, merges slashes, and encodes the result again: \`/api/queues/%2F/tasks\` reaches the upstream as \`/api/queues//tasks\` or \`/api/queues/tasks\`. Most applications never notice. Some put names with slashes into their URLs: RabbitMQ (the vhost \`/\`), GitLab (\`group%2Fproject\`), npm registries (\`@scope%2Fname\`), Matrix, Nexus, Artifactory, Jenkins, CouchDB; there requests fail with 404.

Reported in \`recommended\` for such applications; under \`strict\` also where the path only repeats the name of the location, so that leaving it out changes nothing else. A path that replaces another name is what it is for, and not reported. \`proxy_pass http://name$uri\` is a matter of \`http-splitting\`.`,
    bad: `server {
    listen 80;
    server_name rabbitmq.example.org;
    location / {
        proxy_pass http://127.0.0.1:15672/;
    }
}
`,
    good: `server {
    listen 80;
    server_name rabbitmq.example.org;
    location / {
        proxy_pass http://127.0.0.1:15672;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
      "https://docs.gitlab.com/api/rest/#namespaced-paths",
    ],
  },
  scope: "server",
  check({ server, report }) {
    for (const place of server.places) {
      const { location } = place;
      const statement = place.context.last("proxy_pass");
      if (location === null || statement === undefined || place.context !== location.context) continue;
      const path = pathOf(statement);
      if (path === null || !location.isPrefix) continue;
      const application = needsRawPath(statement, location, server.server);
      const isRepeated = path === location.pattern;
      if (application === null && !isRepeated) continue;
      const changed = changedPath(place, location, statement);
      if (changed === null) continue;
      report({
        at: statement,
        message: `${codeOf(statement)} decodes the path first: \`${changed.asked}\` reaches ${application ?? "the upstream"} as \`${changed.sent}\`.`,
        help: isRepeated
          ? "leave the path out: without one nginx sends the URI as it came"
          : "tell the application its prefix, or give it a server of its own, and write `proxy_pass` without a path",
        ...(application === null ? { presets: ["strict"] as const } : {}),
        witness: { kind: "request", value: `GET ${changed.asked}` },
      });
    }
  },
});

/** The path in a `proxy_pass`; null without one, or with variables. */
function pathOf({ args: [written = ""] }: Statement): string | null {
  if (hasVariables(written) || written.includes("unix:")) return null;
  return /^\w+:\/\/[^/]+(\/.*)$/.exec(written)?.[1] ?? null;
}

/** A request with an encoded slash, and what is sent in its place. */
function changedPath(
  { server }: Place,
  location: Location,
  statement: Statement,
): { readonly asked: string; readonly sent: string } | null {
  const folder = location.pattern.replace(/\/?$/, "/");
  const asked = `${folder}group%2Fname`;
  const { outcome } = server?.askAsClient(asked) ?? {};
  if (outcome?.by !== statement || outcome.uri === undefined) return null;
  const sent = fromBytes(outcome.uri);
  return sent.includes("%2F") ? null : { asked, sent };
}
