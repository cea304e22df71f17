/** Bugs of nginx's script engine: what rewrite directives, maps and captures have to be for them. */
import { append } from "../../lists/index.ts";

import { matchesEverything, rootSetting } from "../content.ts";
import type { Model, Place } from "../model.ts";
import { groupsOf } from "../regex/index.ts";
import { definitionsOf } from "../request/definitions.ts";
import { readCondition } from "../request/index.ts";
import { readScript } from "../request/script.ts";
import type { Context, Statement } from "../tree.ts";
import { type Cause, reachedPlaces, writes } from "./cause.ts";

/**
 * The rewrite directives of a place in the order that one run of the script engine meets them, those of `if` blocks among them;
 * up to the first that ends the script for every request.
 */
function scriptOf(context: Context): readonly Statement[] {
  const script: Statement[] = [];
  for (const statement of context.statements) {
    if (!SCRIPTED.has(statement.name)) continue;
    script.push(statement);
    if (statement.name === "if" && statement.block !== null) append(script, scriptOf(statement.block));
    else if (endsScript(statement)) break;
  }
  return script;
}

const SCRIPTED: ReadonlySet<string> = new Set(["set", "if", "rewrite", "return", "break"]);

function endsScript(statement: Statement): boolean {
  if (statement.name === "return" || statement.name === "break") return true;
  return statement.name === "rewrite" && leaves(statement) && matchesEverything(statement.args[0] ?? "");
}

/** A `rewrite` that ends the script where it matches. */
function leaves({ args: [, , flag] }: Statement): boolean {
  return flag !== undefined;
}

/** It answers with a redirect, and escapes all captures for that. */
function redirects({ args: [, target = "", flag] }: Statement): boolean {
  return flag === "redirect" || flag === "permanent" || /^(https?:\/\/|\$scheme)/.test(target);
}

/** Places whose script is run: the server's own level and locations. */
function* scripts(model: Model): Generator<{ place: Place; script: readonly Statement[] }> {
  const isScripted = ({ context }: Place) =>
    (context.kind === "server" || context.kind === "location") && context.allBelow("rewrite").length > 0;
  for (const { place } of reachedPlaces(model, isScripted)) yield { place, script: scriptOf(place.context) };
}

function capturesIn(text: string): readonly number[] {
  return readScript(text).flatMap((part) => (part.kind === "capture" ? [part.index] : []));
}

/** What a `set` or an `if` puts together of parts; null for others, and for a pattern. */
function builtText({ name, args }: Statement): string | null {
  if (name === "set") return args[1] ?? null;
  if (name !== "if") return null;
  const condition = readCondition(args);
  if (condition.kind === "equal") return condition.text;
  return condition.kind === "file" ? condition.path : null;
}

/**
 * A rewrite that adds arguments and does not end the script, then a `set` or `if` with `$1`: the capture is escaped as an
 * argument, and its buffer has no room for that (nginx commit 2046b45aa).
 */
export function* rewriteThenCapture(model: Model): Generator<Cause> {
  if (!writes(model, "rewrite")) return;
  for (const { script } of scripts(model)) {
    let opened: Statement | null = null;
    for (const statement of script) {
      if (statement.name === "rewrite") {
        const [, target = ""] = statement.args;
        const addsArguments = target.slice(0, -1).includes("?");
        if (addsArguments && !leaves(statement) && !redirects(statement)) opened = statement;
      } else if (opened !== null && capturesIn(builtText(statement) ?? "").length > 0) {
        yield [opened, statement];
        opened = null;
      }
    }
  }
}

/**
 * A rewrite whose replacement holds a group and one inside of it where both are escaped: in a redirect, or behind the `?`.
 * The buffer has room for the escapes of one (nginx commit ca4f92a27). With a variable in it the length is counted right.
 */
export function* rewriteOverlappingCaptures(model: Model): Generator<Cause> {
  if (!writes(model, "rewrite")) return;
  for (const { script } of scripts(model)) {
    for (const statement of script) {
      if (statement.name !== "rewrite") continue;
      const [pattern = "", written = ""] = statement.args;
      const target = written.replace(/\?$/, "");
      const parts = readScript(target);
      if (parts.some(({ kind }) => kind !== "text" && kind !== "capture")) continue;
      const all = capturesIn(target);
      if (all.length < 2 || new Set(all).size < all.length) continue;
      const question = target.indexOf("?");
      const escaped = redirects(statement) ? all : question < 0 ? [] : capturesIn(target.slice(question));
      if (escaped.length < 2) continue;
      const nested = groupsOf(pattern)?.nested ?? [];
      if (nested.some(([outer, inner]) => escaped.includes(outer) && escaped.includes(inner)))
        yield [statement];
    }
  }
}

/** A rewrite that leaves the location as it is, then `$request_filename`, which cuts the name of the location off the new URI. */
export function* rewriteThenFilename(model: Model): Generator<Cause> {
  if (!writes(model, "alias") || !writes(model, "rewrite")) return;
  for (const { place, script } of scripts(model)) {
    const { statement: alias, cut } = rootSetting(place.context);
    if (alias === null || cut.kind !== "prefix" || cut.length < 2) continue;
    let rewritten: Statement | null = null;
    for (const statement of script) {
      if (statement.name === "rewrite") {
        if (!leaves(statement) && !redirects(statement)) rewritten = statement;
        continue;
      }
      if (rewritten === null) continue;
      const texts = statement.args.join(" ");
      const isLogged =
        statement.name === "return" &&
        (place.accessLogs ?? []).some(({ format }) => format?.text.includes("$request_filename"));
      if (!texts.includes("$request_filename") && !isLogged) continue;
      yield [rewritten, statement, alias];
      break;
    }
  }
}

/** What evaluating a map changes. */
interface Overwritten {
  readonly statement: Statement;
  /** Its patterns have groups: `$1` and its like are overwritten. */
  readonly numbered: boolean;
  /** Variables that its named groups fill. */
  readonly named: ReadonlySet<string>;
  readonly volatile: boolean;
  readonly source: string;
}

/** The maps with a group in some pattern, by the name of their variable. */
function capturingMaps(model: Model): ReadonlyMap<string, Overwritten> {
  const found = new Map<string, Overwritten>();
  for (const statement of model.configuration.all("map")) {
    const name = statement.args[1]?.replace(/^\$/, "").toLowerCase();
    const patterns = (statement.block?.statements ?? []).filter((entry) => entry.name.startsWith("~"));
    if (name === undefined || patterns.length === 0) continue;
    const groups = patterns.flatMap((entry) => groupsOf(entry.name.replace(/^~\*?/, "")) ?? []);
    if (!groups.some(({ count }) => count > 0)) continue;
    const definition = definitionsOf(model.configuration).byName.get(name);
    found.set(name, {
      statement,
      numbered: true,
      named: new Set(groups.flatMap(({ names }) => names.map((each) => each.toLowerCase()))),
      volatile: definition?.kind === "map" && definition.volatile,
      source: statement.args[0] ?? "",
    });
  }
  return found;
}

/** Lists whose lines nginx measures all together before it writes the first. */
const MEASURED_TOGETHER = [
  "proxy_set_header",
  "grpc_set_header",
  "fastcgi_param",
  "uwsgi_param",
  "scgi_param",
];

/**
 * A text that holds a capture and behind it a map that sets the capture anew: nginx measures the old capture and writes the new
 * one. The same with a volatile map whose own source is what it sets (nginx commit b76754049).
 */
export function* mapChangesCapture(model: Model): Generator<Cause> {
  if (!writes(model, "map")) return;
  const maps = capturingMaps(model);
  if (maps.size === 0) return;
  for (const map of maps.values()) {
    const isOwnSource = readScript(map.source).some((part) => isSetBy(map, part));
    if (map.volatile && isOwnSource) yield [map.statement];
  }
  for (const statement of model.configuration.statements) {
    if (statement.name === "map" || statement.name === "log_format") continue;
    for (const argument of statement.args) {
      const cause = clash([[statement, argument]], maps);
      if (cause !== null) yield cause;
    }
  }
  const told = new Set<Statement>();
  for (const name of MEASURED_TOGETHER) {
    if (!writes(model, name)) continue;
    for (const { place } of reachedPlaces(model, ({ handler }) => handler.kind === "pass")) {
      const lines = place.list(name).statements.map((each) => [each, each.args[1] ?? ""] as const);
      const cause = clash(lines, maps);
      const [, capture] = cause ?? [];
      // What stands in one line is told there.
      if (cause === null || cause.length < 3 || capture === undefined || told.has(capture)) continue;
      told.add(capture);
      yield cause;
    }
  }
}

type Part = ReturnType<typeof readScript>[number];

function isSetBy({ numbered, named }: Overwritten, part: Part): boolean {
  return part.kind === "capture" ? numbered : part.kind === "variable" && named.has(part.name);
}

/** The map, the line of the capture, and the line of the map's variable where that is another. */
function clash(
  lines: readonly (readonly [Statement, string])[],
  maps: ReadonlyMap<string, Overwritten>,
): Cause | null {
  const before: { readonly part: Part; readonly line: Statement }[] = [];
  for (const [line, text] of lines) {
    if (!text.includes("$")) continue;
    for (const part of readScript(text)) {
      const map = part.kind === "variable" ? maps.get(part.name) : undefined;
      const capture = map === undefined ? undefined : before.find((each) => isSetBy(map, each.part));
      if (map !== undefined && capture !== undefined)
        return capture.line === line ? [line, map.statement] : [line, capture.line, map.statement];
      before.push({ part, line });
    }
  }
  return null;
}

/** A subrequest (of `slice`, or one that refreshes the cache) that reads `$1` while a map with a group is evaluated. */
export function* subrequestReadsCapture(model: Model): Generator<Cause> {
  const names = ["slice", "proxy_cache_background_update", "fastcgi_cache_background_update"];
  if (!writes(model, ...names) || !writes(model, "map")) return;
  const maps = capturingMaps(model);
  if (maps.size === 0) return;
  for (const { place } of reachedPlaces(model, ({ handler }) => handler.kind === "pass")) {
    const { handler } = place;
    if (handler.kind !== "pass") continue;
    const family = handler.pass.replace("_pass", "");
    const slice = place.setting("slice");
    const isSliced = slice.statement !== null && !/^0/.test(slice.args[0] ?? "0");
    const refresh = place.setting(`${family}_cache_background_update`);
    const maker = isSliced
      ? slice.statement
      : place.caching !== null && refresh.args[0] === "on"
        ? refresh.statement
        : null;
    if (maker === null) continue;
    const lines = [
      handler.statement,
      ...place.list(family === "fastcgi" ? "fastcgi_param" : `${family}_set_header`).statements,
      ...place.list(`${family}_cache_key`).statements,
    ];
    const parts = lines.map((line) => ({ line, parts: line.args.flatMap((text) => readScript(text)) }));
    const capture = parts.find((each) => each.parts.some(({ kind }) => kind === "capture"));
    const isMapped = parts.some((each) =>
      each.parts.some((part) => part.kind === "variable" && maps.has(part.name)),
    );
    if (capture !== undefined && isMapped) yield [maker, capture.line];
  }
}
