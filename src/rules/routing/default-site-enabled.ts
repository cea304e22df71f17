import type { Configuration, Context, Server, Statement } from "../../semantics/index.ts";
import { type Confidence, defineRule } from "../rule.ts";

/** Folders that packages bring with their welcome page in it. */
const WELCOME =
  /^(?:html|\/var\/www\/html|\/usr\/share\/nginx\/(?:html|www)|\/etc\/nginx\/html|\/usr\/local\/(?:www\/nginx(?:-dist)?|nginx\/html)|\/var\/lib\/nginx\/html|\/srv\/www\/htdocs|\/opt\/homebrew\/var\/www)\/?$/;

/** The site that comes with the package, still in use. */
export default defineRule({
  id: "default-site-enabled",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["setup.default-site"],
  docs: {
    summary: "The site that comes with the nginx package is removed or replaced",
    why: "The packaged site answers with nginx's welcome page: to scanners, to every request by address instead of name and, where it is the default server, to every name that no other server has. It also takes `default_server` of port 80, for which one's own site then has to fight.",
    bad: `events {}
http {
    server {
        listen 80 default_server;
        listen [::]:80 default_server;
        root /var/www/html;
        index index.html index.htm index.nginx-debian.html;
        server_name _;
        location / {
            try_files $uri $uri/ =404;
        }
    }
    server {
        listen 80;
        server_name shop.example;
        location / {
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    good: `events {}
http {
    server {
        listen 80 default_server;
        listen [::]:80 default_server;
        server_name _;
        return 444;
    }
    server {
        listen 80;
        server_name shop.example;
        location / {
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/request_processing.html"],
  },
  check({ configuration, report }) {
    // A site that is handed alone is not in use.
    if (configuration.fragment) return;
    for (const server of configuration.servers) {
      const at = server.context.opener;
      if (at === null || !isPackaged(server)) continue;
      const include = at.chain?.include;
      const isDefault = server.listens.some(({ defaultServer }) => defaultServer);
      report({
        at,
        message: `This is the site that comes with the nginx package: ${isDefault ? "requests for names that no other server has" : "requests for its names"} get nginx's welcome page from \`${rootOf(server.context)?.args[0]}\`.`,
        help: /sites-enabled\/[^/]*$/.test(at.file.name)
          ? `remove the link \`${at.file.name}\``
          : include === undefined
            ? "remove this `server`, or put your own site in its place"
            : `remove \`${at.file.name}\`, or put your own site in its place`,
        confidence: confidenceOf(configuration, server),
        related: include === undefined ? [] : [{ at: include, message: "included here" }],
        witness: { kind: "request", value: `GET http://${isDefault ? "unknown.example" : "localhost"}/` },
      });
    }
  },
});

/** Nothing in it but what packages write. */
function isPackaged({ context }: Server): boolean {
  if (context.incomplete) return false;
  const root = rootOf(context);
  if (root === undefined || !WELCOME.test(root.args[0] ?? "")) return false;
  return context.statements.every(isPackagedStatement);
}

function isPackagedStatement({ name, args, block }: Statement): boolean {
  switch (name) {
    case "listen":
      return /^(?:\[::\]:|\*:)?80(?:80)?$/.test(args[0] ?? "") && args.slice(1).every(isPackagedOption);
    case "server_name":
      return args.every((text) => text === "_" || text === "localhost" || text === "");
    case "root":
    case "index":
      return true;
    case "error_page":
      return /^\/(?:50x|404)\.html$/.test(args.at(-1) ?? "");
    case "location":
      return block !== null && !block.incomplete && isPackagedLocation(args.join(" "), block);
    default:
      return false;
  }
}

function isPackagedOption(option: string): boolean {
  return option === "default_server" || option.startsWith("ipv6only=");
}

function isPackagedLocation(title: string, block: Context): boolean {
  if (title !== "/" && !/^= ?\/(?:50x|404|40x)\.html$/.test(title)) return false;
  return block.statements.every(({ name, args }) => {
    switch (name) {
      case "root":
        return WELCOME.test(args[0] ?? "");
      case "index":
        return true;
      case "try_files":
        return args.at(-1) === "=404";
      default:
        return false;
    }
  });
}

/** Of the server, or of its `location /`. */
function rootOf(context: Context): Statement | undefined {
  const catchAll = context.all("location").find(({ args }) => args.join(" ") === "/");
  return catchAll?.block?.last("root") ?? context.last("root");
}

/** Images of containers often keep the packaged site, and put an app into its folder. */
function confidenceOf(configuration: Configuration, server: Server): Confidence {
  const isDebian = server.context
    .all("index")
    .some(({ args }) => args.some((name) => /^index\.nginx-/.test(name)));
  return isDebian || configuration.servers.length > 1 ? "high" : "low";
}
