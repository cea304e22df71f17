import { asksApplication } from "../../semantics/index.ts";
import { whereToAdd } from "../definers/page-header.ts";
import { discarderOf } from "../report/lost-list.ts";
import { defineRule } from "../rule.ts";
import { capitalized, titleOf } from "../wording.ts";
import { httpsAnswers } from "./hsts.ts";

/** HTTPS sites that browsers may be led to over plain HTTP. */
export default defineRule({
  id: "hsts-missing",
  category: "headers",
  severity: "warning",
  confidence: "high",
  presets: ["django-react", "security"],
  checklist: ["headers.hsts"],
  docs: {
    summary: "An HTTPS site does not tell browsers to always use HTTPS",
    why: "The first request of a visitor who types a name goes out over plain HTTP, and anyone in the same network can answer it with a fake site. `Strict-Transport-Security` makes the browser use HTTPS from the second visit on. Every response has to carry it, redirects included. Start with a short `max-age` if you are not sure that every part of the site supports HTTPS.",
    bad: `events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate site.pem;
        ssl_certificate_key site.key;
        server_name shop.example;
        root /srv/www;
    }
}
`,
    good: `events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate site.pem;
        ssl_certificate_key site.key;
        server_name shop.example;
        add_header Strict-Transport-Security "max-age=31536000" always;
        root /srv/www;
    }
}
`,
    references: ["https://www.rfc-editor.org/rfc/rfc6797.html"],
  },
  scope: "server",
  check(context) {
    const { server, site, assume, report, met, unmet, untold } = context;
    const at = server.context.opener;
    if (at === null || site.edge.isPrivate(server.server)) return;
    if (assume.hsts === "elsewhere") {
      if (site.edge.speaksTls(server.server)) met(at);
      return;
    }
    let isMet = false;
    for (const answer of httpsAnswers(context)) {
      if (answer.hsts === undefined) {
        untold({ at, reason: `look for it in \`curl -sI https://${server.host}${answer.uri}\`` });
        return;
      }
      if (answer.hsts !== null) {
        isMet = true;
        continue;
      }
      const end = answer.simulation.context;
      const lost = end === null ? null : discarderOf("strict-transport-security", context.model.place(end));
      if (lost !== null) {
        unmet({ at: lost, why: `GET ${answer.uri}`, owner: "add-header-inheritance" });
        return;
      }
      const { location, outcome } = answer.simulation;
      const isApplication = asksApplication(outcome);
      report({
        at,
        message: `${capitalized(titleOf(server.context))} answers \`${answer.uri}\` over HTTPS without \`Strict-Transport-Security\`: browsers keep trying plain HTTP first, where anyone on the way can answer.`,
        help: `write \`add_header Strict-Transport-Security "max-age=31536000" always;\` ${end === null ? "in the server" : whereToAdd(context.model.place(end))}`,
        // The application may send it, as Django does with SECURE_HSTS_SECONDS.
        ...(isApplication || isLocal(server.host)
          ? { confidence: isLocal(server.host) ? ("low" as const) : ("medium" as const) }
          : {}),
        ...(location === null
          ? {}
          : { related: [{ at: location.statement, message: "answers the request" }] }),
        witness: { kind: "request", value: `GET https://${server.host}${answer.uri}` },
      });
      return;
    }
    if (isMet) met(at);
  },
});

/** Names that no browser meets outside of one network. */
function isLocal(host: string): boolean {
  return (
    /(^|\.)(localhost|local|lan|home|internal|intranet|test|invalid|arpa)$/i.test(host) &&
    host !== "localhost"
  );
}
