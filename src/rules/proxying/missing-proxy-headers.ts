import { push } from "../../lists/index.ts";
import type { Effective, Statement, VirtualServer } from "../../semantics/index.ts";
import type { Site } from "../../site/index.ts";
import { defineRule, type Fix, type Report } from "../rule.ts";
import { capitalized, codeOf, listOf, titlesOf } from "../wording.ts";
import { addToLists } from "./header-lines.ts";

/** The headers by which an application knows what was asked for, and by whom. */
const WANTED = ["Host", "X-Real-IP", "X-Forwarded-For"] as const;

/** Other names under which applications find the client's address. */
const SAME_AS: Readonly<Record<string, RegExp>> = {
  "x-real-ip":
    /^(x-forwarded-for|forwarded|x-client-ip|x-remote-addr|remote-addr|cf-connecting-ip|true-client-ip)$/,
  "x-forwarded-for": /^(x-real-ip|forwarded|x-client-ip)$/,
  host: /^$/,
};

interface Missing {
  readonly pass: Statement;
  readonly names: readonly string[];
  readonly list: Effective;
}

/** Applications that do not learn which host was asked for, or by whom. */
export default defineRule({
  id: "missing-proxy-headers",
  category: "proxying",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "django-react"],
  checklist: ["django.proxy-headers"],
  fix: "unsafe",
  reveals: ["forwarded-header-passthrough"],
  docs: {
    summary: "An application does not get the requested host, or the client's address",
    why: "By default nginx sends the name in `proxy_pass` as `Host`: the application's links and redirects point to `127.0.0.1:8000`, origin checks of forms fail (Django's CSRF protection), and Django refuses names that are not in `ALLOWED_HOSTS`, and always a name with an underscore, such as `django_backend`. Without `X-Real-IP` or `X-Forwarded-For` all clients look like nginx: logs, limits and bans hit everybody at once.",
    bad: `events {}
http {
    server {
        listen 80;
        location / {
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    good: `events {}
http {
    server {
        listen 80;
        location / {
            proxy_set_header Host $host;
            proxy_set_header X-Real-IP $remote_addr;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header",
      "https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts",
    ],
  },
  scope: "server",
  check({ server, site, report, met, unmet, untold, isMetUnheard }) {
    const groups = new Map<unknown, [Missing, ...Missing[]]>();
    for (const { place, pass, sure } of site.applicationPasses(server.places)) {
      const list = place.list("proxy_set_header");
      if (list.replaceable || (list.uncertain && list.statements.length === 0)) {
        untold({ at: pass, reason: "look for `proxy_set_header` in the parts that were not read" });
        continue;
      }
      if (place.context.hidden || place.isOn("proxy_pass_request_headers") === false) continue;
      if (!sure && WANTED.some((name) => !isNamed(name, list.statements))) {
        untold({
          at: pass,
          reason: `find out whether \`${pass.args.join(" ")}\` is an application of yours`,
        });
        continue;
      }
      const names = WANTED.filter((name) => !isSent(name, list.statements));
      if (names.length === 0) {
        if (isMetUnheard === true) continue;
        const lacking = WANTED.filter((name) => !isNamed(name, list.statements));
        if (lacking.length === 0) met(pass);
        else unmet({ at: pass, why: `without ${listOf(lacking.map((name) => `\`${name}\``))}` });
        continue;
      }
      const key = `${list.statements[0]?.directive.start ?? "none"} ${names.join()}`;
      push(groups, key, { pass, names, list });
    }
    for (const group of groups.values()) {
      const isEdge = site.edge.isEdge(server.server) && !site.edge.isBehindProxy(server.server);
      report({ ...describe(group), ...fixOf(group, isEdge) });
    }
    for (const each of innerPorts(server, site)) report(each);
  },
});

/** `$host:$server_port` where clients come to a proxy in front, on a port of its own. */
function* innerPorts(server: VirtualServer, site: Site): Generator<Report> {
  const { listens } = server.server;
  if (listens.length === 0 || listens.some(({ tls, unknown }) => tls || unknown)) return;
  const told = new Set<Statement["directive"]>();
  for (const { place } of site.applicationPasses(server.places)) {
    const { statements, replaceable } = place.list("proxy_set_header");
    const line = statements.find(
      ({ args: [name = "", value = ""] }) => name.toLowerCase() === "host" && PORT.test(value),
    );
    if (line === undefined || replaceable || told.has(line.directive)) continue;
    // The proxy in front speaks TLS, on 443.
    const isOverTls = statements.some(
      ({ args: [name = "", value = ""] }) =>
        /^x-forwarded-proto$/i.test(name) && /^(https|\$\{?http_x_forwarded_proto\}?)$/.test(value),
    );
    if (!isOverTls && !site.edge.isBehindProxy(server.server)) continue;
    told.add(line.directive);
    const port = listens[0]?.port ?? 80;
    yield {
      at: line,
      message: `${codeOf(line)} tells the application nginx's own port (${port}) and not that of the proxy in front: its links and redirects lead to \`…:${port}\`.`,
      help: "write `proxy_set_header Host $http_host;`, which is what the client asked for, or `$host`",
      confidence: "medium",
    };
  }
}

const PORT = /:\$\{?server_port\b/;

/** Set, or set under a name that does as well. */
function isSent(name: string, statements: readonly Statement[]): boolean {
  const lower = name.toLowerCase();
  return statements.some(({ args }) => {
    const [header = "", value = ""] = args;
    // As most people spell it.
    const key = header === name ? lower : header.toLowerCase();
    if (value === "" || (key !== lower && !SAME_AS[lower]?.test(key))) return false;
    // The upstream's own name is what is sent anyway.
    return lower !== "host" || !/^\$\{?proxy_host\}?$/.test(value);
  });
}

/** Set under its own name, which the checklist asks for; `Forwarded` holds both addresses. */
function isNamed(name: string, statements: readonly Statement[]): boolean {
  return statements.some(({ args: [header = "", value = ""] }) => {
    const key = header.toLowerCase();
    return value !== "" && (key === name.toLowerCase() || (key === "forwarded" && /\bfor=/i.test(value)));
  });
}

/** Django, Rails and others can be told to take the host from there. */
function isForwardedHost({ args: [header = "", value = ""] }: Statement): boolean {
  return /^(x-forwarded-host|forwarded)$/i.test(header) && /\$\{?(http_)?host\b/.test(value);
}

function describe([first, ...others]: readonly [Missing, ...Missing[]]): Report {
  const { pass, names, list } = first;
  const group = [first, ...others];
  const hasHost = !names.includes("Host");
  const where = capitalized(titlesOf(group.map((missing) => missing.pass.context)));
  const upstream = /^\w+:\/\/([^/$]+)/.exec(pass.args[0] ?? "")?.[1] ?? "the upstream's name";
  const harm = hasHost
    ? "all clients look like nginx to the application"
    : /_/.test(upstream)
      ? `the application gets \`Host: ${upstream}\`, which Django refuses with 400 for the underscore`
      : `the application gets \`Host: ${upstream}\`, makes links and redirects with that name, and may refuse it`;
  const isForwarded = !hasHost && list.statements.some(isForwardedHost);
  return {
    at: pass,
    message: `${where} ${others.length === 0 ? "sends" : "send"} requests on without ${listOf(names.map((name) => `\`${name}\``))}: ${harm}${isForwarded ? ", unless it reads `X-Forwarded-Host`" : ""}.`,
    help: `write ${listOf(names.map((name) => `\`proxy_set_header ${name} ${VALUES[name]};\``))}${list.statements.length > 0 ? " beside the other headers" : ""}`,
    ...(hasHost ? { presets: ["django-react"] as const } : {}),
    ...(hasHost || isForwarded ? { severity: "info" as const } : {}),
    related: [
      ...others.map((missing) => ({ at: missing.pass, message: "the same here" })),
      ...(list.statements[0] === undefined
        ? []
        : [{ at: list.statements[0], message: `${codeOf(list.statements[0])} begins the list in force` }]),
    ],
    identity: `${names.join()} ${where}`,
  };
}

/** Behind another proxy the address of the connection is not the client's. */
function fixOf(group: readonly [Missing, ...Missing[]], isEdge: boolean): { fix?: Fix } {
  const names = group[0].names.filter((name) => isEdge || name !== "X-Real-IP");
  const lower = names.map((name) => name.toLowerCase());
  const lines = names.map((name) => `proxy_set_header ${name} ${VALUES[name]};`);
  // What is set to nothing, or to the upstream's own name, is meant so, or to be mended by hand.
  const isSet = group[0].list.statements.some(({ args }) => lower.includes(args[0]?.toLowerCase() ?? ""));
  const edits = isSet || lines.length === 0 ? null : addToLists(group, lines);
  if (edits === null) return {};
  return {
    fix: { description: `send ${listOf(names.map((name) => `\`${name}\``))}`, safe: false, edits },
  };
}

const VALUES: Readonly<Record<string, string>> = {
  Host: "$host",
  "X-Real-IP": "$remote_addr",
  "X-Forwarded-For": "$proxy_add_x_forwarded_for",
};
