import { isFilledIn } from "../../parser/index.ts";
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
    summary: "A named location that is used does not exist in the server",
    why: "nginx starts all the same, and answers 500 to every request that is sent there (`could not find named location` in the error log).",
    bad: "server {\n    location / {\n        try_files $uri @app;\n    }\n}\n",
    good: "server {\n    location / {\n        try_files $uri @app;\n    }\n    location @app {\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files"],
  },
  check({ configuration, report }) {
    const servers = new Map(configuration.servers.map((server) => [server.context, server]));
    const judge = (statement: Statement, server: Server, name: string) => {
      if (server.partial || server.context.incomplete || server.named(name) !== undefined) return;
      // A template may write it.
      if (server.locations.some(({ pattern }) => isFilledIn(pattern))) return;
      report({
        at: statement,
        message: `no \`location ${name}\` in this server: requests that come here get 500.`,
        help: `write \`location ${name} { … }\` in the server, or correct the name`,
      });
    };
    for (const statement of ["try_files", "error_page"].flatMap((name) => configuration.all(name))) {
      const name = namedBy(statement);
      if (name === null) continue;
      for (const around of statement.context.outward()) {
        const server = servers.get(around);
        if (server !== undefined) judge(statement, server, name);
      }
    }
    for (const statement of configuration.http?.all("error_page") ?? []) {
      const name = namedBy(statement);
      if (name === null) continue;
      for (const server of servers.values())
        if (!server.context.has("error_page")) judge(statement, server, name);
    }
  },
});

/** The named location that a `try_files` or `error_page` leads to; null for others. */
function namedBy({ args }: Statement): string | null {
  const last = args.at(-1);
  return last?.startsWith("@") && !last.includes("$") ? last : null;
}
