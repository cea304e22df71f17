import {
  acceptsReferer,
  compilePcre,
  type Place,
  readCondition,
  type Statement,
} from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Checks of the Referer that anybody passes. */
export default defineRule({
  id: "valid-referers-none",
  category: "access",
  severity: "warning",
  confidence: "high",
  presets: ["security"],
  directives: ["valid_referers"],
  docs: {
    summary: "Pages of other sites, or requests without `Referer`, pass a check of `Referer`",
    why: "`valid_referers` keeps other sites from embedding files; it is no access control, since a client sends what it likes in `Referer`. Two kinds of lists do not even do the first. `none` lets requests without the header pass, and a foreign page can have its visitors' browsers leave it out (`Referrer-Policy: no-referrer`): for images that is the usual price for not locking out browsers that send none, so it is reported only where a request goes on to an application. And a pattern (`~example\\.com`) is matched against everything behind `https://`, the path and the query included, so that `https://evil.net/?example.com` passes; likewise `www.example.*` takes `www.example.evil.net`.",
    bad: `server {
    listen 80;
    server_name example.com;
    location /images/ {
        valid_referers none blocked ~example\\.com;
        if ($invalid_referer) {
            return 403;
        }
        root /srv/www;
    }
}
`,
    good: `server {
    listen 80;
    server_name example.com;
    location /images/ {
        valid_referers none blocked server_names *.example.com;
        if ($invalid_referer) {
            return 403;
        }
        root /srv/www;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_referer_module.html",
      "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Referrer-Policy",
    ],
  },
  check({ servers, configuration, report }) {
    for (const statement of configuration.all("if")) {
      const passing = foreignByPattern(statement);
      if (passing === null) continue;
      report({
        at: statement,
        message: `The regex also matches \`${passing}\`: anybody's page passes.`,
        help: "use `valid_referers` with the names as they are, or anchor the pattern: `^https://(www\\.)?example\\.com(/|$)`",
        witness: { kind: "header", value: `Referer: ${passing}` },
      });
    }
    if (configuration.all("valid_referers").length === 0) return;
    const told = new Set<unknown>();
    for (const { places } of servers) {
      for (const place of places) {
        const guard = guardOf(place);
        const { statements, replaceable } = place.list("valid_referers");
        if (guard === null || replaceable) continue;
        for (const statement of statements) {
          if (told.has(statement)) continue;
          const passing = foreignReferer(place, statement);
          if (passing !== null) {
            told.add(statement);
            report({
              at: statement,
              message: `\`${passing.word}\` also matches \`${passing.referer}\`: anybody's page passes ${codeOf(guard)}.`,
              help: passing.word.startsWith("~")
                ? "anchor the pattern at both ends of the host, `~^(www\\.)?example\\.com(/|$)`, or write the names as they are"
                : "write out the names that are yours",
              witness: { kind: "header", value: `Referer: ${passing.referer}` },
              related: [{ at: guard, message: "is meant to keep them out" }],
            });
          } else if (statement.args.includes("none") && place.handler.kind === "pass") {
            told.add(statement);
            report({
              at: statement,
              message: `\`none\` lets requests without a \`Referer\` through to ${codeOf(place.handler.statement)}: a page of another site can make browsers omit it, and other clients need not send it at all.`,
              help: "have the application check its own tokens (CSRF, signed links); take `none` out where every honest request has the header",
              severity: "info",
              related: [{ at: guard, message: "does not see such requests" }],
            });
          }
        }
      }
    }
  },
});

/** The `if ($invalid_referer)` of a place that refuses. */
function guardOf({ context }: Place): Statement | null {
  for (const statement of context.all("if")) {
    const condition = readCondition(statement.args);
    const isAsked =
      (condition.kind === "true" || (condition.kind === "equal" && condition.text === "1")) &&
      /^\$\{?invalid_referer\}?$/i.test(condition.value);
    if (isAsked && statement.block?.statements.some(({ name }) => name === "return" || name === "rewrite"))
      return statement;
  }
  return null;
}

/** A Referer of a foreign host that `if ($http_referer !~ …)` does not refuse. */
function foreignByPattern({ args, block }: Statement): string | null {
  const condition = readCondition(args);
  if (condition.kind !== "match" || !condition.negative) return null;
  const refuses = block?.statements.some(
    ({ name, args: [status = ""] }) => name === "return" && /^4/.test(status),
  );
  if (refuses !== true || !/^\$\{?http_referer\}?$/i.test(condition.value)) return null;
  const compiled = compilePcre(condition.pattern, { caseless: condition.caseless });
  if (compiled.kind !== "exact") return null;
  const hosts = hostsIn(`~${condition.pattern}`);
  return hosts.flatMap((host) => foreigners(host, false)).find((referer) => compiled.test(referer)) ?? null;
}

/** A Referer of a foreign host that one word lets pass. */
function foreignReferer(place: Place, { args }: Statement): { word: string; referer: string } | null {
  const names = place.server?.server.names ?? [];
  for (const word of args) {
    for (const host of hostsIn(word)) {
      for (const referer of foreigners(host, word.endsWith(".*")))
        if (acceptsReferer([word], referer, names) === true) return { word, referer };
    }
  }
  return null;
}

/** The names that a word spells out: `example.com` of `~(www\.)?example\.com`; of `www.example.*`, `www.example`. */
function hostsIn(word: string): readonly string[] {
  if (word.endsWith(".*") && !word.startsWith("~")) return [word.slice(0, -2)];
  if (!word.startsWith("~")) return [];
  const plain = word.replace(/\\([.\-/])/g, "$1");
  return [...plain.matchAll(/(?<![a-z0-9-])(?:[a-z0-9-]+\.)+(?:[a-z]{2,})?/gi)].map(([host]) =>
    host.toLowerCase(),
  );
}

function foreigners(host: string, isOpenEnd: boolean): readonly string[] {
  if (isOpenEnd) return [`https://${host}.evil.net/`];
  const whole = host.endsWith(".") ? `${host}com` : host;
  return [
    `https://${whole}.evil.net/`,
    `https://evil-${whole}/`,
    `https://evil.net/${whole}/`,
    `https://evil.net/?https://${whole}/`,
    `https://evil.net/?x=.${whole}/`,
  ];
}
