import type { Context, Statement } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { areAlternatives } from "./alternatives.ts";

/** Names that can be given once. */
export default defineRule({
  id: "duplicate-definition",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "Log formats, upstreams and zones are defined once",
    why: "nginx refuses a second `log_format` or `upstream` of one name (the format `combined` is built in), and a shared memory zone that is declared twice with different sizes, keys or uses.",
    bad: 'log_format combined "$remote_addr $request";\n',
    good: 'log_format with_time "$remote_addr $request $request_time";\n',
    references: [
      "https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format",
      "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#upstream",
    ],
  },
  check({ configuration, report }) {
    const complain = (at: Statement, message: string, first?: Statement) => {
      if (first !== undefined && areAlternatives(first, at)) return;
      report({
        at,
        message: `${message}: nginx does not start.`,
        help: "give it another name, or remove one of the two",
        ...(first === undefined ? {} : { related: [{ at: first, message: "first here" }] }),
      });
    };
    for (const context of [configuration.http, configuration.root.last("stream")?.block ?? null]) {
      if (context === null) continue;
      checkNames(context, complain);
      checkZones(context, complain);
    }
  },
});

type Complain = (at: Statement, message: string, first?: Statement) => void;

function checkNames(context: Context, complain: Complain): void {
  const formats = new Map<string, Statement>();
  for (const statement of context.all("log_format")) {
    const [name = ""] = statement.args;
    const first = formats.get(name);
    const builtIn = name === "combined" && context.kind !== "stream";
    if (first !== undefined) complain(statement, `duplicate "log_format" name "${name}"`, first);
    else if (builtIn) complain(statement, 'duplicate "log_format" name "combined", which is built in');
    else formats.set(name, statement);
  }
  const dictionaries = new Map<string, Statement>();
  for (const statement of context.all("lua_shared_dict")) {
    const [name = ""] = statement.args;
    const first = dictionaries.get(name);
    if (first === undefined) dictionaries.set(name, statement);
    else complain(statement, `lua_shared_dict "${name}" is already defined as "${name}"`, first);
  }
  const upstreams = new Map<string, Statement>();
  for (const statement of context.all("upstream")) {
    // Names are compared in lower case (ngx_http_upstream_add).
    const name = (statement.args[0] ?? "").toLowerCase();
    const first = upstreams.get(name);
    if (first !== undefined) complain(statement, `duplicate upstream "${statement.args[0] ?? ""}"`, first);
    else upstreams.set(name, statement);
  }
}

interface Zone {
  readonly statement: Statement;
  readonly size: string | undefined;
}

/** Directives that declare a zone of their own kind; a name can have one of them. */
const ZONE_OWNERS = [
  "limit_req_zone",
  "limit_conn_zone",
  "proxy_cache_path",
  "fastcgi_cache_path",
  "uwsgi_cache_path",
  "scgi_cache_path",
];

function checkZones(context: Context, complain: Complain): void {
  const zones = new Map<string, Zone>();
  for (const statement of context.statements) {
    if (!ZONE_OWNERS.includes(statement.name)) continue;
    const parameter = statement.args.find((arg) => /^(?:keys_)?zone=/.test(arg));
    const [name, size] = (parameter ?? "").replace(/^(?:keys_)?zone=/, "").split(":");
    if (name === undefined || name === "" || name.includes("$")) continue;
    const first = zones.get(name);
    if (first === undefined) zones.set(name, { statement, size });
    else complain(statement, describe(statement, name, first), first.statement);
  }
}

function describe(statement: Statement, name: string, { statement: first }: Zone): string {
  if (first.name !== statement.name) {
    return `the shared memory zone "${name}" is already declared for a different use`;
  }
  if (statement.name.startsWith("limit_")) return `${statement.name} "${name}" is already bound to a key`;
  return `duplicate zone "${name}"`;
}
