/** Lines that the answers of their location never get. */
import type { Place, Statement, VirtualServer } from "../../semantics/index.ts";
import type { Report } from "../rule.ts";
import { codeOf, titleOf } from "../wording.ts";

export function* idleForAnswers(server: VirtualServer): Generator<Report> {
  const told = new Set<Statement["directive"]>();
  for (const location of server.locations) {
    const place = server.at(location);
    const { context } = place;
    if (context.incomplete) continue;
    for (const found of [expiresOfErrors(place), errorPageOfUpstream(place), expiresByExactType(place)]) {
      if (found === null || told.has(found.line.directive)) continue;
      told.add(found.line.directive);
      yield found.report;
    }
  }
}

interface Idle {
  readonly line: Statement;
  readonly report: Report;
}

/** `ngx_http_headers_filter` writes the headers for these answers alone. */
const CACHEABLE: ReadonlySet<number> = new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308]);

/** `expires` beside a `return` of an error. */
function expiresOfErrors({ context, handler }: Place): Idle | null {
  const line = context.last("expires");
  if (line === undefined || line.args[0] === "off" || handler.kind !== "return") return null;
  const { status, statement } = handler;
  // Another file may be sent in its place.
  if (status === null || CACHEABLE.has(status) || context.has("error_page") || context.has("if")) return null;
  return {
    line,
    report: {
      at: line,
      message: `${codeOf(line)} has no effect in ${titleOf(context)}: nginx leaves \`Expires\` and \`Cache-Control\` out of answers with ${status}.`,
      help: "write `add_header Cache-Control … always;` where the error is to be kept",
      related: [{ at: statement, message: "answers every request here" }],
    },
  };
}

/** Statuses that nginx itself never answers in a location that hands everything on. */
const OF_THE_UPSTREAM = /^4(0[4-9]|1[0125-9]|2[0-8])$/;
/** Whatever may answer in a location before the upstream is asked. */
const BEFORE = [
  "try_files",
  "return",
  "rewrite",
  "if",
  "auth_request",
  "limit_except",
  "access_by_lua_block",
];

/** `error_page` of a location for what its upstream answers, which is handed through. */
function errorPageOfUpstream({ model, context, handler }: Place): Idle | null {
  if (!context.has("error_page") || handler.kind !== "pass" || handler.statement.context !== context)
    return null;
  const name = handler.pass.replace("_pass", "_intercept_errors");
  if (handler.pass === "memcached_pass" || context.hasAny(BEFORE)) return null;
  const line = context.all("error_page").find(({ args }) => {
    const codes = args.slice(0, -1).filter((arg) => /^\d+$/.test(arg));
    return codes.length > 0 && codes.every((code) => OF_THE_UPSTREAM.test(code));
  });
  if (line === undefined || model.place(context).isOn(name) !== false) return null;
  if (model.place(context).setting(name).origin === "unknown") return null;
  return {
    line,
    report: {
      at: line,
      message: `${codeOf(line)} has no effect in ${titleOf(context)}: nginx passes on responses of \`${handler.pass}\` unchanged.`,
      help: `write \`${name} on;\` beside it`,
      related: [{ at: handler.statement, message: "answers every request here" }],
    },
  };
}

/** `expires $by_type` with a map of bare types: an application names the charset as well. */
function expiresByExactType(place: Place): Idle | null {
  const { handler, model } = place;
  if (handler.kind !== "pass" || model.configuration.all("map").length === 0) return null;
  const line = place.list("expires").statements.at(-1);
  const variable = /^\$\{?(\w+)\}?$/.exec(line?.args[0] ?? "")?.[1];
  if (line === undefined || variable === undefined) return null;
  const map = model.configuration
    .all("map")
    .find(
      ({ args: [source = "", target = ""] }) =>
        target === `$${variable}` && /^\$\{?(sent|upstream)_http_content_type\}?$/.test(source),
    );
  const entries = map?.block?.statements ?? [];
  const exact = entries.find(({ name }) => /^text\/[\w.+-]+$/.test(name));
  if (map === undefined || exact === undefined || entries.some(({ name }) => name.startsWith("~")))
    return null;
  return {
    line,
    report: {
      at: exact,
      message: `\`${exact.name}\` in this map has no effect where ${titleOf(place.context)} passes requests on: applications send \`${exact.name}; charset=utf-8\`, which is another key, so ${codeOf(line)} takes the default.`,
      help: `write \`~${exact.name}\`: a pattern fits both`,
      confidence: "medium",
      related: [
        { at: line, message: "takes the value from the map" },
        { at: handler.statement, message: "hands requests on" },
      ],
    },
  };
}
