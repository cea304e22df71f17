import type { Statement } from "../../semantics/index.ts";
import { urlParts } from "../../semantics/index.ts";
import { isEvil, type Proof, proofOf, redirectsAt, requestText } from "../attacks.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Links to the site that lead to another one. */
export default defineRule({
  id: "open-redirect",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  directives: ["return", "rewrite"],
  docs: {
    summary: "A link can choose the host of a redirect",
    why: `Where the host of a redirect comes from the request, anyone can write a link that begins with your name and ends on another site: \`https://shop.example.org/go?next=https://evil.example/\`. Such links carry phishing past mail filters and past people, and where a login sends codes or tokens to a redirect, the other site gets them.

The host is chosen in more places than it seems. In \`https://shop.example.org$1\` a capture that need not begin with a slash continues the name: \`/.evil.example/\` makes \`https://shop.example.org.evil.example/\`. With \`absolute_redirect off\`, \`/$1\` becomes \`//evil.example/\`, which browsers read as a host, and so they do \`/\\\\evil.example/\`.

What linters report besides, and this rule does not: \`$host\` and \`$http_host\`, because no link sets the \`Host\` header (see \`host-header-spoofing\`); \`$request_uri\` and \`$uri\` behind a name, because they begin with a slash; \`return 301 //$1\` as long as \`absolute_redirect\` is on, because nginx puts its own name in front; headers and cookies, which belong to who sends them; and targets that a \`map\` or an \`if\` with an anchored pattern lets through.`,
    bad: `server {
    listen 80;
    server_name shop.example.org;
    location /go {
        return 302 $arg_next;
    }
}
`,
    good: `server {
    listen 80;
    server_name shop.example.org;
    location /go {
        return 302 https://shop.example.org/$arg_next;
    }
}
`,
    references: [
      "https://cheatsheetseries.owasp.org/cheatsheets/Unvalidated_Redirects_and_Forwards_Cheat_Sheet.html",
      "https://cwe.mitre.org/data/definitions/601.html",
    ],
  },
  scope: "server",
  check({ server, report }) {
    const told = new Set<Statement>();
    for (const place of server.places) {
      for (const { statement, written } of redirectsAt(place)) {
        const proof = told.has(statement) ? null : chosenTarget(place, statement, written);
        if (proof === null) continue;
        told.add(statement);
        report({
          at: statement,
          message: `${codeOf(statement)} redirects to any host that a link names: phishing links can begin with the name of this site.`,
          help: /^\w+:\/\/[^/$]+\$/.test(written)
            ? "write a slash between the host and what follows"
            : "write the host, or look the target up in a `map` of the allowed ones",
          witness: { kind: "request", value: requestText(proof) },
          details: [
            { label: "request", text: requestText(proof) },
            { label: "leads to", text: proof.evidence, at: statement },
          ],
        });
      }
    }
  },
});

type Places = Parameters<typeof proofOf>[0];

/** To HTTPS, as most servers do it: the path begins with a slash, and a link does not choose the host. */
const USUAL = /^(?:https?|\$scheme):\/\/\$(?:host|server_name)\$request_uri$/;

/** A link by which the redirect leaves for the attacker's host. */
function chosenTarget(place: Places, statement: Statement, written: string): Proof<string> | null {
  if (!written.includes("$") || USUAL.test(written) || place.server === null) return null;
  const value = place.value(written, statement);
  if (value === null) return null;
  // What a link holds is the path and the query.
  const origins = urlParts(value).authority.flatMap((part) =>
    part.origins.filter(({ kind }) => kind === "path" || kind === "query"),
  );
  if (origins.length === 0) return null;
  const { scheme } = place.server;
  const payloads = [
    "https://evil.example/",
    "//evil.example/",
    "/evil.example/",
    "evil.example/",
    ".evil.example/",
    "@evil.example/",
    "\\evil.example/",
    ".evil.example",
    `${scheme === "https" ? "http" : "https"}:/evil.example/`,
  ];
  return proofOf(place, { origins }, { payloads, until: statement }, ({ responseHeaders }) => {
    const location = responseHeaders.find(
      (header) => header.statement === statement && header.name === "Location",
    );
    if (location === undefined || location.value.includes("$")) return null;
    return isEvil(hostInBrowser(location.value, scheme)) ? location.value : null;
  });
}

/** The host that a browser goes to; null where it stays (https://url.spec.whatwg.org/#url-parsing). */
function hostInBrowser(target: string, scheme: "http" | "https"): string | null {
  const url = target.replace(/[\t\r\n]/g, "").trim();
  const [, written, slashes = "", authority = ""] = /^(?:(https?):)?([/\\]*)([^/\\?#]*)/i.exec(url) ?? [];
  const isOther = written !== undefined && written.toLowerCase() !== scheme;
  if (slashes.length < 2 && !isOther) return null;
  return authority
    .slice(authority.lastIndexOf("@") + 1)
    .replace(/:\d*$/, "")
    .toLowerCase();
}
