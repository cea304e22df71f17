/** What is told from headers of the client: `valid_referers`, `modern_browser`. */
import { askedOnce } from "../../../lists/index.ts";
import type { Context, Statement } from "../../tree.ts";
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
  const problem = hostProblems(context).get(statement);
  if (problem !== undefined) {
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

/** By the lines of the block: the first name that is none, or that stands in the block a second time. */
const hostProblems = askedOnce((context: Context) => findHostProblems(context.all("valid_referers")));

function findHostProblems(lines: readonly Statement[]): ReadonlyMap<Statement, ArgumentProblem> {
  const found = new Map<Statement, ArgumentProblem>();
  const keys = new HostKeys(true);
  for (const line of lines) {
    for (const [index, word] of line.args.entries()) {
      if (word === "server_names" || isWithoutName(word)) continue;
      const slash = word.indexOf("/");
      const host = slash < 0 ? word : word.slice(0, slash);
      const problem = keys.add(host);
      if (problem === null || found.has(line)) continue;
      found.set(
        line,
        problem === "invalid"
          ? problemAt(
              line,
              index,
              `invalid hostname or wildcard "${host}"`,
              "write `*.example.com`, `.example.com`, `example.*`, or `~pattern`",
            )
          : problemAt(line, index, `conflicting parameter "${host}"`, "remove one of the two"),
      );
    }
  }
  // nginx adds the names of the server once, behind all lines (`ngx_http_referer_merge_conf`).
  const naming = lines.find(({ args }) => args.includes("server_names"));
  if (naming === undefined || found.has(naming)) return found;
  const clash = serverNames(naming).find((name) => keys.add(name) === "conflict");
  if (clash !== undefined) {
    found.set(
      naming,
      problemAt(
        naming,
        naming.args.indexOf("server_names"),
        `conflicting parameter "${clash}"`,
        `remove \`${clash}\`, which \`server_names\` implies`,
      ),
    );
  }
  return found;
}

function serverNames({ context }: Statement): readonly string[] {
  const server = [...context.outward()].find(({ kind }) => kind === "server");
  if (server === undefined || server.incomplete) return [];
  // A server without a name has the empty one.
  const names = server.has("server_name") ? server.all("server_name").flatMap(({ args }) => args) : [""];
  return names.filter((name) => !name.startsWith("~"));
}
