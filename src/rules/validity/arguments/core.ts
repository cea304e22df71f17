/** Directives of the main level and of files: affinity, thread pools, `aio`, `disable_symlinks`, and a few others. */
import type { Statement } from "../../../semantics/index.ts";
import {
  type ArgumentProblem,
  checkParameters,
  isAnything,
  isNumber,
  isPositive,
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

/** An empty word matches nothing. */
export function* checkSubFilter(statement: Statement): Generator<ArgumentProblem> {
  if (statement.args[0] === "")
    yield problemAt(statement, 0, "empty search pattern", "write what is to be replaced");
}

/** Patterns do not count: nginx asks for a name beside them. */
const isWithoutName = (word: string) => word === "none" || word === "blocked" || word.startsWith("~");

/** `ngx_http_valid_referers`, and what the lines of a block make together. */
export function* checkReferers(statement: Statement): Generator<ArgumentProblem> {
  const { args, context } = statement;
  const index = args.indexOf("");
  if (index >= 0) {
    yield problemAt(statement, index, 'invalid referer ""', "write `none` for a request without one");
    return;
  }
  if (!args.every(isWithoutName) || context.incomplete) return;
  const all = context.all("valid_referers");
  if (all[0] !== statement || !all.every((other) => other.args.every(isWithoutName))) return;
  if (!all.some((other) => other.args.some((word) => !word.startsWith("~")))) return;
  yield {
    at: statement,
    message:
      'the "none" or "blocked" referers are specified in the "valid_referers" directive without any valid referer',
    help: "add `server_names`, or the names of the sites that may link here",
  };
}
