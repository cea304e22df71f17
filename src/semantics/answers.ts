/** What differs between two answers to one request, as the client and the upstream see it. */
import { asksApplication, type Header, type Outcome, type Simulation } from "./request/index.ts";

/** What of a simulation is compared. */
type Seen = Pick<Simulation, "outcome" | "errorPages" | "requestHeaders" | "responseHeaders">;

/** One difference; null where there is nothing on that side. */
export interface AnswerChange {
  readonly part:
    | "outcome"
    | "status"
    /** The file, the URL asked of the upstream, the Location of a redirect. */
    | "target"
    | "body"
    /** Sent to the upstream. */
    | "request-header"
    | "response-header";
  /** Of a header, as it is sent. */
  readonly name?: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** The differences, what answers first; empty where nobody could tell the answers apart. */
export function compareAnswers(before: Seen, after: Seen): readonly AnswerChange[] {
  const a = before.outcome;
  const b = after.outcome;
  return [
    ...change("outcome", a.kind, b.kind),
    ...change("status", text(a.status), text(b.status)),
    ...change("target", a.target, b.target),
    ...change("target", text(a.uri), text(b.uri)),
    ...change("target", text(a.method), text(b.method)),
    ...change("body", text(a.body), text(b.body)),
    ...headerChanges("request-header", before.requestHeaders, after.requestHeaders),
    ...headerChanges("response-header", before.responseHeaders, after.responseHeaders),
  ];
}

/** A request that was refused is let in now: what a guard kept back is handed out. */
export function opens(before: Seen, after: Seen): boolean {
  return isRefused(before) && !isRefused(after) && mayServe(after.outcome);
}

/** Refused on purpose: by a list, a password, a subrequest, a `return`, `internal`; whatever page tells it. */
export function isRefused({ outcome, errorPages }: Seen): boolean {
  return (
    errorPages.some(({ kind, by, status }) => isRefusal(kind, status, by?.name)) ||
    isRefusal(outcome.kind, outcome.status, outcome.by?.name)
  );
}

function isRefusal(kind: Outcome["kind"], status: number | null, by: string | undefined): boolean {
  if (kind === "deny" || kind === "auth" || kind === "reject") return true;
  if (by !== "return" && by !== "internal" && by !== "rewrite") return false;
  return kind !== "redirect" && status !== null && status >= 400 && status < 500;
}

/** An answer, or what may be one. */
function mayServe(outcome: Outcome): boolean {
  const { kind, status } = outcome;
  if (kind === "static" || kind === "memcached" || kind === "unknown" || asksApplication(outcome))
    return true;
  return kind === "return" && (status === null || status < 400);
}

/** What becomes of a request, in a few words. */
export function describeOutcome({ kind, status, target }: Outcome): string {
  const code = status === null ? "" : String(status);
  switch (kind) {
    case "static":
      return target === null ? `a file (${code})` : `\`${target}\``;
    case "redirect":
      return `${code} to \`${target ?? ""}\``;
    case "deny":
    case "auth":
    case "error":
    case "return":
      return code === "" ? kind : code;
    case "reject":
      return code === "" ? "no answer" : code;
    case "unknown":
      return "what is not known";
    default:
      return target === null ? `the answer by ${kind}` : `the answer of \`${target}\``;
  }
}

function text(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

function change(part: AnswerChange["part"], before: string | null, after: string | null): AnswerChange[] {
  return before === after ? [] : [{ part, before, after }];
}

function headerChanges(
  part: "request-header" | "response-header",
  before: readonly Header[],
  after: readonly Header[],
): AnswerChange[] {
  if (isSame(before, after)) return [];
  const old = valuesByName(before);
  const now = valuesByName(after);
  const changes: AnswerChange[] = [];
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const was = old.get(key);
    const is = now.get(key);
    if (was?.value === is?.value) continue;
    const name = is?.name ?? was?.name ?? key;
    changes.push({ part, name, before: was?.value ?? null, after: is?.value ?? null });
  }
  return changes;
}

function isSame(before: readonly Header[], after: readonly Header[]): boolean {
  if (before.length !== after.length) return false;
  return before.every(
    ({ name, value }, index) => after[index]?.name === name && after[index].value === value,
  );
}

/** By the name in lower case; blanks in a value mean nothing to anyone who reads it. */
function valuesByName(headers: readonly Header[]): Map<string, { name: string; value: string }> {
  const values = new Map<string, { name: string; value: string }>();
  for (const { name, value } of headers) {
    const key = name.toLowerCase();
    const written = value.replace(/\s+/g, " ").trim();
    const same = values.get(key);
    values.set(key, { name, value: same === undefined ? written : `${same.value}, ${written}` });
  }
  return values;
}
