import type { Context, Statement } from "../../semantics/index.ts";
import { areAlternatives, clashingPaths, clashingZones } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** Names that can be given once. */
export default defineRule({
  id: "duplicate-definition",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "A log format, upstream, zone or similar is defined twice",
    why: "nginx refuses a second `log_format` or `upstream` of one name (the format `combined` is built in), and a shared memory zone that is declared twice with different sizes, keys or uses. Two caches do not share a folder.",
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
    }
    checkPools(configuration.root, complain);
    for (const clashes of [clashingZones, clashingPaths]) {
      for (const { at, first, message } of clashes(configuration)) complain(at, message, first);
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
  const charsets = new Map<string, Statement>();
  for (const statement of context.all("charset_map")) {
    const [from = "", to = ""] = statement.args;
    const key = [from.toLowerCase(), to.toLowerCase()].sort().join(" ");
    const first = charsets.get(key);
    if (first === undefined) charsets.set(key, statement);
    else complain(statement, `duplicate "charset_map" between "${from}" and "${to}"`, first);
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

function checkPools(root: Context, complain: Complain): void {
  const pools = new Map<string, Statement>();
  for (const statement of root.all("thread_pool")) {
    const [name = ""] = statement.args;
    const first = pools.get(name);
    if (first === undefined) pools.set(name, statement);
    else complain(statement, `duplicate thread pool "${name}"`, first);
  }
}
