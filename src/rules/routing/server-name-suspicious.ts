import { isFilledIn } from "../../parser/index.ts";
import type { Statement } from "../../semantics/index.ts";
import { replaceArgument } from "../fix.ts";
import { defineRule, type Fix } from "../rule.ts";

/** Words of `server_name` that no Host header is. */
export default defineRule({
  id: "server-name-suspicious",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  fix: "unsafe",
  docs: {
    summary: "A `server_name` matches no request",
    why: "nginx compares the names with the host of a request: no scheme, no port, no path. Names are separated by spaces, regexes begin with `~`, and `*` replaces whole labels at one end. Anything else matches nothing, and the requests go to the default server.",
    bad: `server {
    listen 80;
    server_name https://shop.example;
}
`,
    good: `server {
    listen 80;
    server_name shop.example;
}
`,
    references: ["https://nginx.org/en/docs/http/server_names.html"],
  },
  check({ configuration, report }) {
    for (const { context } of configuration.servers) {
      for (const statement of context.all("server_name")) {
        for (const [index, name] of statement.args.entries()) {
          if (isFilledIn(name)) continue;
          const found = problemOf(name, configuration.servers.length > 1 && !configuration.fragment);
          if (found === null) continue;
          const word = statement.directive.args[index];
          report({
            at: word === undefined ? statement : { file: statement.file, start: word.start, end: word.end },
            message: `No request matches the name \`${name}\`: ${found.reason}.`,
            help: `write \`${found.spelling}\``,
            ...(found.isGuess ||
            word?.quote !== "none" ||
            context.all("server_name").some(({ args }) => args.includes(found.spelling))
              ? {}
              : fixOf(statement, index, found.spelling)),
            witness: { kind: "value", value: name },
            identity: name,
          });
        }
      }
    }
  },
});

interface Problem {
  readonly reason: string;
  readonly spelling: string;
  /** Something else may be meant as well. */
  readonly isGuess?: boolean;
}

function fixOf(statement: Statement, index: number, spelling: string): { fix?: Fix } {
  const edits = [replaceArgument(statement, index, spelling)];
  return { fix: { description: `write \`${spelling}\``, safe: false, edits } };
}

/** Null for what may be a host. `isRefused`: nginx itself refuses wildcards in the middle then. */
function problemOf(name: string, isRefused: boolean): Problem | null {
  if (name.startsWith("~") || name === "" || /^\$hostname$/.test(name)) return null;
  const url = /^(?:https?:)?\/\/([^/:]+)/.exec(name)?.[1];
  if (url !== undefined) return { reason: "a host has no scheme", spelling: url };
  if (isPattern(name))
    return {
      reason: "a regex begins with `~`",
      spelling: `~${name}`,
      isGuess: !/^\^.*\$$/.test(name),
    };
  if (name.includes("/"))
    return {
      reason: "a host has no path",
      spelling: name.slice(0, name.indexOf("/")) || "a host",
      isGuess: name.startsWith("/"),
    };
  if (name.includes(","))
    return {
      reason: "names are separated by spaces",
      spelling: name
        .split(",")
        .filter((part) => part !== "")
        .join(" "),
    };
  const port = /^([^:[\]]+):\d+$/.exec(name)?.[1];
  if (port !== undefined) return { reason: "the port belongs to `listen`", spelling: port };
  const inner = name.replace(/^\*\./, "").replace(/\.\*$/, "");
  if (inner.includes("*") && inner !== "*" && !isRefused)
    return {
      reason: "`*` replaces whole labels at one end only",
      spelling: `~^${name.replaceAll(".", "\\.").replaceAll("*", "[^.]+")}$`,
      isGuess: true,
    };
  return null;
}

/** Signs that no host has. */
function isPattern(name: string): boolean {
  return /^\^|\\[.dwb]|\$$|[()|+?]|\[[^[\]:]+\]|\.\*\S/.test(name) && !/^\$\{?\w+\}?$/.test(name);
}
