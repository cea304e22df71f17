import { type Configuration, lookupOf, type Statement } from "../../semantics/index.ts";
import { replaceArgument } from "../fix.ts";
import { defineRule, type Fix } from "../rule.ts";
import { codeOf } from "../wording.ts";
import { chosenUpstream } from "./chosen-upstream.ts";

/** Directives whose names are looked up at each request when they hold a variable. */
const PASSES = ["proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass"] as const;

/** Upstreams that are looked up at run time, by nobody. */
export default defineRule({
  id: "proxy-variable-without-resolver",
  category: "proxying",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  fix: "unsafe",
  docs: {
    summary: "A host name is resolved at run time, and no `resolver` is set",
    why: "If there is a variable anywhere in `proxy_pass`, even in the path, nginx resolves the name at run time instead of at start, and needs a `resolver` for that; it does not use `/etc/hosts` or the system's resolver. Without one every request gets 502 (`no resolver defined to resolve …`). An `upstream` of that name needs none.",
    bad: `events {}
http {
    server {
        listen 80;
        location / {
            set $app http://django:8000;
            proxy_pass $app;
        }
    }
}
`,
    good: `events {}
http {
    server {
        listen 80;
        resolver 127.0.0.11;
        location / {
            set $app http://django:8000;
            proxy_pass $app;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass"],
  },
  check({ configuration, model, report, met }) {
    for (const name of PASSES) {
      for (const pass of configuration.all(name)) {
        const lookup = lookupOf(pass, configuration);
        if (lookup.kind !== "request") continue;
        if (lookup.resolver !== null) {
          met(pass);
          continue;
        }
        const isOpen = lookup.host.includes("$");
        // `ssrf` speaks: addresses need no resolver, and with one the client could choose names, too.
        if (isOpen && chosenUpstream(model.place(pass.context), pass) !== null) continue;
        report({
          at: pass,
          message: isOpen
            ? `${codeOf(pass)} resolves its host at run time, and no \`resolver\` is set: requests get 502.`
            : `The variable in ${codeOf(pass)} makes nginx resolve \`${lookup.host}\` at run time, and no \`resolver\` is set: every request gets 502.`,
          help: isOpen
            ? "write `resolver` with the address of your DNS server"
            : `write \`resolver 127.0.0.11;\` (Docker's, or that of your network), or define \`upstream ${lookup.host} { … }\``,
          ...(isOpen ? { confidence: "medium" as const } : {}),
          witness: { kind: "value", value: lookup.host },
          ...(isOpen ? {} : fixOf(pass, lookup.host, configuration)),
        });
      }
    }
  },
});

/** An `upstream` that stands for this host alone needs no resolver: its name takes the place of the address. */
function fixOf(pass: Statement, host: string, configuration: Configuration): { fix?: Fix } {
  const written = writtenIn(pass, host);
  const index = (written?.args.length ?? 0) - 1;
  const word = written?.directive.args[index];
  const address = /^(?:\w+:\/\/)?([\w.-]+(?::\d+)?)/.exec(written?.args[index] ?? "")?.[1];
  if (written === null || word === undefined || address === undefined) return {};
  const [upstream, ...others] = [...configuration.upstreams].filter(([, { block }]) =>
    isOnly(block?.all("server") ?? [], address),
  );
  if (upstream === undefined || others.length > 0) return {};
  const [name] = upstream;
  const edits = [replaceArgument(written, index, word.raw.replace(address, name))];
  return { fix: { description: `ask the upstream \`${name}\``, safe: false, edits } };
}

/** The line that holds the host: the pass itself, or the only `set` of its variable. */
function writtenIn(pass: Statement, host: string): Statement | null {
  const [target = ""] = pass.args;
  if (target.includes(`//${host}`)) return pass;
  const variable = /^(?:\w+:\/\/)?(\$\w+)/.exec(target)?.[1];
  const [only, ...others] = pass.context.root.allBelow("set").filter(({ args }) => args[0] === variable);
  const holds = only?.args[1]?.replace(/^\w+:\/\//, "").startsWith(host) === true;
  return others.length === 0 && only !== undefined && holds ? only : null;
}

function isOnly(servers: readonly Statement[], address: string): boolean {
  const [only, ...others] = servers;
  const withPort = (text: string) => (text.includes(":") ? text : `${text}:80`);
  return only !== undefined && others.length === 0 && withPort(only.args[0] ?? "") === withPort(address);
}
