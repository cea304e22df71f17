/** Which access logs a configuration writes, and who writes to them. */
import type { AccessLog, Context, LogFormat, Place, Statement } from "../../semantics/index.ts";
import type { RuleContext } from "../rule.ts";

/** The logs in force together at some places. */
interface UsedLogs {
  readonly logs: readonly AccessLog[];
  readonly places: readonly Place[];
}

/** The logs of pages, files and applications; not those of redirects, refusals and words for machines. */
function usedLogs({ model, untold }: RuleContext): readonly UsedLogs[] {
  const used = new Map<unknown, { logs: readonly AccessLog[]; places: Place[] }>();
  for (const place of model.places) {
    const { kind } = place.context;
    if ((kind !== "server" && kind !== "location") || place.handler.kind === "return") continue;
    const logs = place.accessLogs;
    const { opener } = place.context;
    if (logs === null && opener !== null)
      untold({ at: opener, reason: "look for `access_log` in the parts that were not read" });
    const [first] = logs ?? [];
    if (logs === null || first === undefined) continue;
    const key = first.statement?.directive ?? null;
    const known = used.get(key);
    if (known === undefined) used.set(key, { logs, places: [place] });
    else known.places.push(place);
  }
  return [...used.values()];
}

/** A log that lacks something, and where to say so. */
export interface LackingLog {
  readonly at: Statement;
  /** The places that write to it. */
  readonly concerns: readonly Context[];
  readonly format: LogFormat;
  /** False: each of the logs there is for some requests only. */
  readonly isForAll: boolean;
}

/**
 * Lists of logs of which none has what is wanted; the others are met. One log among several is enough. Of formats that are not
 * known nothing is said, nor of logs for some requests only, which are there for something else, where one is for all.
 */
export function* logsWithout(
  context: RuleContext,
  has: (format: LogFormat) => boolean,
): Generator<LackingLog> {
  for (const { logs, places } of usedLogs(context)) {
    const concerns = places.map((place) => place.context);
    const forAll = logs.filter(({ isConditional }) => !isConditional);
    const known = forAll.length > 0 ? forAll : logs;
    const [first] = known;
    const at = first?.statement ?? context.configuration.http?.opener ?? null;
    if (first === undefined || at === null || known.some(({ format }) => format === null)) continue;
    const { format } = first;
    if (logs.some((log) => log.format !== null && has(log.format))) context.met(at, concerns);
    else if (format !== null) yield { at, concerns, format, isForAll: forAll.length > 0 };
  }
}
