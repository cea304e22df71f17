/** Requests that try to bring a text into a value: each is a guess, and the simulation says what comes of it. */
import { spend } from "../budget.ts";
import { requestTarget, type Sample, sampleOf, toBytes } from "../regex/index.ts";
import { definitionsOf } from "../request/definitions.ts";
import { type Request, readCondition } from "../request/index.ts";
import type { Location, Server } from "../server.ts";
import type { Context, Statement } from "../tree.ts";
import type { Origin } from "./sources.ts";
import { type Step, stepsTo } from "./steps.ts";

/** A request with a text in it. */
export interface Attempt {
  readonly request: Request & { readonly uri: string };
  readonly payload: string;
}

export interface Attack {
  readonly server: Server;
  readonly context: Context;
  readonly until: Statement | null;
  /** Where the client has a say. */
  readonly origins: readonly Origin[];
  /** The texts to bring in, as bytes, the most telling first. */
  readonly payloads: readonly string[];
  /** Request targets that lead to the place. */
  readonly targets: readonly string[];
}

/** So many places of a path or a value a text is put at. */
const MOST_POSITIONS = 16;
const MOST_BASES = 6;
/** Texts that are tried at every place of a path. */
const MOST_SWEPT = 2;

/** Requests that put one of the texts wherever clients have a say. Lazy: whoever asks stops at the first that works. */
export function* attempts(attack: Attack): Generator<Attempt> {
  const steps = stepsTo(attack.server, attack.context, attack.until);
  const location = attack.server.locationOf(attack.context);
  const paths = location?.isExact === true ? [] : pathsTo(attack, location, steps);
  const frame = frameFor(steps);
  const base = location?.isExact === true ? location.pattern : (paths[0]?.text ?? "/");
  for (const ways of [likelyWays, allWays]) {
    for (const payload of ways === allWays ? attack.payloads.slice(0, MOST_SWEPT) : attack.payloads) {
      for (const origin of attack.origins) {
        spend(10);
        if (origin.kind === "path") {
          for (const path of paths) {
            for (const uri of ways(path, payload, 1))
              yield { payload, request: framed(frame, requestTarget(uri), []) };
          }
          continue;
        }
        for (const sample of samplesFor(origin, attack.server, steps)) {
          for (const value of ways(sample, payload, 0)) {
            const request = carried(origin, value, frame, requestTarget(toBytes(base)));
            if (request !== null) yield { payload, request };
          }
        }
      }
    }
  }
}

/** URIs, as bytes, that are likely to lead to the place, those with groups first. */
function pathsTo(
  { server, targets }: Attack,
  location: Location | null,
  steps: readonly Step[],
): readonly Sample[] {
  const found = new Map<string, Sample>();
  const add = ({ text, groups }: Sample, before = "") => {
    const start = before + text;
    const path = start.startsWith("/") ? start : `/${start}`;
    const moved = path.length - text.length;
    if (found.size >= MOST_BASES || found.has(path)) return;
    found.set(path, {
      text: path,
      groups: groups.map(([from, to]) => [Math.max(1, from + moved), to + moved] as const),
    });
  };
  for (const step of steps) {
    if (step.kind !== "pattern" || step.subject !== "uri") continue;
    const sample = sampleOf(step.pattern, step.caseless);
    const isInside = location === null || location.isRegex || sample.text.startsWith(location.pattern);
    // Anything may come before it.
    if (!/^(?:\(\?[is]+\))?\^/.test(step.pattern) && sample.text.startsWith("/")) add(sample, "/x");
    if (isInside) add(sample);
    else if (location.isPrefix) add(sample, location.pattern);
  }
  for (const target of targets) add({ text: toBytes(target), groups: [] });
  if (location === null || location.isNamed) {
    add({ text: "/x", groups: [] });
    for (const { isPrefix, pattern } of server.locations)
      if (isPrefix) add({ text: `${pattern}x`, groups: [] });
  }
  return [...found.values()];
}

/** A text in place of each group, before and behind it, at the end and at the start. */
function* likelyWays({ text, groups }: Sample, payload: string, least: number): Generator<string> {
  const seen = new Set<string>();
  const ways = [
    ...groups.flatMap(([from, to]) => [[from, to] as const, [to, to] as const, [from, from] as const]),
    [text.length, text.length] as const,
    [least, least] as const,
  ];
  for (const [from, to] of ways) {
    const made = text.slice(0, from) + payload + text.slice(to);
    if (!seen.has(made)) yield made;
    seen.add(made);
  }
}

/** A text at each place of another, the end first. */
function* allWays({ text }: Sample, payload: string, least: number): Generator<string> {
  const last = Math.max(least, text.length - MOST_POSITIONS);
  for (let at = text.length - 1; at >= last; at--) yield text.slice(0, at) + payload + text.slice(at);
}

/** What the conditions around a place ask of a request. */
interface Frame {
  readonly method: string | null;
  readonly args: ReadonlyMap<string, string>;
  readonly headers: ReadonlyMap<string, string>;
}

function frameFor(steps: readonly Step[]): Frame {
  const args = new Map<string, string>();
  const headers = new Map<string, string>();
  let method: string | null = null;
  for (const step of steps) {
    if (step.kind !== "condition") continue;
    const condition = readCondition(step.statement.args);
    if (condition.kind !== "true" && condition.kind !== "equal" && condition.kind !== "match") continue;
    const name = /^\$\{?(\w+)\}?$/.exec(condition.value)?.[1]?.toLowerCase() ?? "";
    let value = "1";
    if (condition.kind === "equal") value = condition.negative ? "x" : condition.text;
    if (condition.kind === "match") {
      if (condition.negative) continue;
      value = sampleOf(condition.pattern, condition.caseless).text;
    }
    if (name === "request_method") method = /^[A-Z]+$/.test(value) ? value : null;
    else if (name.startsWith("arg_")) args.set(name.slice("arg_".length), value);
    else if (name.startsWith("http_") && name !== "http_host")
      headers.set(name.slice("http_".length).replaceAll("_", "-"), value);
    else if (name.startsWith("cookie_")) headers.set("cookie", `${name.slice("cookie_".length)}=${value}`);
  }
  return { method, args, headers };
}

function framed(
  { method, args, headers }: Frame,
  target: string,
  more: readonly (readonly [name: string, value: string])[],
): Attempt["request"] {
  const own = new Set(more.map(([name]) => name.toLowerCase()));
  const kept = [...headers].filter(([name]) => !own.has(name));
  const missing = [...args].filter(([name]) => !new RegExp(`[?&]${name}=`, "i").test(target));
  const query = missing.map(([name, value]) => `${name}=${value}`).join("&");
  const uri = query === "" ? target : `${target}${target.includes("?") ? "&" : "?"}${query}`;
  const all = [...kept.map(([name, value]) => [headerName(name), value] as const), ...more];
  return { uri, ...(method === null ? {} : { method }), ...(all.length === 0 ? {} : { headers: all }) };
}

/** `x-forwarded-host` as people write it. */
function headerName(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

const NO_QUERY = /[\0-\x20#\x7f]/;
const NO_HEADER = /[\0\r\n]/;

/** The request that brings a value in by a part of it; null where no request can. */
function carried(origin: Origin, value: string, frame: Frame, target: string): Attempt["request"] | null {
  switch (origin.kind) {
    case "query": {
      if (NO_QUERY.test(value) || (origin.name !== null && value.includes("&"))) return null;
      return framed(frame, `${target}?${origin.name === null ? "" : `${origin.name}=`}${value}`, []);
    }
    case "header": {
      if (NO_HEADER.test(value) || value === "") return null;
      if (origin.name !== "host") return framed(frame, target, [[headerName(origin.name), value]]);
      return { ...framed(frame, target, []), host: value };
    }
    case "cookie":
      if (NO_HEADER.test(value) || value.includes(";")) return null;
      return framed(frame, target, [["Cookie", `${origin.name}=${value}`]]);
    case "user":
      if (value.includes("\0") || value.includes(":")) return null;
      return framed(frame, target, [["Authorization", `Basic ${btoa(`${value}:x`)}`]]);
    case "method":
    case "body":
    case "handshake":
    case "path":
      return null;
  }
}

/** Values that patterns and maps on the way ask for; the empty one first. */
function samplesFor(origin: Origin, server: Server, steps: readonly Step[]): readonly Sample[] {
  const variable = variableOf(origin);
  const found: Sample[] = [{ text: "", groups: [] }];
  if (variable === null) return found;
  const isAsked = (argument: string) => argument.toLowerCase().replace(/[{}]/g, "").includes(variable);
  const add = (pattern: string, caseless: boolean) => {
    if (found.length < MOST_BASES) found.push(sampleOf(pattern, caseless));
  };
  for (const step of steps) {
    const isGuard = step.kind === "guard" && `$${step.name}` === variable && !step.negative;
    const isPattern =
      step.kind === "pattern" && typeof step.subject === "object" && isAsked(step.subject.argument);
    if (isGuard || isPattern) add(step.pattern, step.caseless);
  }
  for (const definition of definitionsOf(server.configuration).byName.values()) {
    if (definition.kind !== "map" || !isAsked(definition.source)) continue;
    for (const { text, caseless } of definition.patterns.slice(0, MOST_BASES)) add(text, caseless);
  }
  return found;
}

function variableOf(origin: Origin): string | null {
  switch (origin.kind) {
    case "query":
      return origin.name === null ? "$args" : `$arg_${origin.name}`;
    case "header":
      return origin.name === "host" ? "$http_host" : `$http_${origin.name.replaceAll("-", "_")}`;
    case "cookie":
      return `$cookie_${origin.name}`;
    default:
      return null;
  }
}
