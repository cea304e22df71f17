/** What a browser gets that opens a site: the answers that are pages. */
import type { FileState, Place, Simulation, Statement, VirtualServer } from "../semantics/index.ts";
import type { Backends } from "./endpoints.ts";

export interface PageAnswer {
  readonly uri: string;
  readonly simulation: Simulation;
  /** Where the answer's headers are looked up. */
  readonly place: Place;
  /** Strangers do not get it. */
  readonly isGuarded: boolean;
  /** An application may add headers of its own. */
  readonly by: "nginx" | "application";
}

/** On the disk there are the pages that sites begin with. */
function entryPages(path: string): FileState {
  if (/\/(index|200)\.(html?|php)$/.test(path)) return "file";
  return path.endsWith("/") ? "directory" : "missing";
}

/**
 * The front page, and one page below each of `prefixes` (those of single-page apps). Only answers that depend on nothing but
 * files, and whose way holds no include that could not be read.
 */
export function pageAnswers(
  server: VirtualServer,
  backends: Backends,
  prefixes: readonly string[],
  hasGates: boolean,
): readonly PageAnswer[] {
  if (server.rejectsAll) return [];
  const answers: PageAnswer[] = [];
  const seen = new Set<Place>();
  for (const uri of new Set(["/", ...prefixes.flatMap((prefix) => [prefix, `${prefix}dashboard`])])) {
    const simulation = server.answerToUser(uri, entryPages);
    if (simulation === null || simulation.context === null) continue;
    const by = senderOf(simulation, backends);
    const place = server.model.place(simulation.context);
    if (by === null || seen.has(place)) continue;
    seen.add(place);
    const stranger = hasGates ? server.answerTo(uri, entryPages) : simulation;
    const isGuarded = stranger === null || senderOf(stranger, backends) === null;
    answers.push({ uri, simulation, place, isGuarded, by });
  }
  return answers;
}

/** Null where the answer is no page. */
function senderOf({ outcome, responseHeaders }: Simulation, backends: Backends): PageAnswer["by"] | null {
  const { kind, status, target, by, body } = outcome;
  if (kind === "static" && status === 200) return /\.html?$/.test(target ?? "") ? "nginx" : null;
  if (kind === "return" && status === 200) {
    const type = responseHeaders.find(({ name }) => name.toLowerCase() === "content-type")?.value ?? "";
    return type.startsWith("text/html") && /<\w/.test(body ?? "") ? "nginx" : null;
  }
  return by !== null && isApplication(kind, by, backends) ? "application" : null;
}

function isApplication(kind: string, by: Statement, backends: Backends): boolean {
  if (kind === "proxy") return backends.backendOf(by).kind === "application";
  return kind === "fastcgi" || kind === "uwsgi" || kind === "scgi";
}

/** Directives by which strangers may be refused, those of modules among them. */
export const GATES = /^(?:deny|auth_\w+|access_by_lua\w*|js_access|oidc|vouch)$/;
