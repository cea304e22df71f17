import type { Statement, VirtualServer } from "../../semantics/index.ts";
import { replaceArgument } from "../fix.ts";
import { defineRule, type Fix } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** `$server_name` where the server's first name is no host. */
export default defineRule({
  id: "redirect-to-server-name",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  fix: "unsafe",
  docs: {
    summary: "`$server_name` is not a host name here",
    why: "`$server_name` is the first name of the `server` block as written, not the requested host. With `_`, a wildcard, a regex or no name at all, visitors are redirected to `https://_/`, and applications build links from it.",
    bad: `server {
    listen 80 default_server;
    server_name _;
    return 301 https://$server_name$request_uri;
}
`,
    good: `server {
    listen 80 default_server;
    server_name _;
    return 301 https://$host$request_uri;
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#var_server_name"],
  },
  scope: "server",
  check({ server, report, met }) {
    if (server.isPartial || server.isIncomplete) return;
    const [name] = server.server.names;
    if (name === undefined || /[${<]/.test(name.text.replace(/\$$/, ""))) return;
    const isHost = name.kind === "exact" && /[a-z0-9]/i.test(name.text);
    const told = new Set<Statement["directive"]>();
    for (const statement of USING.flatMap((name) => server.context.allBelow(name).filter(mayUse))) {
      const use = useOf(statement);
      if (use === null || told.has(statement.directive)) continue;
      told.add(statement.directive);
      // `.example.com` stands for itself without the dot.
      if (isHost || (name.kind === "suffix" && name.orBare)) {
        met(statement);
        continue;
      }
      const value = use.text.replace(/\$\{?server_name\}?/g, name.text);
      const where = server.context.last("server_name");
      report({
        at: statement,
        message:
          use.kind === "redirect"
            ? `${codeOf(statement)} redirects visitors to \`${shown(value, server)}\`: \`$server_name\` is ${described(name.text)}.`
            : `Applications get \`${use.header}: ${value}\`: \`$server_name\` is ${described(name.text)}.`,
        help: "write `$host`, or the name",
        ...fixOf(statement, use.text),
        related: where === undefined ? [] : [{ at: where, message: "the first name of the server" }],
        ...(use.kind === "redirect" ? { witness: { kind: "request" as const, value: "GET /" } } : {}),
      });
    }
  },
});

interface Use {
  readonly kind: "redirect" | "header";
  readonly text: string;
  readonly header?: string;
}

/** Directives by which it may. */
const USING = ["return", "rewrite", "proxy_set_header"];

function mayUse({ args }: Statement): boolean {
  return args.some((each) => each.includes("server_name"));
}

/** Where the name goes out as a host. */
function useOf({ name, args }: Statement): Use | null {
  if (name === "return" || name === "rewrite") {
    const text = args.find((each) => /^(https?|\$\{?scheme\}?|\$\w+):\/\/\$\{?server_name\b/.test(each));
    return text === undefined ? null : { kind: "redirect", text };
  }
  const [header = "", value = ""] = args;
  if (name !== "proxy_set_header" || !/^(host|x-forwarded-(host|server)|x-host|origin)$/i.test(header))
    return null;
  if (/server$/i.test(header) || !/^\$\{?server_name\}?(:|$)/.test(value)) return null;
  return { kind: "header", text: value, header };
}

function fixOf(statement: Statement, text: string): { fix?: Fix } {
  const index = statement.args.indexOf(text);
  const raw = statement.directive.args[index]?.raw;
  if (raw === undefined) return {};
  const written = raw.replace(/\$(?:server_name\b|\{server_name\})/, "$host");
  const edits = [replaceArgument(statement, index, written)];
  return { fix: { description: "write `$host`", safe: false, edits } };
}

/** The address that browsers get for `/`. */
function shown(text: string, { scheme }: VirtualServer): string {
  return text
    .replace(/\$\{?scheme\}?/, scheme)
    .replace(/\$\{?(request_uri|uri|document_uri|1)\}?$/, "/")
    .replace(/([^/:])\/\/$/, "$1/");
}

function described(name: string): string {
  return name === "" ? "empty, as the server has no name" : `\`${name}\``;
}
