import { type Context, effective, type Server, type Statement } from "../../semantics/index.ts";
import { type Edge, isWebSocketOnly, type Site } from "../../site/index.ts";
import { linesOf } from "../report/lost-list.ts";
import {
  type Confidence,
  defineRule,
  type RelatedPlace,
  type Report,
  type RuleContext,
  type Severity,
} from "../rule.ts";
import { capitalized, codeOf, titleOf, titlesOf } from "../wording.ts";
import { discardedBy, schemeTold } from "./scheme-header.ts";
import { judgeValue } from "./scheme-value.ts";

/** Applications that are not told, or are told wrongly, whether the client came by HTTPS. */
export default defineRule({
  id: "missing-x-forwarded-proto",
  category: "proxying",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["django.proxy-headers"],
  docs: {
    summary: "Applications behind `proxy_pass` are told the client's scheme in `X-Forwarded-Proto`",
    why: "TLS ends at nginx, so the application sees plain HTTP unless a header says otherwise. Django's `SECURE_PROXY_SSL_HEADER`, and its like elsewhere, read `X-Forwarded-Proto`: without it `SECURE_SSL_REDIRECT` redirects for ever, cookies lack `Secure`, and links in pages and mails begin with `http:`. What nginx does not set, it passes on as the client sent it, so the application can be deceived as well.\n\nThe headers are inherited all or nothing: one `proxy_set_header` in a location discards every one set outside.",
    bad: "server {\n    listen 443 ssl;\n    location / {\n        proxy_set_header Host $host;\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n",
    good: "server {\n    listen 443 ssl;\n    location / {\n        proxy_set_header Host $host;\n        proxy_set_header X-Forwarded-Proto $scheme;\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n",
    references: [
      "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header",
      "https://docs.djangoproject.com/en/stable/ref/settings/#secure-proxy-ssl-header",
    ],
  },
  check(context) {
    const { configuration, report, site } = context;
    const { edge } = site;
    // What one is less sure of is told apart.
    const missing = { shown: new Map<unknown, Missing[]>(), low: new Map<unknown, Missing[]>() };
    const wrong = new Map<Statement["directive"], { report: Report; passes: Statement[] }>();
    for (const pass of applicationPasses(site)) {
      const server = edge.serverOf(pass.context);
      const told = schemeTold(pass.context);
      if (told.kind === "unknown") continue;
      if (told.kind === "missing") {
        const entry = judgeMissing(pass, server, context, edge);
        const key = entry.cause?.directive ?? server ?? configuration;
        const groups = entry.confidence === "low" ? missing.low : missing.shown;
        const group = groups.get(key);
        if (group === undefined) groups.set(key, [entry]);
        else group.push(entry);
        continue;
      }
      if (server === null) continue;
      for (const { statement, value } of told.values) {
        const known = wrong.get(statement.directive);
        if (known !== undefined) known.passes.push(pass);
        else {
          const report = judgeValue(statement, value, server, context, edge);
          if (report !== null) wrong.set(statement.directive, { report, passes: [pass] });
        }
      }
    }
    for (const groups of [missing.shown, missing.low]) {
      for (const group of groups.values()) reportMissing(group, context, edge);
    }
    for (const { report: found, passes } of wrong.values()) {
      report({
        ...found,
        related: [...(found.related ?? []), ...passes.map((at) => ({ at, message: "sent here" }))],
      });
    }
  },
});

/** Every `proxy_pass` that requests reach and that leads to an application. */
function* applicationPasses(site: Site): Generator<Statement> {
  for (const { context, handler } of site.model.places) {
    const pass = context.last("proxy_pass");
    if (pass === undefined || handler.kind === "return") continue;
    if (site.backendOf(pass).kind === "other" || isWebSocketOnly(pass)) continue;
    yield pass;
  }
}

interface Missing {
  readonly pass: Statement;
  readonly server: Server | null;
  /** The line to blame: one that discards or removes the header, or the first of a shared set; null where none is set. */
  readonly cause: Statement | null;
  /** Where the header was set before `cause` discarded it. */
  readonly discarded: Statement | null;
  readonly removed: boolean;
  /** The set is written in the pass's own block, by no other file. */
  readonly own: boolean;
  readonly severity: Severity;
  readonly confidence: Confidence;
}

function judgeMissing(
  pass: Statement,
  server: Server | null,
  { site, assume }: RuleContext,
  edge: Edge,
): Missing {
  const { context } = pass;
  const { statements, from } = effective(context, "proxy_set_header");
  const blame = discardedBy(context);
  const removal = statements.find(({ args }) => isProto(args[0]) && args[1] === "");
  const own =
    from !== null && statements.some(({ chain }) => chain === from.opener?.chain) && owns(from, context);
  const behind = site.backendOf(pass);
  // With a proxy in front that sets the header, what it sent is passed on.
  const passesOn = assume.edge === false && removal === undefined;
  const isUnsure =
    behind.kind === "indifferent" ||
    context.has("internal") ||
    passesOn ||
    (server !== null && edge.isPrivate(server)) ||
    statements.some(isOtherSchemeHeader);
  const isLessSure = (behind.kind === "application" && !behind.sure) || !edge.knowsTls;
  return {
    pass,
    server,
    cause: removal ?? blame?.cause ?? statements[0] ?? null,
    discarded: removal === undefined ? (blame?.set ?? null) : null,
    removed: removal !== undefined,
    own,
    severity: passesOn ? "info" : "warning",
    confidence: isUnsure ? "low" : isLessSure ? "medium" : "high",
  };
}

/** The pass stands in the block of the set, or in an `if` there. */
function owns(from: Context, context: Context): boolean {
  for (const around of context.outward()) {
    if (around === from) return true;
    if (around.kind === "location") return false;
  }
  return false;
}

function isProto(name: string | undefined): boolean {
  return name?.toLowerCase() === "x-forwarded-proto";
}

/** Other names under which some frameworks look for the scheme. */
function isOtherSchemeHeader({ args }: Statement): boolean {
  return (
    /^x-(forwarded-(ssl|protocol|scheme)|scheme|url-scheme)$|^front-end-https$/i.test(args[0] ?? "") &&
    args[1] !== ""
  );
}

function reportMissing(group: readonly Missing[], { report, assume }: RuleContext, edge: Edge): void {
  const sorted = [...group].sort((a, b) => RANK.indexOf(b.confidence) - RANK.indexOf(a.confidence));
  const [first] = sorted;
  if (first === undefined) return;
  const { cause, discarded, removed, own, pass, server } = first;
  // A set of the location's own is mended where the request is handed on; a shared one where it is written.
  const at = cause === null || (own && group.length === 1 && discarded === null && !removed) ? pass : cause;
  const where = titlesOf(group.map(({ pass }) => pass.context));
  const verb = group.length === 1 ? "hands" : "hand";
  const without = `requests to the application without \`X-Forwarded-Proto\``;
  const why =
    discarded !== null && cause !== null
      ? `${codeOf(cause)} discards the headers set outside, so ${where} ${verb} ${without} (it was set at ${linesOf([discarded], cause)})`
      : removed && cause !== null
        ? `${codeOf(cause)} removes the header, so ${where} ${verb} ${without}`
        : `${capitalized(where)} ${verb} ${without}`;
  report({
    at,
    message: `${why}: ${consequence(removed, server, edge)}`,
    help: helpFor(group, assume.edge === false, edge),
    ...(first.severity === "warning" ? {} : { severity: first.severity }),
    ...(first.confidence === "high" ? {} : { confidence: first.confidence }),
    related: relatedOf(group, at),
    ...(removed ? {} : { witness: { kind: "header" as const, value: "X-Forwarded-Proto: https" } }),
    identity: `missing ${titlesOf(group.map(({ pass }) => pass.context))}`,
  });
}

const RANK: readonly Confidence[] = ["low", "medium", "high"];

function consequence(removed: boolean, server: Server | null, edge: Edge): string {
  const speaksTls = server !== null && edge.speaksTls(server);
  const scheme = speaksTls
    ? "it takes HTTPS for plain http (endless redirects, insecure cookies)"
    : "it cannot tell HTTPS from plain http";
  return removed ? `${scheme}.` : `${scheme}, or believes what a client writes into that header.`;
}

function helpFor(group: readonly Missing[], isBehind: boolean, edge: Edge): string {
  const line = (value: string) => `\`proxy_set_header X-Forwarded-Proto ${value};\``;
  const hasOthers = group.some(({ cause }) => cause !== null);
  const where = hasOthers ? " beside the other headers" : "";
  if (isBehind) return `write ${line("$http_x_forwarded_proto")}${where}`;
  if (!edge.knowsTls) {
    return `write ${line("$scheme")}${where}, or ${line("$http_x_forwarded_proto")} where a proxy in front ends TLS`;
  }
  return `write ${line("$scheme")}${where}`;
}

function relatedOf(group: readonly Missing[], at: Statement): RelatedPlace[] {
  const related: RelatedPlace[] = [];
  for (const { pass, discarded } of group) {
    if (pass.directive !== at.directive)
      related.push({ at: pass, message: `${titleOf(pass.context)} hands requests on here` });
    if (discarded !== null) related.push({ at: discarded, message: "the header was set here" });
  }
  return related;
}
