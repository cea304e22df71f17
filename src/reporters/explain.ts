/** What becomes of one request, for people and as JSON. */
import { append, greatest, push } from "../lists/index.ts";
import {
  type Chooser,
  type Exposure,
  type Header,
  lostHeaders,
  type Origin,
  type OutcomeKind,
  type Request,
  type Server,
  type Simulation,
  type Statement,
  type TraceEntry,
} from "../semantics/index.ts";
import { padEnd, textWidth, wrap } from "./columns.ts";
import { jsonText } from "./json-text.ts";
import { visible } from "./visible.ts";

export interface Explained {
  readonly request: Request;
  readonly simulation: Simulation;
  /** Why nginx would not start with the configuration, its first reason first; empty where it would, as far as the text tells. */
  readonly refusals: readonly Refusal[];
  /** What is missing or broken in what was read; one line each. */
  readonly notes: readonly string[];
  /** Which parts of the answer clients choose; null where nobody asked. */
  readonly exposures: readonly Exposure[] | null;
}

export interface Refusal {
  readonly ruleId: string;
  /** nginx's reason. */
  readonly text: string;
  readonly file: string;
  readonly line: number;
}

export interface ExplainOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

/** One JSON object; on one line without indentation. */
export function explainJson(
  { request, simulation, refusals, notes, exposures }: Explained,
  indentation: number,
): string {
  const { server, location, outcome, requestHeaders, responseHeaders, trace, assumptions } = simulation;
  return jsonText(
    {
      version: 1,
      refusals,
      request: {
        method: request.method ?? "GET",
        scheme: request.scheme ?? "http",
        host: request.host ?? null,
        port: portOf(request),
        uri: request.uri,
      },
      server:
        server === null ? null : { ...describeServer(server, request), ...placeOf(server.context.opener) },
      location:
        location === null
          ? null
          : { modifier: location.modifier, pattern: location.pattern, ...placeOf(location.statement) },
      outcome: { kind: kindOf(outcome.kind), status: outcome.status, target: outcome.target },
      requestHeaders: requestHeaders.map((header) => describeHeader(header)),
      responseHeaders: responseHeaders.map((header) => ({
        ...describeHeader(header),
        always: header.always ?? true,
      })),
      trace: [
        ...refusals
          .slice(0, 1)
          .map(({ text, file, line }) => ({ phase: "start", text: `${NO_START}: ${text}`, file, line })),
        ...trace.map(({ phase, text, statement }) => ({ phase, text, ...placeOf(statement) })),
      ],
      assumptions: assumptions.map(({ question, answer }) => ({
        text: question.text,
        answer,
        others: question.answers.filter((other) => other !== answer),
        ...placeOf(question.statement),
      })),
      notes,
      ...(exposures === null ? {} : { attacker: exposures.map(describeExposure) }),
    },
    indentation,
  );
}

const NO_START = "nginx will not start";

/** What the JSON calls it; it has no word for memcached. */
function kindOf(kind: OutcomeKind): string {
  return kind === "memcached" ? "proxy" : kind;
}

function describeServer(server: Server, request: Request) {
  const listen = server.listens.find(({ port }) => port === portOf(request)) ?? server.listens[0];
  return {
    names: server.names.map(({ text }) => text),
    listen: listen === undefined ? null : (listen.statement?.args.join(" ") ?? "*:80"),
  };
}

function describeHeader({ name, value, written, statement }: Header) {
  return { name, value: written, sent: value, ...placeOf(statement) };
}

function describeExposure({ what, name, value, statement }: Exposure) {
  return {
    what,
    name,
    parts: value.parts.map(({ written, chooser, pickedBy, origins, language }) => ({
      text: visible(written),
      chosenBy: chooser,
      pickedBy,
      by: origins.map(originText),
      lineEnds: chooser === "client" && language.mayHold(LINE_FEED),
    })),
    ...placeOf(statement),
  };
}

const LINE_FEED = 0x0a;

function placeOf(statement: Statement | null): { file: string | null; line: number | null } {
  return statement === null
    ? { file: null, line: null }
    : { file: statement.file.name, line: statement.line };
}

function portOf({ local, scheme }: Request): number {
  return local?.port ?? (scheme === "https" ? 443 : 80);
}

type Style = "title" | "faint" | "good" | "bad" | "note";
type Paint = (style: Style, text: string) => string;

/** The steps, numbered, each with its place; then the answer, the headers, and what was assumed. */
export async function explainText(explained: Explained, options: ExplainOptions): Promise<string> {
  const { request, simulation, refusals, notes, exposures } = explained;
  const paint = await painter(options.color);
  const width = Math.min(120, Math.max(60, options.width));
  const lines = [paint("title", visible(titleOf(request)))];
  append(lines, refusalLines(refusals, width, paint));
  append(lines, stepLines(simulation.trace, width, paint));
  append(lines, answerLines(simulation, width, paint));
  for (const exposure of exposures ?? []) append(lines, row("chosen", exposureText(exposure), width, paint));
  if (exposures?.length === 0) append(lines, row("chosen", "nothing of this answer", width, paint));
  for (const { question, answer } of simulation.assumptions) {
    const hint = question.kind === "file" ? ` (${hintFor(question.key, answer)})` : "";
    append(lines, row("assumed", `${question.text}: ${answer}${hint}`, width, paint, "note"));
  }
  for (const note of notes) append(lines, row("missing", note, width, paint, "note"));
  return `${lines.join("\n")}\n`;
}

/** Said first: what follows holds once it starts. */
function refusalLines(
  [first, ...others]: readonly Refusal[],
  width: number,
  paint: Paint,
): readonly string[] {
  if (first === undefined) return [];
  const more = others.length === 0 ? "" : `, and ${others.length} more: run \`nginx-lint\``;
  const text = `${NO_START}: ${first.text} (${first.file}:${first.line})${more}`;
  return [...row("refused", text, width, paint, "bad"), ...row("", "if it did:", width, paint, "note")];
}

async function painter(color: boolean): Promise<Paint> {
  if (!color) return (_style, text) => text;
  const { Chalk } = await import("chalk");
  const chalk = new Chalk({ level: 1 });
  const styles: Record<Style, (text: string) => string> = {
    title: chalk.bold,
    faint: chalk.dim,
    good: chalk.green,
    bad: chalk.red,
    note: chalk.yellow,
  };
  return (style, text) => styles[style](text);
}

function titleOf(request: Request): string {
  const { host, scheme = "http", uri, address, method = "GET" } = request;
  const port = portOf(request);
  const isUsual = port === (scheme === "https" ? 443 : 80) || /:\d+$/.test(host ?? "");
  const authority = `${host ?? "(no Host)"}${isUsual ? "" : `:${port}`}`;
  return `${method} ${scheme}://${authority}${uri}${address === undefined ? "" : ` from ${address}`}`;
}

/** `` Host to the upstream: `$http_host` by any client (header host) `` */
function exposureText({ what, name, value, statement }: Exposure): string {
  const parts = value.parts.flatMap(({ written, chooser, pickedBy, origins, language }) => {
    const by = origins.length === 0 ? "" : ` (${origins.map(originText).join(", ")})`;
    const ends = chooser === "client" && language.mayHold(LINE_FEED) ? ", with line ends" : "";
    if (chooser !== "operator") return [`\`${written}\` by ${CHOOSERS[chooser]}${by}${ends}`];
    return pickedBy === "operator"
      ? []
      : [`\`${written}\`, one of your texts, by ${CHOOSERS[pickedBy]}${by}`];
  });
  const place = statement === null ? "" : ` (${placeText(statement)})`;
  return `${name}${what === "request-header" ? " to the upstream" : ""}: ${parts.join("; ")}${place}`;
}

const CHOOSERS: Readonly<Record<Chooser, string>> = {
  operator: "you",
  nginx: "nginx",
  upstream: "the upstream",
  secret: "a client with a password or certificate",
  client: "any client",
  unknown: "nobody knows whom",
};

function originText(origin: Origin): string {
  switch (origin.kind) {
    case "path":
    case "method":
    case "body":
      return origin.kind;
    case "query":
      return origin.name === null ? "query" : `argument ${origin.name}`;
    case "header":
      return `header ${origin.name}`;
    case "cookie":
      return `cookie ${origin.name}`;
    case "user":
      return "user name";
    case "handshake":
      return "TLS handshake";
  }
}

/** Misses in a row that are told one by one. */
const MOST_MISSES = 6;

function stepLines(trace: readonly TraceEntry[], width: number, paint: Paint): readonly string[] {
  // What was assumed is told once, below.
  const steps = withFewMisses(trace.filter(({ kind }) => kind !== "assumption"));
  const digits = String(steps.length).length;
  const hanging = ` ${"".padEnd(digits)}  `.length;
  const places = steps.map(({ statement }) => (statement === null ? "" : visible(placeText(statement))));
  const placeWidth = greatest([0, ...places.map(textWidth)]);
  const room = Math.max(24, width - hanging - placeWidth - 2);
  const textWidths = steps.map(({ text }) => Math.min(room, textWidth(visible(text))));
  const column = greatest([0, ...textWidths]);
  return steps.flatMap(({ text }, index) => {
    const [first = "", ...rest] = wrap(visible(text), room, room);
    const number = ` ${String(index + 1).padStart(digits)}  `;
    const place = places[index] ?? "";
    const head = place === "" ? first : `${padEnd(first, column)}  ${paint("faint", place)}`;
    return [`${number}${head}`, ...rest.map((line) => `${" ".repeat(hanging)}${line}`)];
  });
}

function withFewMisses(trace: readonly TraceEntry[]): readonly TraceEntry[] {
  const steps: TraceEntry[] = [];
  for (let at = 0; at < trace.length; ) {
    let end = at;
    while (trace[end]?.kind === "miss") end++;
    if (end - at > MOST_MISSES) {
      append(steps, trace.slice(at, at + MOST_MISSES - 1));
      const count = end - at - (MOST_MISSES - 1);
      steps.push({ phase: "find-location", text: `… ${count} more do not match`, statement: null });
    } else append(steps, trace.slice(at, end));
    const next = trace[end];
    if (next !== undefined) steps.push(next);
    at = end + 1;
  }
  return steps;
}

function placeText(statement: Statement): string {
  return `${statement.file.name}:${statement.line}`;
}

function answerLines(simulation: Simulation, width: number, paint: Paint): readonly string[] {
  const { outcome, requestHeaders, responseHeaders, context } = simulation;
  const isBad = ["deny", "auth", "reject", "error", "unknown"].includes(outcome.kind);
  const by =
    outcome.by === null
      ? ""
      : `  ${paint("faint", `${outcome.by.name} at ${visible(placeText(outcome.by))}`)}`;
  const lines = [` →  ${paint(isBad ? "bad" : "good", visible(answerText(simulation)))}${by}`];
  if (requestHeaders.length > 0) append(lines, row("sends", joined(requestHeaders), width, paint));
  if (responseHeaders.length > 0) append(lines, row("headers", joined(responseHeaders), width, paint));
  const sent = new Set(responseHeaders.map(({ name }) => name.toLowerCase()));
  const lost = (context === null ? [] : lostHeaders(context)).filter(
    ({ args }) => !sent.has((args[0] ?? "").toLowerCase()),
  );
  if (lost.length > 0 && outcome.kind !== "reject" && outcome.kind !== "unknown") {
    append(lines, row("lost", lostText(lost), width, paint, "bad"));
  }
  if (outcome.kind === "unknown") {
    append(lines, row("because", outcome.reason ?? "the model cannot follow", width, paint, "note"));
  }
  return lines;
}

/** `X-Frame-Options, Referrer-Policy (nginx.conf:101–106)` */
function lostText(lost: readonly Statement[]): string {
  const byFile = new Map<string, Statement[]>();
  for (const statement of lost) {
    const { name } = statement.file;
    push(byFile, name, statement);
  }
  return Array.from(byFile, ([file, statements]) => {
    const lines = statements.map(({ line }) => line).sort((a, b) => a - b);
    const last = lines.at(-1);
    const range = lines.length === 1 ? `${lines[0]}` : `${lines[0]}–${last}`;
    return `${statements.map(({ args }) => args[0] ?? "").join(", ")} (${file}:${range})`;
  }).join("; ");
}

function joined(headers: readonly Header[]): string {
  return headers.map(({ name, value }) => `${name}: ${value}`).join(" · ");
}

function row(label: string, text: string, width: number, paint: Paint, style?: Style): readonly string[] {
  const hanging = 13;
  const [first = "", ...rest] = wrap(visible(text), width - hanging, width - hanging);
  const painted = (line: string) => (style === undefined ? line : paint(style, line));
  return [
    `    ${paint("faint", label.padEnd(9))}${painted(first)}`,
    ...rest.map((line) => `${" ".repeat(hanging)}${painted(line)}`),
  ];
}

function answerText({ outcome }: Simulation): string {
  const { kind, status, target } = outcome;
  const withStatus = status === null || status === 200 ? "" : ` with status ${status}`;
  switch (kind) {
    case "return": {
      const body = outcome.body === undefined || outcome.body === "" ? "" : ` "${outcome.body}"`;
      return `${status ?? ""}${body}`;
    }
    case "redirect":
      return `${status ?? ""} to ${target ?? "?"}`;
    case "proxy":
    case "grpc":
    case "fastcgi":
    case "uwsgi":
    case "scgi":
    case "memcached":
      return `asks ${target ?? "an upstream"}${withStatus}`;
    case "static":
      return `file ${target ?? ""}${withStatus}`;
    case "deny":
      return `${status ?? ""} refused`;
    case "auth":
      return `${status ?? ""} asks for credentials`;
    case "reject":
      return status === null
        ? "no answer: the connection is refused or closed"
        : `${status} before any location`;
    case "error":
      return `${status ?? ""} error`;
    case "unknown":
      return "cannot be told";
  }
}

function hintFor(key: string, answer: string): string {
  const path = key.replace(/^file /, "");
  return answer === "missing" ? `--exists ${path} for the other way` : `--missing ${path} for the other way`;
}
