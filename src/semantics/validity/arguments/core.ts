/** Directives of the main level and of files: affinity, thread pools, `aio`, `disable_symlinks`, and a few others. */
import type { Statement } from "../../tree.ts";
import {
  type ArgumentProblem,
  checkParameters,
  isAnything,
  isNumber,
  isPositive,
  isSize,
  type Parameters,
  problemAt,
  type Surroundings,
} from "./problem.ts";

/** The width of Linux's `cpu_set_t`. */
const MOST_PROCESSORS = 1024;

/** `worker_cpu_affinity auto 01010101`. */
export function* checkAffinity(statement: Statement): Generator<ArgumentProblem> {
  const { args } = statement;
  const auto = args[0] === "auto";
  if (auto && args.length > 2) {
    yield problemAt(
      statement,
      2,
      'invalid number of arguments in "worker_cpu_affinity" directive',
      "give one mask",
    );
    return;
  }
  for (const [index, mask] of args.entries()) {
    if (auto && index === 0) continue;
    const odd = [...mask].findLast((char) => !/[01 ]/.test(char));
    if (odd === undefined && mask.length <= MOST_PROCESSORS) continue;
    yield problemAt(
      statement,
      index,
      odd === undefined
        ? `"worker_cpu_affinity" supports up to ${MOST_PROCESSORS} CPUs only`
        : `invalid character "${odd}" in "worker_cpu_affinity"`,
      "write `auto`, or a mask of `0` and `1` for each worker",
    );
    return;
  }
}

const POOL: Parameters = {
  "threads=": { accepts: isPositive, says: (word) => `invalid threads value "${word}"`, write: "threads=32" },
  "max_queue=": {
    accepts: isNumber,
    says: (word) => `invalid max_queue value "${word}"`,
    write: "max_queue=65536",
  },
};

/** `ngx_thread_pool`, which overlooks words that it does not know. */
export function* checkThreadPool(statement: Statement, around: Surroundings): Generator<ArgumentProblem> {
  const { args } = statement;
  const known = args.slice(1).every((word) => /^(?:threads|max_queue)=/.test(word));
  const [problem] = known ? checkParameters(statement, 1, POOL, around) : [];
  if (problem !== undefined) yield problem;
  else if (!args.slice(1).some((word) => word.startsWith("threads="))) {
    yield {
      at: statement,
      message: '"thread_pool" must have "threads" parameter',
      help: "add `threads=32`",
    };
  }
}

/** `ngx_http_degradation`. */
export function* checkDegradation(statement: Statement, around: Surroundings): Generator<ArgumentProblem> {
  yield* checkParameters(statement, 0, DEGRADATION, around);
}

const DEGRADATION: Parameters = {
  "sbrk=": { accepts: isSize, says: (word) => `invalid sbrk size "${word}"`, write: "sbrk=500m" },
};

/** `ngx_http_core_set_aio`. */
export function* checkAio(statement: Statement): Generator<ArgumentProblem> {
  const [value = ""] = statement.args;
  if (/^(?:on|off|threads(?:=.*)?|sendfile)$/s.test(value)) return;
  yield problemAt(statement, 0, '"aio" directive invalid value', "write `threads`, `on` or `off`");
}

const SYMLINKS: Parameters = {
  off: { write: "off" },
  on: { write: "on" },
  if_not_owner: { write: "if_not_owner" },
  "from=": { accepts: isAnything, write: "from=/srv" },
};

/** `ngx_http_disable_symlinks`. */
export function* checkSymlinks(statement: Statement, around: Surroundings): Generator<ArgumentProblem> {
  const { args } = statement;
  const [problem] = checkParameters(statement, 0, SYMLINKS, around);
  if (problem !== undefined) {
    yield problem;
    return;
  }
  const modes = args.filter((word) => !word.startsWith("from="));
  const [first = "", second = ""] = args;
  if (modes.length === 0) {
    yield {
      at: statement,
      message: '"disable_symlinks" must have "off", "on" or "if_not_owner" parameter',
      help: "add `on` or `if_not_owner`",
    };
  } else if (args.length === 2 && modes.length === 2) {
    yield problemAt(statement, 1, `duplicate parameters "${first} ${second}"`, "give one of them");
  } else if (args.length === 2 && modes[0] === "off") {
    yield { at: statement, message: '"from=" cannot be used with "off" parameter', help: "remove `from=`" };
  }
}

/** The longest sum of levels (`ngx_conf_set_path_slot`). */
const MOST_LEVELS = 10;

/** `proxy_temp_path` and its siblings: a path, and the digits of the names of its folders. */
export function* checkTempPath(statement: Statement): Generator<ArgumentProblem> {
  const levels = statement.args.slice(1);
  const wrong = levels.findIndex((level) => !isPositive(level));
  const sum = levels.reduce((total, level) => total + Number(level), 0);
  if (wrong < 0 && sum <= MOST_LEVELS) return;
  yield problemAt(
    statement,
    wrong < 0 ? levels.length : wrong + 1,
    `"${statement.name}" directive invalid value`,
    `write up to three numbers whose sum is ${MOST_LEVELS} or less, such as \`1 2\``,
  );
}

/** An empty word matches nothing. */
export function* checkSubFilter(statement: Statement): Generator<ArgumentProblem> {
  if (statement.args[0] === "")
    yield problemAt(statement, 0, "empty search pattern", "write what is to be replaced");
}
