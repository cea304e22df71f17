import { durationOf } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";
import { httpsAnswers } from "./hsts.ts";

/** Half a year: what lists of HTTPS sites and reviewers ask for at least. */
const LONG_ENOUGH = 15_552_000;

/** HSTS that is over before the next visit. */
export default defineRule({
  id: "hsts-weak",
  category: "headers",
  severity: "warning",
  confidence: "high",
  presets: ["django-react", "security"],
  checklist: ["headers.hsts"],
  docs: {
    summary: "HSTS lasts only a short time, or has no effect",
    why: "A browser forgets HSTS `max-age` seconds after the last visit; with a few days, visitors who come once a month are never protected. Without a valid `max-age` browsers ignore the header, and `max-age=0` turns HSTS off. A short time is right in the first days of a site.",
    bad: `events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate site.pem;
        ssl_certificate_key site.key;
        server_name shop.example;
        add_header Strict-Transport-Security "max-age=300" always;
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
        add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;
        root /srv/www;
    }
}
`,
    references: ["https://www.rfc-editor.org/rfc/rfc6797.html#section-6.1.1"],
  },
  scope: "server",
  check(context) {
    const told = new Set<unknown>();
    for (const { uri, simulation, hsts } of httpsAnswers(context)) {
      const header = simulation.responseHeaders.find(
        ({ name }) => name.toLowerCase() === "strict-transport-security",
      );
      const at = header?.statement ?? null;
      if (typeof hsts !== "string" || at === null || hsts.includes("$") || told.has(at.directive)) continue;
      told.add(at.directive);
      const problem = problemOf(hsts);
      if (problem === null) context.met(at);
      else {
        context.report({
          at,
          message: `${codeOf(at)}: ${problem}.`,
          help: 'write `"max-age=31536000"`, a year',
          witness: { kind: "request", value: `GET https://${context.server.host}${uri}` },
        });
      }
    }
  },
});

function problemOf(value: string): string | null {
  const age = /(?:^|;)\s*max-age\s*=\s*"?(\d+)"?\s*(?=;|$)/i.exec(value)?.[1];
  if (age === undefined) return "browsers find no `max-age=…` in it and ignore the header";
  const seconds = Number(age);
  if (seconds === 0) return "`max-age=0` makes browsers forget that the site speaks HTTPS";
  return seconds < LONG_ENOUGH
    ? `browsers forget it after ${durationOf(seconds)}, before many visitors return`
    : null;
}
