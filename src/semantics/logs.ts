/** Which access logs a request is written to, and what a line of them holds (`ngx_http_log_module`). */
import { isFilledIn, mayBeSeveral } from "../parser/index.ts";
import { effective } from "./effective.ts";
import type { Context, Statement } from "./tree.ts";

export interface LogFormat {
  readonly name: string;
  /** The template: the arguments of `log_format` behind the name and the escape, joined as nginx joins them. */
  readonly text: string;
  /** `default` writes a quote as `\x22`, `json` as `\"`, `none` as it is. */
  readonly escape: "default" | "json" | "none";
  /** Null for the built-in `combined`. */
  readonly statement: Statement | null;
}

export interface AccessLog {
  /** Null for the log that nginx writes where nobody says anything. */
  readonly statement: Statement | null;
  /** A file, or `syslog:…`. */
  readonly target: string;
  /** Null where the format is defined in a part that could not be read, or nowhere. */
  readonly format: LogFormat | null;
  /** Lines are left out where its condition is empty or `0`. */
  readonly isConditional: boolean;
}

/** `ngx_http_combined_fmt`. */
const COMBINED: LogFormat = {
  name: "combined",
  text: '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"',
  escape: "default",
  statement: null,
};

/** What a `log_format` says. */
export function readLogFormat(statement: Statement): LogFormat {
  const [name = "", ...rest] = statement.args;
  const escaping = /^escape=(default|json|none)$/.exec(rest[0] ?? "")?.[1] as LogFormat["escape"] | undefined;
  const text = (rest[0]?.startsWith("escape=") ? rest.slice(1) : rest).join("");
  return { name, text, escape: escaping ?? "default", statement };
}

/**
 * The access logs of requests that end at a context; empty where they are off. Null where a part that could not be read may
 * say something else.
 */
export function accessLogsAt(context: Context): readonly AccessLog[] | null {
  const { statements, uncertain, replaceable } = effective(context, "access_log");
  if (statements.length === 0 ? uncertain : replaceable) return null;
  if (statements.length === 0)
    return [{ statement: null, target: "logs/access.log", format: COMBINED, isConditional: false }];
  // `off` cancels all logs of its level, wherever it stands (`ngx_http_log_set_log`).
  if (statements.some(({ args }) => args[0] === "off")) return [];
  return statements.map((statement) => {
    const [target = "", name] = statement.args;
    return {
      statement,
      target,
      format: name === undefined && mayBeSeveral(target) ? null : formatNamed(context, name),
      isConditional: statement.args.some((arg) => arg.startsWith("if=")),
    };
  });
}

/** Names of formats know no letter case (`ngx_strcasecmp`). */
function formatNamed(context: Context, name = "combined"): LogFormat | null {
  for (const around of context.outward()) {
    if (around.kind !== "http") continue;
    const found = around.all("log_format").find(({ args }) => args[0]?.toLowerCase() === name.toLowerCase());
    if (found !== undefined) return found.args.some(isFilledIn) ? null : readLogFormat(found);
  }
  return name.toLowerCase() === "combined" ? COMBINED : null;
}
