/** What is told from headers of the client: `valid_referers`, `modern_browser`. */
import type { Statement } from "../../tree.ts";
import { HostKeys } from "./host-keys.ts";
import { type ArgumentProblem, problemAt } from "./problem.ts";

const BROWSERS = ["msie", "gecko", "opera", "safari", "konqueror"];

/** `ngx_http_modern_browser`. */
export function* checkModernBrowser(statement: Statement): Generator<ArgumentProblem> {
  const [browser = "", version] = statement.args;
  if (version === undefined && browser !== "unlisted") {
    yield problemAt(
      statement,
      0,
      `"modern_browser" directive has no version for "${browser}"`,
      "write the browser and its first modern version, or `unlisted`",
    );
  } else if (version !== undefined && !BROWSERS.includes(browser.toLowerCase())) {
    yield problemAt(
      statement,
      0,
      `unknown browser name "${browser}"`,
      `write one of ${BROWSERS.map((name) => `\`${name}\``).join(", ")}`,
    );
  } else if (version !== undefined && !/^[0-9.]*$/.test(version)) {
    yield problemAt(statement, 1, `invalid browser version "${version}"`, "write numbers with points: `4.0`");
  }
}

/** Patterns do not count: nginx asks for a name beside them. */
const isWithoutName = (word: string) => word === "none" || word === "blocked" || word.startsWith("~");

/** `ngx_http_valid_referers`, and what the lines of a block make together. */
export function* checkReferers(statement: Statement): Generator<ArgumentProblem> {
  const { args, context } = statement;
  const index = args.findIndex((word) => word === "" || word === "~");
  if (index >= 0) {
    const isEmpty = args[index] === "";
    yield problemAt(
      statement,
      index,
      isEmpty ? 'invalid referer ""' : 'empty regex in "~"',
      isEmpty ? "write `none` for a request without one" : "write a pattern after `~`",
    );
    return;
  }
  const problem = hostProblem(statement);
  if (problem !== null) {
    yield problem;
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

/** The first name of the statement that is none, or that stands there, or in an earlier line of the block, twice. */
function hostProblem(statement: Statement): ArgumentProblem | null {
  const keys = new HostKeys(true);
  for (const other of statement.context.all("valid_referers")) {
    for (const [index, word] of other.args.entries()) {
      if (word === "server_names" || isWithoutName(word)) continue;
      const host = word.replace(/\/.*/s, "");
      const problem = keys.add(host);
      if (other !== statement || problem === null) continue;
      return problem === "invalid"
        ? problemAt(
            statement,
            index,
            `invalid hostname or wildcard "${host}"`,
            "write `*.example.com`, `.example.com`, `example.*`, or `~pattern`",
          )
        : problemAt(statement, index, `conflicting parameter "${host}"`, "remove one of the two");
    }
    if (other === statement) break;
  }
  const names = statement.args.indexOf("server_names");
  const clash = names < 0 ? undefined : serverNames(statement).find((name) => keys.add(name) === "conflict");
  return clash === undefined
    ? null
    : problemAt(
        statement,
        names,
        `conflicting parameter "${clash}"`,
        `remove \`${clash}\`, which \`server_names\` implies`,
      );
}

function serverNames({ context }: Statement): readonly string[] {
  const server = [...context.outward()].find(({ kind }) => kind === "server");
  if (server === undefined || server.incomplete) return [];
  // A server without a name has the empty one.
  const names = server.has("server_name") ? server.all("server_name").flatMap(({ args }) => args) : [""];
  return names.filter((name) => !name.startsWith("~"));
}
