import { type Context, type Location, passesToUpstream, type Statement } from "../../semantics/index.ts";
import { defineRule, type Report } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** A taken `if` becomes the location, and leaves behind what is not inherited. */
export default defineRule({
  id: "if-is-evil",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  directives: ["if"],
  docs: {
    summary: "An `if` in a location discards `try_files`, or changes where files come from",
    why: "To nginx, an `if` in a location is a nested location: a request that meets its condition is answered there. `try_files` is not inherited, so it does not run, even if the `if` only sets a variable; a `root` inside replaces that of the location. Only `return` and `rewrite … last` always do what they seem to, because they end the processing there. Use `map` for values that depend on the request; an `if` that only sets a variable is harmless in the server.",
    bad: "server {\n    root /srv/shop;\n    location / {\n        if ($http_cookie ~ beta) {\n            set $variant beta;\n        }\n        try_files $uri /index.html;\n    }\n}\n",
    good: 'map $http_cookie $variant {\n    ~beta beta;\n    default "";\n}\nserver {\n    root /srv/shop;\n    location / {\n        if ($request_method = TRACE) {\n            return 405;\n        }\n        try_files $uri /index.html;\n    }\n}\n',
    references: [
      "https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#if",
      "https://www.nginx.com/resources/wiki/start/topics/depth/ifisevil/",
    ],
  },
  scope: "server",
  check({ server, report }) {
    for (const location of server.locations) {
      const losing: Statement[] = [];
      for (const statement of reachedIfs(location.context)) {
        const { block } = statement;
        if (block === null || block.incomplete || endsRequest(block)) continue;
        if (location.context.has("try_files")) {
          if (!findsTheSame(statement, block, location)) losing.push(statement);
        } else {
          const found = anotherFolder(location, statement, block);
          if (found !== null) report(found);
        }
      }
      const found = lostFallback(location, losing);
      if (found !== null) report(found);
    }
  },
});

/** The `if`s before a `return` or a `break` that ends the rewrite directives for all. */
function* reachedIfs(context: Context): Generator<Statement> {
  for (const statement of context.statements) {
    if (statement.name === "return" || statement.name === "break") return;
    if (statement.name === "if") yield statement;
  }
}

/** Several that lose the same line are one mistake. */
function lostFallback(location: Location, losing: readonly Statement[]): Report | null {
  const tried = location.context.last("try_files");
  const [first, ...others] = losing;
  if (first === undefined || tried === undefined) return null;
  const more =
    others.length === 0 ? "" : others.length === 1 ? " or one more" : ` or one of ${others.length} more`;
  return {
    at: first,
    message: `Requests that meet ${codeOf(first)}${more} skip ${codeOf(tried)}: the \`if\` becomes their location, and does not inherit \`try_files\`.`,
    help: helpFor(losing.flatMap(({ block }) => block ?? [])),
    related: [
      { at: tried, message: "is skipped then" },
      ...others.map((at) => ({ at, message: "skips it too" })),
    ],
  };
}

/** `if (-f $request_filename) { break; }` beside `try_files $uri …`: the file is there, and is sent either way. */
function findsTheSame({ args }: Statement, block: Context, { context }: Location): boolean {
  const [test, file] = args.map((arg) => arg.replace(/^\(\s*|(?<!\s)\s*\)$/g, "")).filter(Boolean);
  return (
    test === "-f" &&
    file === "$request_filename" &&
    block.statements.every(({ name }) => name === "break" || name === "set") &&
    context.last("try_files")?.args.includes("$uri") === true
  );
}

function anotherFolder(location: Location, statement: Statement, block: Context): Report | null {
  // Which backend answers is all that such an `if` chooses, and it does.
  const inside = passesToUpstream(block) ? undefined : folderIn(block);
  const outside = folderIn(location.context);
  if (inside === undefined || inside.args[0] === outside?.args[0]) return null;
  if (outside === undefined && (location.isNamed || passesToUpstream(location.context))) return null;
  return {
    at: statement,
    confidence: "medium",
    message: `Requests that meet ${codeOf(statement)} are served from ${codeOf(inside)}: the \`if\` becomes their location, and of several that match only the last counts.`,
    help: `choose the value with a \`map\`, and write one \`${inside.name}\` with its variable in the location`,
    related: outside === undefined ? [] : [{ at: outside, message: "is replaced then" }],
  };
}

/** A `return`, or a `rewrite` after which the location is looked for again or the client redirected. */
function endsRequest(block: Context): boolean {
  for (const { name, args } of block.statements) {
    if (name === "return") return true;
    if (name === "break") return false;
    if (name !== "rewrite") continue;
    if (args[2] !== "break" || /^(https?:\/\/|\$scheme)/.test(args[1] ?? "")) return true;
  }
  return false;
}

function helpFor(blocks: readonly Context[]): string {
  if (blocks.every(({ statements }) => statements.every(({ name }) => name === "set"))) {
    return "set the variable with `map`, or move the `if` to the server";
  }
  if (blocks.some((block) => block.has("add_header") || block.has("expires"))) {
    return "choose the value with a `map`: nginx does not send a header with an empty value";
  }
  return "end the request in it (`return`, `rewrite … last`), or use a `map`";
}

function folderIn(context: Context): Statement | undefined {
  return context.last("root") ?? context.last("alias");
}
