/** How many requests a client may make at a place (`ngx_http_limit_req_module`). */
import { askedOnce } from "../lists/index.ts";
import { effective } from "./effective.ts";
import type { Context, Statement } from "./tree.ts";
import { parseRate } from "./values/index.ts";

/** One `limit_req` in force. */
export interface RequestLimit {
  readonly statement: Statement;
  readonly zone: string;
  /** What counts as one client, as written in `limit_req_zone`; null where the zone is not known. */
  readonly key: string | null;
  /** Requests a second; null where the zone is not known. */
  readonly rate: number | null;
  /** Requests above the rate that are let wait or pass. */
  readonly burst: number;
  /** Only logged (`limit_req_dry_run`). */
  readonly isDry: boolean;
}

/** The limits in force at a context; null where a part that could not be read may say something else. */
export function requestLimitsAt(context: Context): readonly RequestLimit[] | null {
  const { statements, uncertain, replaceable } = effective(context, "limit_req");
  if (statements.length === 0 ? uncertain : replaceable) return null;
  const isDry = effective(context, "limit_req_dry_run").statements.at(-1)?.args[0]?.toLowerCase() === "on";
  return statements.map((statement) => {
    const zone = parameter(statement, "zone") ?? "";
    const definition = zoneNamed(context, zone);
    const rate = definition === undefined ? null : parseRate(parameter(definition, "rate") ?? "");
    return {
      statement,
      zone,
      key: definition?.args[0] ?? null,
      rate: rate?.ok ? rate.value : null,
      burst: Number(parameter(statement, "burst") ?? 0),
      isDry,
    };
  });
}

/** What counts as one client of a `limit_req`, as written in its `limit_req_zone`; null where the zone is not known. */
export function limitKeyOf(limit: Statement): string | null {
  return zoneNamed(limit.context, parameter(limit, "zone") ?? "")?.args[0] ?? null;
}

function zoneNamed(context: Context, name: string): Statement | undefined {
  for (const around of context.outward()) {
    const found = zonesIn(around).get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The zones that a context defines itself, by name; of several with one name the first. */
const zonesIn = askedOnce((context: Context): ReadonlyMap<string, Statement> => {
  const found = new Map<string, Statement>();
  for (const statement of context.all("limit_req_zone")) {
    const name = parameter(statement, "zone")?.split(":")[0];
    if (name !== undefined && !found.has(name)) found.set(name, statement);
  }
  return found;
});

/** `burst=20` → `20`. */
function parameter({ args }: Statement, name: string): string | undefined {
  return args.findLast((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
}
