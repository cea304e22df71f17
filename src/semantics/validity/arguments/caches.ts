/** Caches: of responses (`*_cache_path`), open files, TLS sessions, OCSP answers and certificates. */

import type { Statement } from "../../tree.ts";
import { parseSize } from "../../values/index.ts";
import {
  type ArgumentProblem,
  checkParameters,
  hasPages,
  isAnything,
  isMilliseconds,
  isNumber,
  isOffset,
  isOnOrOff,
  isPositive,
  isSeconds,
  type Parameter,
  type Parameters,
  problemAt,
  type Surroundings,
} from "./problem.ts";

function timed(name: string, accepts: Parameter["accepts"], write: string): Parameter {
  return {
    ...(accepts === undefined ? {} : { accepts }),
    says: (word) => `invalid ${name} value "${word}"`,
    write: `${name}=${write}`,
  };
}

const CACHE_PATH: Parameters = {
  "levels=": {
    accepts: (value) => /^(?:[12](?::[12]){0,2})?$/.test(value),
    says: (word) => `invalid "levels" "${word}"`,
    write: "levels=1:2",
  },
  "use_temp_path=": {
    accepts: isOnOrOff,
    says: (word) => `invalid use_temp_path value "${word}", it must be "on" or "off"`,
    write: "use_temp_path=off",
  },
  "keys_zone=": {
    accepts: (value) => value.includes(":") && hasPages(value.slice(value.indexOf(":") + 1), 3),
    says: (word, value) => {
      const colon = value.indexOf(":");
      return colon < 0 || !parseSize(value.slice(colon + 1)).ok
        ? `invalid keys zone size "${word}"`
        : `keys zone "${value.slice(0, colon)}" is too small`;
    },
    write: "keys_zone=name:10m",
  },
  "inactive=": timed("inactive", isSeconds, "60m"),
  "max_size=": timed("max_size", isOffset, "10g"),
  "min_free=": timed("min_free", isOffset, "1g"),
  "loader_files=": timed("loader_files", isNumber, "100"),
  "loader_sleep=": timed("loader_sleep", isMilliseconds, "50ms"),
  "loader_threshold=": timed("loader_threshold", isMilliseconds, "200ms"),
  "manager_files=": timed("manager_files", isNumber, "100"),
  "manager_sleep=": timed("manager_sleep", isMilliseconds, "50ms"),
  "manager_threshold=": timed("manager_threshold", isMilliseconds, "200ms"),
  // NGINX Plus.
  "purger=": { accepts: isAnything, write: "purger=on" },
  "purger_files=": { accepts: isAnything, write: "purger_files=10" },
  "purger_sleep=": { accepts: isAnything, write: "purger_sleep=50ms" },
  "purger_threshold=": { accepts: isAnything, write: "purger_threshold=50ms" },
};

/** `ngx_http_file_cache_set_slot`. */
export function* checkCachePath(statement: Statement, around: Surroundings): Generator<ArgumentProblem> {
  const [problem] = checkParameters(statement, 1, CACHE_PATH, around);
  if (problem !== undefined) yield problem;
  else if (!statement.args.some((word, index) => index > 0 && /^keys_zone=[^:]/.test(word))) {
    yield {
      at: statement,
      message: `"${statement.name}" must have "keys_zone" parameter`,
      help: "add `keys_zone=name:10m`",
    };
  }
}

const OPEN_FILES: Parameters = {
  "max=": { accepts: isPositive, write: "max=1000" },
  "inactive=": { accepts: isSeconds, write: "inactive=20s" },
  off: { write: "off" },
};

const OPEN_LOGS: Parameters = {
  ...OPEN_FILES,
  "max=": { accepts: isNumber, write: "max=1000" },
  "min_uses=": { accepts: isNumber, write: "min_uses=2" },
  "valid=": { accepts: isSeconds, write: "valid=1m" },
};

const CERTIFICATES: Parameters = { ...OPEN_FILES, "valid=": { accepts: isSeconds, write: "valid=1m" } };

/** `open_file_cache`, `open_log_file_cache`, `ssl_certificate_cache` and its siblings: `off`, or with `max=`. */
export function* checkOpenCache(statement: Statement, around: Surroundings): Generator<ArgumentProblem> {
  const { name, args } = statement;
  const parameters =
    name === "open_file_cache" ? OPEN_FILES : name === "open_log_file_cache" ? OPEN_LOGS : CERTIFICATES;
  const refusal = (word: string) =>
    parameters === CERTIFICATES ? `invalid parameter "${word}"` : `invalid "${name}" parameter "${word}"`;
  const [problem] = checkParameters(statement, 0, parameters, around, refusal);
  if (problem !== undefined) yield problem;
  else if (!args.includes("off") && !args.some((word) => /^max=0*[1-9]/.test(word))) {
    const article = name === "open_log_file_cache" ? "" : "the ";
    yield {
      at: statement,
      message: `"${name}" must have ${article}"max" parameter`,
      help: "add `max=1000`, or write `off`",
    };
  }
}

/** `shared:name:size`; null where it is not of that form. */
function sharedSize(word: string): string | null {
  return /^shared:[^:]+:(.*)$/s.exec(word)?.[1] ?? null;
}

/** `ssl_session_cache` (`ngx_http_ssl_session_cache`). */
export function* checkSessionCache(statement: Statement): Generator<ArgumentProblem> {
  for (const [index, word] of statement.args.entries()) {
    if (["off", "none", "builtin"].includes(word)) continue;
    if (word.startsWith("builtin:") && isNumber(word.slice("builtin:".length))) continue;
    const size = sharedSize(word);
    if (size !== null && hasPages(size, 8)) continue;
    const isSmall = size !== null && parseSize(size).ok;
    yield problemAt(
      statement,
      index,
      isSmall ? `session cache "${word}" is too small` : `invalid session cache "${word}"`,
      "write `shared:SSL:10m`, `none` or `off`",
    );
    return;
  }
}

/** `ssl_ocsp_cache`. */
export function* checkOcspCache(statement: Statement): Generator<ArgumentProblem> {
  const [word = ""] = statement.args;
  const size = sharedSize(word);
  if (word === "off" || (size !== null && hasPages(size, 8))) return;
  const isSmall = size !== null && parseSize(size).ok;
  yield problemAt(
    statement,
    0,
    isSmall ? `OCSP cache "${word}" is too small` : `invalid OCSP cache "${word}"`,
    "write `shared:name:1m` or `off`",
  );
}
