/** Whether nginx lets strangers in: their requests are simulated, and what becomes of them is the answer. */
import { askedOnce } from "../../lists/index.ts";
import { contentStatement, handlerOf } from "../content.ts";
import { effective } from "../effective.ts";
import { winnerOf } from "../locations/winner.ts";
import { toBytes } from "../regex/index.ts";
import {
  type Question,
  type Request,
  type Simulation,
  type SimulationOptions,
  simulate,
  simulateAll,
} from "../request/index.ts";
import type { Location, Server } from "../server.ts";
import type { Context, Statement } from "../tree.ts";
import type { Version } from "../version.ts";
import { type Mistake, mistakeOf } from "./mistake.ts";
import { crafters, elsewhere, forgers, lookAlikes, plainStrangers, type Stranger } from "./stranger.ts";

export type Admission =
  /** No stranger gets anything: refused, sent elsewhere, or an error. */
  | { readonly kind: "closed"; readonly by: Statement | null }
  /** What decides is not in the files: a variable, another module, an include that could not be read. */
  | { readonly kind: "unknown" }
  | Open;

/** Some stranger gets what he asks for. */
export interface Open {
  readonly kind: "open";
  /** What he sends. */
  readonly request: Request;
  readonly simulation: Simulation;
  /** Why what looks like a guard lets him in; null where nothing looks like one. */
  readonly mistake: Mistake | null;
}

type Settings = Pick<SimulationOptions, "files" | "version">;

/** Whether strangers get what a server has at a URI (a request target), or whoever sends `who`. */
export function admissionTo(
  server: Server,
  uri: string,
  settings: Settings = {},
  who?: Partial<Request>,
): Admission {
  const winner = winnerOf(server, toBytes(uri.split("?")[0] ?? ""));
  const place = winner.kind === "location" ? winner.location.context : server.context;
  const files = settings.files ?? NOTHING;
  return admit({ server, place, uri, options: { ...settings, files } }, who);
}

/**
 * Whether strangers are let in whose request has arrived at a place, be it by an internal redirect. What is on disk is
 * taken to be as they want it.
 */
export function admissionAt(server: Server, place: Context, version: Version | null = null): Admission {
  const uri = uriAt(server.locationOf(place));
  const question = { server, place, uri, options: { at: place, version, files: NOTHING } };
  if (isUnguarded(server, place)) return withoutGuard(question);
  const admission = admit(question);
  if (admission.kind !== "closed" || !place.has("try_files")) return admission;
  // The file is sent where it is there, whoever guards the fallback.
  return admit({ ...question, options: { ...question.options, files: EVERYTHING } });
}

const NOTHING = () => "missing" as const;
const EVERYTHING = () => "file" as const;

interface Asking {
  readonly server: Server;
  readonly place: Context;
  readonly uri: string;
  readonly options: Pick<SimulationOptions, "at" | "files" | "version">;
}

function admit(question: Asking, who?: Partial<Request>): Admission {
  const { server, place } = question;
  const plain = plainStrangers(server);
  const [any] = plain;
  if (who !== undefined) {
    const asker = any ?? { request: {} };
    return firstOpen(question, [{ request: { ...asker.request, ...who } }], null).admission;
  }
  if (any === undefined) return { kind: "closed", by: server.listens[0]?.statement ?? null };
  const asPlain = firstOpen(question, plain, null);
  let { admission } = asPlain;
  if (admission.kind !== "closed") return admission;
  const { refused } = asPlain;
  if (refused !== null) {
    const others = plain.flatMap((stranger) => elsewhere(stranger, refused));
    admission = firstOpen(question, others, null).admission;
    if (admission.kind === "open") return admission;
  }
  const alike = plain.flatMap((stranger) => lookAlikes(stranger, [place, refused?.context ?? place]));
  if (alike.length > 0) {
    admission = firstOpen(question, alike, refused).admission;
    if (admission.kind === "open") return admission;
  }
  const met = new Set([place, refused?.context ?? place, refused?.outcome.by?.context ?? place]);
  const schemers = [
    ...crafters(met, plain),
    ...[...met].flatMap((context) => forgers(server, context, plain)),
  ];
  const asSchemer = firstOpen(question, schemers, refused).admission;
  return asSchemer.kind === "open" ? asSchemer : asPlain.admission;
}

/** The first of some clients that gets in; else what becomes of the others. */
function firstOpen(
  question: Asking,
  strangers: readonly Stranger[],
  refusedBefore: Simulation | null,
): { readonly admission: Admission; readonly refused: Simulation | null } {
  const { server, place, options } = question;
  let refused: Simulation | null = null;
  let isUnknown = false;
  for (const stranger of strangers) {
    const query =
      stranger.query === undefined ? "" : `${question.uri.includes("?") ? "&" : "?"}${stranger.query}`;
    const request = { ...stranger.request, uri: question.uri + query };
    const answers = possibleAnswers(request, { ...options, configuration: server.configuration, server });
    const verdicts = new Set(answers.map((answer) => verdictOf(answer, place, request)));
    const open = answers.find((answer) => verdictOf(answer, place, request) === "in");
    if (open === undefined && !verdicts.has("unknown")) {
      refused ??= answers[0] ?? null;
      continue;
    }
    if (
      open === undefined ||
      (verdicts.size > 1 && !isClientsChoice(answers)) ||
      place.hidden ||
      open.context?.hidden
    ) {
      isUnknown = true;
      continue;
    }
    const mistake = mistakeOf({
      server,
      place,
      simulation: open,
      stranger,
      refused: refused ?? refusedBefore,
    });
    return { admission: { kind: "open", request, simulation: open, mistake }, refused };
  }
  const admission: Admission = isUnknown
    ? { kind: "unknown" }
    : { kind: "closed", by: refused?.outcome.by ?? null };
  return { admission, refused };
}

/** All that may become of a request whose sender knows no secret and has no certificate. */
function possibleAnswers(request: Request, options: SimulationOptions): readonly Simulation[] {
  const likely = simulate(request, options);
  if (likely.assumptions.every(({ question }) => isSettled(question))) return [likely];
  return simulateAll(request, options, 12).filter(({ assumptions }) =>
    assumptions.every(({ question, answer }) => !isSettled(question) || answer === question.answers[0]),
  );
}

/**
 * The likely answer holds: it asks for what no stranger has, and is that of one who has not; or for a file below a root that is
 * not known.
 */
function isSettled({ kind, answers }: Question): boolean {
  switch (kind) {
    case "credentials":
    case "certificate":
    case "subrequest":
    case "file":
      return true;
    case "module":
      // A gate; a script of the rewrite phase may do anything.
      return answers[0] === "no";
    default:
      return false;
  }
}

/** What is open is what the client claims of itself, and not what is in a file: where it comes from. */
function isClientsChoice(answers: readonly Simulation[]): boolean {
  return answers.every(({ assumptions }) =>
    assumptions.every(({ question }) => isSettled(question) || /\$invalid_referer\b/.test(question.text)),
  );
}

type Verdict = "in" | "out" | "unknown";

/** Whether the answer is what the request was for. */
function verdictOf(simulation: Simulation, place: Context, request: Request): Verdict {
  const { outcome, errorPages } = simulation;
  const [first] = errorPages;
  if (first !== undefined) {
    if (first.kind === "error") return isMissing(first.status) ? "in" : "out";
    if (!first.keepsUri || !isWhatWasAsked(simulation, place, request)) return "out";
  }
  switch (outcome.kind) {
    case "deny":
    case "auth":
    case "reject":
    case "redirect":
      return "out";
    case "error":
      return isMissing(outcome.status) ? "in" : "out";
    case "unknown":
      return outcome.by !== null && contentStatement(outcome.by.context) === outcome.by ? "in" : "unknown";
    case "return":
      return (outcome.status ?? 0) < 300 && outcome.body !== "" && isOwn(outcome) ? "in" : "out";
    default:
      return (outcome.status ?? 200) < 400 ? "in" : "out";
  }
}

/** `return 200;` says nothing. */
function isOwn({ by, body }: Simulation["outcome"]): boolean {
  return body !== undefined || by?.name !== "return";
}

/** What is not on this disk may be on the machine's. */
function isMissing(status: number | null): boolean {
  return status === 404 || status === 403;
}

/**
 * After a refusal, a named location gets the URI: it answers what was asked for unless it asks another upstream than the
 * place does, or for another path: that is a page to log in.
 */
function isWhatWasAsked({ outcome }: Simulation, place: Context, { uri }: Request): boolean {
  const own = handlerOf(place);
  if (own.kind === "pass" && outcome.by?.args[0] !== own.target) return false;
  return outcome.uri === undefined || outcome.uri.startsWith(uri.split("?")[0] ?? "");
}

/** A URI that leads to a location, as far as its text shows one. */
export function uriAt(location: Location | null): string {
  if (location === null || location.isNamed) return "/";
  if (!location.isRegex) return location.pattern === "" ? "/" : location.pattern;
  return "/";
}

/** Directives that may keep somebody out, or answer before that is asked. */
const GUARDS =
  /^(if|return|rewrite|limit_except|internal|allow|deny|auth_.*|access_by_lua.*|rewrite_by_lua.*|js_access|oidc|vouch|ssl_verify_client|ssl_reject_handshake)$/;
/** They hold where they stand, and in the locations of a server for all requests to it. */
const NOT_INHERITED: ReadonlySet<string> = new Set(["if", "return", "rewrite", "limit_except"]);

/** The names of such directives that stand anywhere in the tree. */
const guardsIn = askedOnce((root: Context): readonly string[] =>
  [...root.namesBelow].filter((name) => GUARDS.test(name)),
);

/** Nothing on the way can refuse anybody, so that there is no need to simulate. */
function isUnguarded(server: Server, place: Context): boolean {
  if (place.hidden || (!server.partial && plainStrangers(server).length === 0)) return false;
  return guardsIn(place.root).every((name) =>
    NOT_INHERITED.has(name)
      ? !place.has(name) && !server.context.has(name)
      : effective(place, name).statements.length === 0,
  );
}

function withoutGuard({ server, uri, options }: Asking): Open {
  const request = { ...plainStrangers(server)[0]?.request, uri };
  let simulation: Simulation | undefined;
  return {
    kind: "open",
    request,
    mistake: null,
    get simulation() {
      simulation ??= simulate(request, { ...options, configuration: server.configuration, server });
      return simulation;
    },
  };
}
