/** Bugs in what answers: modules, upstreams, and filters that stand behind them. */
import { rootSetting } from "../content.ts";
import { effective } from "../effective.ts";
import type { Model, Place } from "../model.ts";
import type { Statement } from "../tree.ts";
import { lookupOf } from "../upstreams/lookup.ts";
import { parseSize } from "../values/index.ts";
import { type Cause, reachedPlaces, writes } from "./cause.ts";

/** The `*_pass` that answers at a place; null for all else. */
function passAt({ handler }: Place): Statement | null {
  return handler.kind === "pass" ? handler.statement : null;
}

function passes(place: Place, ...names: readonly string[]): boolean {
  const { name = "" } = passAt(place) ?? {};
  return names.includes(name);
}

export function* mp4Answers(model: Model): Generator<Cause> {
  if (!writes(model, "mp4")) return;
  for (const { place } of reachedPlaces(model, ({ context }) => context.has("mp4"))) {
    const statement = place.context.last("mp4");
    if (statement !== undefined && place.handler.kind === "static") yield [statement];
  }
}

/** COPY or MOVE where the name of the location is cut off the Destination (nginx commit 9739e755b). */
export function* davBelowAlias(model: Model): Generator<Cause> {
  if (!writes(model, "dav_methods") || !writes(model, "alias")) return;
  for (const { place } of reachedPlaces(model, ({ handler }) => handler.kind === "static")) {
    const { statement, args } = place.setting("dav_methods");
    const { statement: alias, cut } = rootSetting(place.context);
    const moves = args.some((method) => /^(COPY|MOVE)$/i.test(method));
    if (statement !== null && moves && alias !== null && cut.kind === "prefix" && cut.length > 1)
      yield [statement, alias];
  }
}

/** UTF-8 is recoded to another charset. */
export function* recodesUtf8(model: Model): Generator<Cause> {
  if (!writes(model, "source_charset", "override_charset")) return;
  for (const { place } of reachedPlaces(model, () => true)) {
    const { statement, args } = place.setting("charset");
    const [charset = "off"] = args;
    if (statement === null || charset === "off" || /^utf-?8$/i.test(charset) || charset.includes("$"))
      continue;
    const source = place.setting("source_charset");
    const overrides = place.setting("override_charset");
    if (source.statement !== null && /^utf-?8$/i.test(source.args[0] ?? ""))
      yield [statement, source.statement];
    else if (overrides.statement !== null && overrides.args[0] === "on" && passAt(place) !== null)
      yield [statement, overrides.statement];
  }
}

export function* ssiWithAio(model: Model): Generator<Cause> {
  if (!writes(model, "ssi") || !writes(model, "aio")) return;
  for (const { place } of reachedPlaces(model, (each) => each.isOn("ssi") === true)) {
    const ssi = place.setting("ssi").statement;
    const aio = place.setting("aio");
    if (ssi !== null && aio.statement !== null && aio.args[0] !== "off") yield [ssi, aio.statement];
  }
}

export function* ssiWithoutBuffers(model: Model): Generator<Cause> {
  if (!writes(model, "ssi") || !writes(model, "proxy_buffering")) return;
  for (const { place } of reachedPlaces(model, (each) => passes(each, "proxy_pass"))) {
    const ssi = place.setting("ssi").statement;
    const buffering = place.setting("proxy_buffering").statement;
    if (ssi === null || buffering === null) continue;
    if (place.isOn("ssi") === true && place.isOn("proxy_buffering") === false) yield [ssi, buffering];
  }
}

/** `try_files` finds a file whose URI is shorter than the location that `proxy_pass` cuts off (nginx commit bcb41c919). */
export function* proxiedUriShorter(model: Model): Generator<Cause> {
  if (!writes(model, "try_files")) return;
  const isCandidate = (each: Place) => each.context.has("try_files") && passes(each, "proxy_pass");
  for (const { place } of reachedPlaces(model, isCandidate)) {
    const { context, location } = place;
    const tried = context.last("try_files");
    const pass = passAt(place);
    if (tried === undefined || pass === null || location === null || !location.isPrefix) continue;
    const [target = ""] = pass.args;
    if (target.includes("$") || !/^\w+:\/\/[^/]+\//.test(target) || context.has("alias")) continue;
    const isShorter = (name: string) => !name.includes("$") && name.length < location.pattern.length;
    if (tried.args.slice(0, -1).some(isShorter)) yield [tried, pass];
  }
}

/** A header above 2 MB gets in, and goes on over HTTP/2 (nginx commit 26d824ec3). */
export function* largeHeadersToHttp2(model: Model): Generator<Cause> {
  if (!writes(model, "large_client_header_buffers")) return;
  for (const { server, place } of reachedPlaces(model, (each) => speaksHttp2Upstream(each) !== null)) {
    const { statement, args } = server.top.setting("large_client_header_buffers");
    const size = parseSize(args[1] ?? "");
    const upstream = speaksHttp2Upstream(place);
    if (statement !== null && upstream !== null && size.ok && size.value >= HTTP2_LONGEST_FIELD)
      yield [statement, upstream];
  }
}

/** `NGX_HTTP_V2_MAX_FIELD`. */
const HTTP2_LONGEST_FIELD = 2_097_278;

function speaksHttp2Upstream(place: Place): Statement | null {
  if (passes(place, "grpc_pass")) return passAt(place);
  const { statement, args } = place.setting("proxy_http_version");
  return passes(place, "proxy_pass") && args[0] === "2" ? statement : null;
}

/** A body of one's own over HTTP/2 (nginx commit c24fb259d). */
export function* bodySetForHttp2(model: Model): Generator<Cause> {
  if (!writes(model, "proxy_set_body")) return;
  for (const { place } of reachedPlaces(model, (each) => passes(each, "proxy_pass"))) {
    const upstream = speaksHttp2Upstream(place);
    const body = place.setting("proxy_set_body").statement;
    if (upstream !== null && body !== null) yield [upstream, body];
  }
}

export function* scgiOrUwsgi(model: Model): Generator<Cause> {
  if (!writes(model, "scgi_pass", "uwsgi_pass")) return;
  for (const { place } of reachedPlaces(model, (each) => passes(each, "scgi_pass", "uwsgi_pass"))) {
    const pass = passAt(place);
    if (pass !== null) yield [pass];
  }
}

export function* proxies(model: Model): Generator<Cause> {
  if (!writes(model, "proxy_pass")) return;
  for (const { place } of reachedPlaces(model, (each) => passes(each, "proxy_pass"))) {
    const pass = passAt(place);
    if (pass !== null) yield [pass];
  }
}

export function* upstreamsOverTls(model: Model): Generator<Cause> {
  for (const { place } of reachedPlaces(model, (each) => passAt(each) !== null)) {
    const pass = passAt(place);
    if (pass !== null && /^(https|grpcs|suwsgi):/i.test(pass.args[0] ?? "")) yield [pass];
  }
  for (const statement of model.configuration.all("proxy_ssl")) {
    if (statement.context.kind.startsWith("stream") && statement.args[0] === "on") yield [statement];
  }
}

/** Names are looked up while nginx runs: by a `*_pass` with variables, an upstream's `resolve`, or OCSP. */
export function* resolves(model: Model): Generator<Cause> {
  if (!writes(model, "resolver")) return;
  for (const { place } of reachedPlaces(model, (each) => passAt(each)?.args[0]?.includes("$") === true)) {
    const pass = passAt(place);
    const lookup = pass === null ? null : lookupOf(pass, model.configuration);
    if (pass !== null && lookup?.kind === "request" && lookup.resolver !== null)
      yield [lookup.resolver, pass];
  }
  const others = [
    ...model.configuration.all("server").filter(({ args }) => args.includes("resolve")),
    ...["ssl_stapling", "ssl_ocsp"].flatMap((name) =>
      model.configuration.all(name).filter(({ args }) => args[0] !== "off"),
    ),
  ];
  for (const statement of others) {
    const resolver = effective(statement.context, "resolver").statements.at(-1);
    if (resolver !== undefined) yield [resolver, statement];
  }
}
