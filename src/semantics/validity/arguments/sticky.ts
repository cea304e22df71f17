/** `sticky` of an `upstream` (`ngx_http_upstream_sticky`): `cookie`, `route` or `learn`, each with parameters of its own. */

import type { Statement } from "../../tree.ts";
import { parseMilliseconds, parseSeconds } from "../../values/index.ts";
import { type ArgumentProblem, hasPages, isSize, problemAt } from "./problem.ts";

/** The module of a third party that has a `sticky`, too, knows these words and no method. */
const THIRD_PARTY =
  /^(?:(?:name|domain|path|expires|hash|hmac|hmac_key|text)=.*|no_fallback|secure|httponly|transfer)$/;

export function* checkSticky(statement: Statement): Generator<ArgumentProblem> {
  const [method = "", ...parameters] = statement.args;
  if (parameters.length === 0 && !["cookie", "route", "learn"].includes(method)) {
    if (THIRD_PARTY.test(method)) return;
  } else if (parameters.length === 0) {
    yield problemAt(
      statement,
      0,
      'invalid number of arguments in "sticky" directive',
      "write what it goes by: `sticky cookie srv_id`, `sticky route $cookie_route`",
    );
    return;
  }
  switch (method) {
    case "cookie":
      yield* checkCookie(statement);
      return;
    case "route":
      yield* checkRoute(statement);
      return;
    case "learn":
      yield* checkLearn(statement);
      return;
    default:
      if (statement.args.every((word) => THIRD_PARTY.test(word))) return;
      yield problemAt(
        statement,
        0,
        `unknown parameter "${method}"`,
        "write `sticky cookie`, `sticky route` or `sticky learn`",
      );
  }
}

/** The value of a parameter and what nginx says of a wrong one; null where it takes it. */
type Refusal = (value: string) => string | null;

const COOKIE: Readonly<Record<string, Refusal>> = {
  "domain=": (value) => (value === "" ? 'no value for "domain"' : null),
  "path=": (value) => (value === "" ? 'no value for "path"' : null),
  "expires=": (value) =>
    value === "max" || parseSeconds(value).ok ? null : 'invalid "expires" parameter value',
  httponly: () => null,
  secure: () => null,
  "samesite=": (value) =>
    value.includes("$") || /^(?:strict|lax|none)$/i.test(value) ? null : 'invalid "samesite" parameter value',
};

function* checkCookie(statement: Statement): Generator<ArgumentProblem> {
  if (statement.args[1] === "") {
    yield problemAt(statement, 1, "empty cookie name", "write a name: `sticky cookie srv_id`");
    return;
  }
  yield* checkWords(statement, COOKIE, (name) => `parameter "${name}" is duplicate`);
}

function* checkRoute(statement: Statement): Generator<ArgumentProblem> {
  const index = statement.args.findIndex((word, at) => at > 0 && !word.startsWith("$"));
  if (index < 0) return;
  const word = statement.args[index] ?? "";
  yield problemAt(statement, index, `invalid variable name "${word}"`, "write variables: `$cookie_route`");
}

/** The least of a zone, in pages (`ngx_http_upstream_sticky_learn`). */
const PAGES = 8;

const LEARN: Readonly<Record<string, Refusal>> = {
  "zone=": (value) => {
    const colon = value.indexOf(":");
    if (colon < 0) return "zone size is not specified";
    if (colon === 0) return "zone name is not specified";
    const size = value.slice(colon + 1);
    if (!isSize(size)) return "invalid zone size";
    return hasPages(size, PAGES) ? null : "zone is too small";
  },
  "timeout=": (value) => {
    const time = parseMilliseconds(value);
    return time.ok && time.value > 0 ? null : "invalid timeout";
  },
  "create=": (value) => (value.startsWith("$") ? null : 'missing variable in the "create" parameter'),
  "lookup=": (value) => (value.startsWith("$") ? null : 'missing variable in the "lookup" parameter'),
  header: () => null,
  // NGINX Plus.
  sync: () => null,
};

function* checkLearn(statement: Statement): Generator<ArgumentProblem> {
  let isFine = true;
  for (const problem of checkWords(statement, LEARN, (name) =>
    REPEATABLE.has(name) ? null : `duplicate ${name}`,
  )) {
    isFine = false;
    yield problem;
  }
  const missing = isFine
    ? ["lookup", "create", "zone"].find((name) => !statement.args.some((word) => word.startsWith(`${name}=`)))
    : undefined;
  if (missing === undefined) return;
  yield {
    at: statement,
    message: `"${missing}" parameter is not specified`,
    help: "write `sticky learn create=$upstream_cookie_id lookup=$cookie_id zone=sessions:1m`",
  };
}

const REPEATABLE: ReadonlySet<string> = new Set(["create", "lookup", "header", "sync"]);

function* checkWords(
  statement: Statement,
  parameters: Readonly<Record<string, Refusal>>,
  twice: (name: string) => string | null,
): Generator<ArgumentProblem> {
  const first = parameters === COOKIE ? 2 : 1;
  const seen = new Set<string>();
  for (const [index, word] of statement.args.entries()) {
    if (index < first) continue;
    const equals = word.indexOf("=");
    const key = equals < 0 ? word : word.slice(0, equals + 1);
    const name = key.replace("=", "");
    const refusal = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
    const message =
      refusal === undefined
        ? `unknown parameter "${word}"`
        : ((seen.has(name) ? twice(name) : null) ?? refusal(word.slice(equals + 1)));
    seen.add(name);
    if (message === null) continue;
    yield problemAt(
      statement,
      index,
      message,
      `write ${Object.keys(parameters)
        .map((each) => `\`${each}\``)
        .join(", ")}`,
    );
    return;
  }
}
