/** `access_log`, `error_log`, `log_format`, and the way to syslog. */

import type { Statement } from "../../tree.ts";
import { parseEndpoint } from "../../values/index.ts";
import {
  type ArgumentProblem,
  checkParameters,
  isAnything,
  isMilliseconds,
  isNumber,
  isSize,
  type Parameters,
  problemAt,
  type Surroundings,
} from "./problem.ts";

const isNotZero = (text: string) => !/^0+\D*$/.test(text);

const ACCESS: Parameters = {
  "buffer=": {
    accepts: (value) => isSize(value) && isNotZero(value),
    says: (_, value) => `invalid buffer size "${value}"`,
    write: "buffer=32k",
  },
  "flush=": {
    accepts: (value) => isMilliseconds(value) && isNotZero(value),
    says: (_, value) => `invalid flush time "${value}"`,
    write: "flush=5s",
  },
  gzip: { write: "gzip" },
  "gzip=": {
    accepts: (value) => isNumber(value) && Number(value) >= 1 && Number(value) <= 9,
    says: (_, value) => `invalid compression level "${value}"`,
    write: "gzip=5",
  },
  "if=": { accepts: isAnything, write: "if=$loggable" },
};

/** `ngx_http_log_set_log`, `ngx_stream_log_set_log`. Whether the format exists is asked elsewhere. */
export function* checkAccessLog(statement: Statement, around: Surroundings): Generator<ArgumentProblem> {
  const { args, context } = statement;
  if (context.kind.startsWith("rtmp")) return;
  const [path = "", second] = args;
  if (path === "off") {
    if (second !== undefined) {
      yield problemAt(statement, 1, `invalid parameter "${second}"`, "write `access_log off;` alone");
    }
    return;
  }
  const syslog = syslogProblem(statement, path);
  if (syslog !== null) {
    yield syslog;
    return;
  }
  if (second === undefined && context.kind.startsWith("stream")) {
    yield problemAt(statement, 0, "log format is not specified", "name a `log_format` after the path");
    return;
  }
  const [problem] = checkParameters(statement, 2, ACCESS, around);
  if (problem !== undefined) {
    yield problem;
    return;
  }
  yield* checkBuffering(statement, path);
}

function* checkBuffering(statement: Statement, path: string): Generator<ArgumentProblem> {
  const options = statement.args.slice(2);
  const buffered = options.findIndex((word) => /^(?:buffer=|gzip)/.test(word));
  const flush = options.findIndex((word) => word.startsWith("flush="));
  if (flush >= 0 && buffered < 0) {
    yield problemAt(
      statement,
      flush + 2,
      `no buffer is defined for access_log "${path}"`,
      "add `buffer=32k`",
    );
  } else if (buffered >= 0 && path.startsWith("syslog:")) {
    yield problemAt(statement, buffered + 2, "logs to syslog cannot be buffered", "remove it");
  } else if (buffered >= 0 && path.includes("$")) {
    yield problemAt(
      statement,
      buffered + 2,
      "buffered logs cannot have variables in name",
      "remove it, or write the path without variables",
    );
  }
}

const LEVELS = ["emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"];
const DEBUG_LEVELS = ["core", "alloc", "mutex", "event", "http", "mail", "stream"].map(
  (part) => `debug_${part}`,
);

/** `ngx_log_set_log`: where to, then one level, or several of `debug_…`. */
export function* checkErrorLog(statement: Statement): Generator<ArgumentProblem> {
  const { args } = statement;
  const syslog = syslogProblem(statement, args[0] ?? "");
  if (syslog !== null) {
    yield syslog;
    return;
  }
  const [, memory] = /^memory:(.*)$/s.exec(args[0] ?? "") ?? [];
  if (memory !== undefined && !isSize(memory)) {
    yield problemAt(statement, 0, `invalid buffer size "${memory}"`, "write a size: `memory:32m`");
    return;
  }
  let level = false;
  let debug = false;
  for (const [index, word] of args.entries()) {
    if (index === 0) continue;
    const isLevel = LEVELS.includes(word);
    const isDebug = DEBUG_LEVELS.includes(word);
    if (isLevel && (level || debug)) {
      yield problemAt(statement, index, `duplicate log level "${word}"`, "name one level");
      return;
    }
    if ((!isLevel && !isDebug) || (isDebug && level)) {
      yield problemAt(statement, index, `invalid log level "${word}"`, `write one of ${list(LEVELS)}`);
      return;
    }
    level ||= isLevel;
    debug ||= isDebug;
  }
}

/** `ngx_http_log_compile_format`; the variables in it are asked for elsewhere. */
export function* checkLogFormat(statement: Statement): Generator<ArgumentProblem> {
  const escaping = /^escape=(.*)$/s.exec(statement.args[1] ?? "")?.[1];
  if (statement.context.kind.startsWith("rtmp") || escaping === undefined) return;
  if (["json", "none", "default"].includes(escaping)) return;
  yield problemAt(
    statement,
    1,
    `unknown log format escaping "${escaping}"`,
    "write `escape=json`, `escape=none` or `escape=default`",
  );
}

const FACILITIES =
  "kern user mail daemon auth intern lpr news uucp clock authpriv ftp ntp audit alert cron local0 local1 local2 local3 local4 local5 local6 local7".split(
    " ",
  );
const SEVERITIES = ["emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"];

/** `ngx_syslog_parse_args`, of a target `syslog:server=…,tag=…`; null for other targets. */
function syslogProblem(statement: Statement, target: string): ArgumentProblem | null {
  if (!target.startsWith("syslog:")) return null;
  const says = (message: string, help: string) => problemAt(statement, 0, message, help);
  const seen = new Set<string>();
  for (const option of target.slice("syslog:".length).split(",")) {
    const [, name = "", value = ""] = /^(server|facility|severity|tag)=(.*)$/s.exec(option) ?? [];
    if (name === "" && option !== "nohostname") {
      return says(
        `unknown syslog parameter "${option}"`,
        "write `syslog:server=192.0.2.1:514,facility=local7,tag=nginx,severity=info`",
      );
    }
    if (name !== "" && seen.has(name)) return says(`duplicate syslog "${name}"`, "give it once");
    seen.add(name);
    if (name === "server") {
      const endpoint = parseEndpoint(value);
      if (!endpoint.ok)
        return says(`${endpoint.reason} in syslog server "${value}"`, "write `server=host:514`");
    } else if (name === "facility" && !FACILITIES.includes(value)) {
      return says(`unknown syslog facility "${value}"`, `write one of ${list(FACILITIES)}`);
    } else if (name === "severity" && !SEVERITIES.includes(value)) {
      return says(`unknown syslog severity "${value}"`, `write one of ${list(SEVERITIES)}`);
    } else if (name === "tag" && value.length > 32) {
      return says("syslog tag length exceeds 32", "shorten the tag");
    } else if (name === "tag" && !/^[a-z0-9_]*$/i.test(value)) {
      return says(
        'syslog "tag" only allows alphanumeric characters and underscore',
        `write \`tag=${value.replace(/\W/g, "_")}\``,
      );
    }
  }
  if (seen.has("server")) return null;
  return says("no syslog server specified", "add `server=host:514`");
}

function list(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(", ");
}
