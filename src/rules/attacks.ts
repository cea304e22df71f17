/** Requests of attackers in the words of reports. */
import type { Attempt, Place, Simulation, Statement } from "../semantics/index.ts";

/** A request that an attacker sends, and what it leads to. */
export interface Proof<Evidence> extends Attempt {
  readonly evidence: Evidence;
  readonly simulation: Simulation;
}

/** How many guesses are made for one directive at one place. */
const MOST_ATTEMPTS = 90;

/**
 * The first request that does harm, as the simulation has it; null where none of those tried does.
 * @param options.until the directive of the rewrite module that the value belongs to
 */
export function proofOf<Evidence>(
  place: Place,
  origins: Parameters<Place["attempts"]>[0],
  options: {
    readonly payloads: readonly string[];
    readonly until?: Statement | null;
    /** What lies where nginx looks for files. */
    readonly files?: "file" | "missing";
  },
  judge: (simulation: Simulation, attempt: Attempt) => Evidence | null,
): Proof<Evidence> | null {
  // Clients do not get there by themselves.
  if (place.location?.context.has("internal")) return null;
  let left = MOST_ATTEMPTS;
  for (const attempt of place.attempts(origins, options.payloads, options.until ?? null)) {
    if (left-- === 0) return null;
    const simulation = place.server?.askAsClient(attempt.request, options.files) ?? null;
    const evidence = simulation === null ? null : judge(simulation, attempt);
    if (simulation !== null && evidence !== null) return { ...attempt, evidence, simulation };
  }
  return null;
}

/** `GET /x`, with what of the headers matters: `GET /x with Cookie: a=b`. */
export function requestText({ request }: Attempt): string {
  const { method = "GET", uri, host, headers = [] } = request;
  const sent = [...(host == null ? [] : [["Host", host] as const]), ...headers];
  const lines = sent.map(([name, value]) => `${name}: ${value}`);
  return `${method} ${uri}${lines.length === 0 ? "" : ` with ${lines.join(", ")}`}`;
}

/** A value with its line ends made visible. */
export function visibleLines(value: string): string {
  return value.replaceAll("\r", "\\r").replaceAll("\n", "\\n");
}

/** The redirects that are written directly at a place, and where they lead. */
export function redirectsAt({
  context,
}: Place): readonly { readonly statement: Statement; readonly written: string }[] {
  return context.statements.flatMap((statement) => {
    const { name, args } = statement;
    const [first = "", second = "", flag = ""] = args;
    if (name === "return") {
      if (args.length === 1) return /^\d+$/.test(first) ? [] : [{ statement, written: first }];
      return /^30[12378]$/.test(first) ? [{ statement, written: second }] : [];
    }
    if (name !== "rewrite") return [];
    return /^(?:redirect|permanent)$/.test(flag) || /^(?:https?:\/\/|\$scheme)/.test(second)
      ? [{ statement, written: second }]
      : [];
  });
}

/** The host of an attacker, or one in his domain. */
export function isEvil(host: string | null): boolean {
  return host !== null && (host === "evil.example" || host.endsWith(".evil.example"));
}
