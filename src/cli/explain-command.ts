/** `nginx-lint explain URL [path]`: what becomes of a request. */

import { statSync } from "node:fs";
import { join, posix } from "node:path";
import { type Bounds, realPathOf } from "../bounds/index.ts";
import { defaultPolicy, type Finding, lint, stopsNginx } from "../linter/index.ts";
import { append, firstNotBefore, push } from "../lists/index.ts";
import { type LoadResult, load } from "../loader/index.ts";
import { type Explained, explainJson, explainText, type Refusal, visible } from "../reporters/index.ts";
import { RULES } from "../rules/index.ts";
import {
  Configuration,
  exposuresOf,
  type FileState,
  Model,
  parseSize,
  type Request,
  type SimulationOptions,
  type SourceTree,
  simulate,
  type UpstreamAnswer,
  type Version,
} from "../semantics/index.ts";
import type { Arguments } from "./arguments.ts";
import { readiness } from "./large-trees.ts";
import { placeToRead } from "./meant.ts";
import { boundsOf, portionsOf, tellPremises } from "./settings-of.ts";
import { readInput, terminal, write, writeOutput } from "./streams.ts";
import { UsageError } from "./usage-error.ts";

/** Explains one URL, or with `-` every line of standard input. Throws `UsageError`. */
export async function explainCommand(given: Arguments, rest: readonly string[]): Promise<number> {
  const [url, named, ...more] = rest;
  if (url === undefined) throw new UsageError("which URL? nginx-lint explain https://example.com/ [path]");
  if (more.length > 0) throw new UsageError(`explain takes a URL and one path, not ${more.join(" ")}, too`);
  const format = given.value("format") ?? "stylish";
  if (format !== "stylish" && format !== "json") {
    throw new UsageError(`explain writes stylish or json, not ${format}`);
  }
  if (url === "-" && named === "-")
    throw new UsageError("standard input holds the URLs or the configuration, not both");
  const cwd = process.cwd();
  const path = named ?? (await placeToRead(cwd));
  const bounds = boundsOf(given, [path], cwd);
  const [portion] = await portionsOf(given, [path], cwd, bounds);
  const root = portion?.settings.root ?? null;
  const loaded = await load({
    paths: [path],
    cwd,
    bounds,
    onRead: readiness(),
    ...(root === null ? {} : { root }),
    ...(path === "-" ? { stdin: { bytes: readInput() } } : {}),
  });
  const [first] = loaded.problems;
  if (loaded.trees.length === 0) throw new UsageError(first?.message ?? `${path}: no nginx configuration`);
  const version = portion?.settings.version ?? null;
  const candidates = loaded.trees.map((tree) => {
    let refusals: readonly Refusal[] | undefined;
    return {
      configuration: new Configuration(tree),
      // Of many trees, one answers.
      get refusals() {
        refusals ??= refusalsOf(tree, version);
        return refusals;
      },
    };
  });
  const upstream = upstreamOf(given);
  const options = {
    files: filesOf(given, root, bounds),
    details: detailsOf(given, root, bounds),
    version,
    ...(upstream === null ? {} : { upstream: () => upstream }),
  };
  await tellPremises(portion?.settings);
  const color = terminal(given.flag("color"), given.value("output") !== undefined);
  const isMany = url === "-";
  const textOf = async (asked: string) => {
    const explained = explainOne(asked, given, candidates, options, loaded);
    return format === "json" ? explainJson(explained, isMany ? 0 : 2) : explainText(explained, color);
  };
  const texts: string[] = [];
  let refused = 0;
  for (const { number, text } of isMany ? linesOf(readInput()) : []) {
    try {
      texts.push(await textOf(text));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      refused++;
      await write("stderr", `nginx-lint: line ${number}: ${visible(error.message)}\n`);
    }
  }
  if (!isMany) texts.push(await textOf(url));
  const text = texts.join(format === "json" ? "" : "\n");
  const output = given.value("output");
  if (output === undefined) await write("stdout", text);
  else await writeOutput(bounds, output, text);
  return refused > 0 ? 2 : 0;
}

/** The lines that ask something: neither empty nor a comment. */
function linesOf(bytes: Uint8Array): { readonly number: number; readonly text: string }[] {
  const lines = Buffer.from(bytes).toString("utf8").split(/\r?\n/);
  return lines
    .map((line, index) => ({ number: index + 1, text: line.trim() }))
    .filter(({ text }) => text !== "" && !text.startsWith("#"));
}

function explainOne(
  url: string,
  given: Arguments,
  candidates: readonly Candidate[],
  options: Omit<SimulationOptions, "configuration">,
  loaded: LoadResult,
): Explained {
  const asked = candidates.map((candidate) => {
    const { configuration } = candidate;
    const request = requestOf(url, given, configuration);
    return { candidate, request, simulation: simulate(request, { ...options, configuration }) };
  });
  const [first] = asked;
  if (first === undefined) throw new UsageError("no nginx configuration");
  // Of several trees, the one with a server for the name; else one that answers at all.
  const best =
    asked.find(({ simulation, request }) =>
      simulation.server?.names.some(({ text }) => text === bareHost(request)),
    ) ??
    asked.find(({ simulation }) => simulation.server !== null) ??
    first;
  const { configuration, refusals } = best.candidate;
  return {
    request: best.request,
    simulation: best.simulation,
    refusals,
    notes: notesOn(configuration, loaded),
    exposures: given.flag("attacker")
      ? exposuresOf(new Model(configuration, options.version ?? null), best.request, best.simulation)
      : null,
  };
}

/** A configuration, and why nginx would not start with it. */
interface Candidate {
  readonly configuration: Configuration;
  readonly refusals: readonly Refusal[];
}

/** What nginx only says when a request is there. */
const AT_A_REQUEST = "undefined-named-location";

/** Why nginx would not start, in the order in which it reads the files. */
function refusalsOf(tree: SourceTree, version: Version | null): readonly Refusal[] {
  const rules = RULES.filter((rule) => stopsNginx(rule) && rule.id !== AT_A_REQUEST);
  // A comment changes nothing of what nginx does.
  const { findings } = lint([tree], {
    rules,
    version,
    policy: { ...defaultPolicy, ignoreSuppressions: true },
  });
  const orderOf = orderIn(new Configuration(tree));
  return findings
    .filter(({ severity, confidence }) => severity === "error" && confidence === "high")
    .map((finding) => [orderOf(finding), finding] as const)
    .sort(([a], [b]) => a - b)
    .map(([, { ruleId, message, file, line }]) => ({
      ruleId,
      text: message.replace(/(?:: nginx does not start)?\.$/, ""),
      file,
      line,
    }));
}

/** When nginx reads a place of a file, by the number of the first statement that begins there or behind it. */
function orderIn({ statements }: Configuration): (place: Pick<Finding, "file" | "offset">) => number {
  const starts = new Map<string, { readonly start: number; order: number }[]>();
  for (const [order, { file, directive }] of statements.entries())
    push(starts, file.name, { start: directive.start, order });
  for (const own of starts.values()) {
    own.sort((a, b) => a.start - b.start);
    // A file may be included again: what counts is the first of those that are behind.
    let first = Number.POSITIVE_INFINITY;
    for (const each of own.toReversed()) {
      first = Math.min(first, each.order);
      each.order = first;
    }
  }
  return ({ file, offset }) => {
    const own = starts.get(file) ?? [];
    return own[firstNotBefore(own, ({ start }) => start < offset)]?.order ?? statements.length;
  };
}

/** What `--upstream-status` and `--upstream-header` say; null where they say nothing. */
function upstreamOf(given: Arguments): UpstreamAnswer | null {
  const written = given.value("upstream-status");
  const headers = given.values("upstream-header").map((header) => headerOf("--upstream-header", header));
  if (written === undefined) return headers.length === 0 ? null : { status: 200, headers };
  if (written === "down") return { status: 502, unreachable: true };
  if (!/^[1-5]\d\d$/.test(written))
    throw new UsageError(`--upstream-status ${written}: write 100 to 599, or down`);
  return { status: Number(written), headers };
}

function headerOf(option: string, header: string): readonly [name: string, value: string] {
  // A token, and what may be on a line: anything else is no header (RFC 9110, 5.1 and 5.5).
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+)\s*:([^\0-\x08\x0a-\x1f\x7f]*)$/.exec(header) ?? [];
  if (name === undefined || value === undefined)
    throw new UsageError(`${option} ${header}: write 'Name: value'`);
  return [name, value.trim()];
}

function bareHost({ host }: Request): string {
  return (host ?? "").replace(/:\d+$/, "").toLowerCase();
}

/** What is broken or missing in what was read. */
function notesOn({ tree }: Configuration, loaded: LoadResult): readonly string[] {
  const notes = loaded.problems.map(({ message }) => message);
  for (const file of tree.files) {
    for (const { start, message } of file.problems)
      notes.push(`${file.name}:${file.position(start).line}: ${message}`);
  }
  for (const { problems } of tree.includes.values())
    append(
      notes,
      problems.map(({ message }) => message),
    );
  if (tree.fragment)
    notes.push("only a part of the configuration is known: what is around it may change the answer");
  const all = [...new Set(notes)];
  const more = all.length - MOST_NOTES;
  return more > 0 ? [...all.slice(0, MOST_NOTES), `and ${more} more`] : all;
}

/** Nobody reads more of what is broken. */
const MOST_NOTES = 100;

function requestOf(url: string, given: Arguments, configuration: Configuration): Request {
  const base = url.startsWith("/") ? firstServer(configuration, url) : absolute(url);
  const headers: (readonly [string, string])[] = [];
  let { host } = base;
  let isHostGiven = false;
  for (const header of given.values("header")) {
    const [name, value] = headerOf("--header", header);
    if (name.toLowerCase() === "host" && !isHostGiven) {
      host = value;
      isHostGiven = true;
    } else headers.push([name, value]);
  }
  const size = given.value("body-size");
  if (size !== undefined && !headers.some(([name]) => name.toLowerCase() === "content-length")) {
    const bytes = parseSize(size);
    if (!bytes.ok) throw new UsageError(`--body-size ${size}: write a size such as 512k or 10m`);
    headers.push(["Content-Length", String(bytes.value)]);
  }
  const address = addressOf(given.value("address"));
  const method = given.value("method") ?? "GET";
  if (!/^[A-Za-z_-]+$/.test(method)) throw new UsageError(`--method ${method}: write a name such as POST`);
  const local = given.value("local");
  return {
    ...base,
    host,
    method: method.toUpperCase(),
    headers,
    ...(address === undefined ? {} : { address }),
    ...(local === undefined ? {} : { local: localOf(local) }),
  };
}

interface Base {
  readonly scheme: "http" | "https";
  readonly host: string | null;
  readonly uri: string;
  readonly local: { readonly address?: string | null; readonly port?: number };
}

/** The URL as it is written: what a client would tidy up is nginx's to see. */
function absolute(url: string): Base {
  const match = /^(https?):\/\/(?:[^@/?#]*@)?([^/?#]*)([^#]*)/i.exec(url);
  const host = match?.[2] ?? "";
  if (match === null || host === "") {
    throw new UsageError(`${url}: write a URL (https://example.com/path) or a path (/path)`);
  }
  const scheme = match[1]?.toLowerCase() === "https" ? "https" : "http";
  const [, port, noPort] = /:(?:(\d+)|([^\]:]*))$/.exec(host) ?? [];
  const isPort = port === undefined || (Number(port) > 0 && Number(port) <= 65_535);
  if (!isPort || noPort) throw new UsageError(`${url}: a port is 1 to 65535`);
  return {
    scheme,
    host,
    uri: escaped(match[3] ?? ""),
    local: { port: port === undefined ? (scheme === "https" ? 443 : 80) : Number(port) },
  };
}

/** A path alone is asked of the first server. */
function firstServer(configuration: Configuration, path: string): Base {
  const [server] = configuration.servers;
  const listen = server?.listens.find(({ unknown }) => !unknown);
  const name = server?.names.find(({ kind, text }) => kind === "exact" && text !== "" && text !== "_");
  const tls = listen?.tls ?? false;
  return {
    scheme: tls ? "https" : "http",
    host: name?.text ?? "localhost",
    uri: escaped(path.replace(/#.*/s, "")),
    local: { port: listen?.port ?? (tls ? 443 : 80) },
  };
}

/** Letters that no client sends as they are. */
function escaped(uri: string): string {
  const target = uri.startsWith("/") ? uri : `/${uri}`;
  return target.replace(/[^\x21-\x7e]+/g, (text) => encodeURI(text));
}

/** The client's address, in brackets or not. */
function addressOf(text: string | undefined): string | undefined {
  if (text === undefined || text.startsWith("unix:")) return text;
  const address = text.replace(/^\[(.*)\]$/, "$1");
  if (!isAddress(address)) throw new UsageError(`--address ${text}: write an IP address`);
  return address;
}

/** Few runs ask, and the module takes longer to load than a small tree takes to lint. */
function isAddress(text: string): boolean {
  return process.getBuiltinModule("node:net").isIP(text) !== 0;
}

function localOf(text: string): { readonly address?: string; readonly port?: number } {
  if (text.startsWith("unix:")) return { address: text };
  const match = /^(?:(\[[^\]]+\]|[^:]*):)?(\d+)$/.exec(text);
  if (match === null) throw new UsageError(`--local ${text}: write ADDRESS:PORT`);
  const port = Number(match[2]);
  if (port < 1 || port > 65_535) throw new UsageError(`--local ${text}: a port is 1 to 65535`);
  if (match[1] && !isAddress(match[1].replace(/^\[(.*)\]$/, "$1"))) {
    throw new UsageError(`--local ${text}: ${match[1]} is no IP address`);
  }
  return match[1] === undefined || match[1] === "" ? { port } : { address: match[1], port };
}

/** The files as the options say, else as this machine has them where it has the document root. */
function filesOf(
  given: Arguments,
  root: string | null,
  bounds: Bounds,
): NonNullable<SimulationOptions["files"]> {
  const told = new Map<string, FileState>();
  for (const path of pathsOf(given, "missing")) told.set(withoutSlash(path), "missing");
  for (const path of pathsOf(given, "exists")) {
    if (told.get(withoutSlash(path)) === "missing")
      throw new UsageError(`${path} cannot both be there (--exists) and not (--missing)`);
    told.set(withoutSlash(path), path.endsWith("/") ? "directory" : "file");
    for (let folder = posix.dirname(withoutSlash(path)); folder.length > 1; folder = posix.dirname(folder)) {
      if (!told.has(folder)) told.set(folder, "directory");
    }
  }
  const onDisk = (path: string) => (root === null ? path : join(root, path));
  return (path, documentRoot) => {
    const known = told.get(withoutSlash(posix.normalize(path)));
    if (known !== undefined) return known;
    if (documentRoot === null || !mayAsk(onDisk(documentRoot), bounds) || !mayAsk(onDisk(path), bounds))
      return undefined;
    return stateOf(onDisk(documentRoot)) === "directory" ? stateOf(onDisk(path)) : undefined;
  };
}

/** Throws `UsageError` for a path that nginx would not ask for: it knows its own prefix, and else whole paths. */
function pathsOf(given: Arguments, option: "exists" | "missing"): readonly string[] {
  const paths = given.values(option);
  const stray = paths.find((path) => !/^(?:[/$]|[A-Za-z]:[\\/])/.test(path));
  if (stray !== undefined) throw new UsageError(`--${option} ${stray}: write an absolute path`);
  return paths;
}

/** Size and date, where this machine has the document root; files of `--exists` have none. */
function detailsOf(
  given: Arguments,
  root: string | null,
  bounds: Bounds,
): NonNullable<SimulationOptions["details"]> {
  const told = new Set([...pathsOf(given, "exists"), ...pathsOf(given, "missing")].map(withoutSlash));
  return (path) => {
    const onDisk = root === null ? path : join(root, path);
    if (told.has(path) || !mayAsk(onDisk, bounds)) return undefined;
    try {
      const { size, mtimeMs } = statSync(onDisk);
      return { size, modified: Math.floor(mtimeMs / 1000) };
    } catch {
      return undefined;
    }
  };
}

/** Whether the disk is asked what is there: not what `--within` keeps out, under its own name or behind a link. */
function mayAsk(path: string, bounds: Bounds): boolean {
  return bounds.permits(path) && bounds.permits(realPathOf(path) ?? path);
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

function stateOf(path: string): FileState {
  try {
    const stat = statSync(path);
    return stat.isDirectory() ? "directory" : stat.isFile() ? "file" : "missing";
  } catch {
    return "missing";
  }
}
