import type { Server, Statement } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** nginx looks a named location up when the request is there, and answers 500 where it is not. */
export default defineRule({
  id: "undefined-named-location",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "Named locations that are referred to exist in the server",
    why: "nginx starts all the same, and answers 500 to every request that is sent there (`could not find named location` in the error log).",
    bad: "server {\n    location / {\n        try_files $uri @app;\n    }\n}\n",
    good: "server {\n    location / {\n        try_files $uri @app;\n    }\n    location @app {\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files"],
  },
  check({ configuration, report }) {
    for (const server of configuration.servers) {
      if (server.partial || server.context.incomplete) continue;
      const names = new Set(server.locations.filter(({ isNamed }) => isNamed).map(({ pattern }) => pattern));
      for (const { statement, name } of references(server, configuration.http?.all("error_page") ?? [])) {
        if (names.has(name)) continue;
        report({
          at: statement,
          message: `no \`location ${name}\` in this server: requests that come here get 500.`,
          help: `write \`location ${name} { … }\` in the server, or correct the name`,
        });
      }
    }
  },
});

function* references(
  server: Server,
  outer: readonly Statement[],
): Generator<{ statement: Statement; name: string }> {
  if (!server.context.has("error_page")) yield* named(outer);
  for (const statement of server.context.walk()) {
    if (statement.name === "try_files" || statement.name === "error_page") yield* named([statement]);
  }
}

function* named(statements: readonly Statement[]): Generator<{ statement: Statement; name: string }> {
  for (const statement of statements) {
    const name = statement.args.at(-1);
    if (name?.startsWith("@") && !name.includes("$")) yield { statement, name };
  }
}
