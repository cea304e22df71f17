import {
  hasVariables,
  type Place,
  type Simulation,
  type Statement,
  urlParts,
} from "../../semantics/index.ts";
import { isPublicName } from "../../site/index.ts";
import { type Proof, proofOf, requestText } from "../attacks.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Paths for an upstream that clients lead upwards. */
export default defineRule({
  id: "proxy-path-traversal",
  category: "proxying",
  severity: "warning",
  confidence: "medium",
  presets: ["recommended", "security"],
  docs: {
    summary: "A client can make a proxied path leave its folder",
    why: `nginx decodes a path once and resolves \`..\` in it. What a client encodes twice is still encoded then: \`/files/%252e%252e/admin\` matches \`location /files/\`, and \`$uri\` and captures hold \`%2e%2e/admin\`. Where \`proxy_pass\` holds a variable, nginx sends its value as it is, and the upstream, which decodes the path in turn, sees \`/files/../admin\`: \`/admin\`. So a request gets past a \`location /admin/\` that refuses it, or reaches what was never to be proxied. A query argument (\`$arg_file\`) can hold \`../\` as it is.

Where \`proxy_pass\` holds no variable, nginx encodes the path again (\`%252e\`), and nothing of this happens.

It is told in every preset where another location of the server refuses what can be reached so, else under \`security\`: whether the rest of the upstream is worth anything only you know. Other linters report captures in general; \`(\\d+)\`, \`(\\w+)\` and others that hold neither a dot nor a slash are no problem.`,
    bad: `server {
    listen 80;
    location /admin/ {
        deny all;
    }
    location ~ ^/files/(.*)$ {
        proxy_pass http://127.0.0.1:8000/$1;
    }
}
`,
    good: `server {
    listen 80;
    location /admin/ {
        deny all;
    }
    location /files/ {
        proxy_pass http://127.0.0.1:8000/;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
      "https://cwe.mitre.org/data/definitions/22.html",
    ],
  },
  scope: "server",
  check({ server, report }) {
    for (const place of server.places) {
      const statement = place.context.last("proxy_pass");
      const [written = ""] = statement?.args ?? [];
      if (statement === undefined || !hasVariables(written) || isOpenToAll(written)) continue;
      const proof = wayOut(place, statement, written, closedFolders(place));
      if (proof === null) continue;
      const { reached, sent, isClosed } = proof.evidence;
      report({
        at: statement,
        message: isClosed
          ? `${codeOf(statement)} sends what clients encode twice as it is: \`${reached}\`, which this server refuses, can still be requested from the upstream.`
          : `${codeOf(statement)} sends what clients encode twice as it is: clients can request \`${reached}\` from the upstream.`,
        help: "leave the variable out (`proxy_pass http://name/folder/;` encodes the path again), or let the pattern's group hold no dots and slashes",
        ...(isClosed ? {} : { presets: ["security"] as const }),
        witness: { kind: "request", value: requestText(proof) },
        details: [
          { label: "request", text: requestText(proof) },
          { label: "asks", text: sent, at: statement },
          { label: "means", text: reached },
        ],
      });
    }
  },
});

/** A public host: whoever likes asks it himself. */
function isOpenToAll(written: string): boolean {
  const host = /^\w+:\/\/([^/:$]+)(?=[/:])/.exec(written)?.[1] ?? "";
  return isPublicName(host);
}

interface WayOut {
  readonly sent: string;
  /** What the path means to whoever decodes it. */
  readonly reached: string;
  readonly isClosed: boolean;
}

/** So many refusing locations are tried. */
const MOST_FOLDERS = 3;

/** Folders that the server refuses to strangers, without their slash at the front. */
function closedFolders({ server, location }: Place): readonly string[] {
  if (server === null) return [];
  return server.locations
    .filter((each) => each !== location && (each.isPrefix || each.isExact) && each.pattern.length > 1)
    .filter((each) => server.at(each).admits().kind === "closed" && !each.context.has("internal"))
    .slice(0, MOST_FOLDERS)
    .map(({ pattern }) => pattern.slice(1));
}

function wayOut(
  place: Place,
  statement: Statement,
  written: string,
  closed: readonly string[],
): Proof<WayOut> | null {
  const value = place.value(written);
  if (value === null || !value.clientsCanWrite(".") || !value.clientsCanWrite("/")) return null;
  const { path } = urlParts(value);
  const origins = path.filter(({ written: text }) => text !== "$args").flatMap((part) => part.origins);
  if (origins.length === 0) return null;
  const targets = [...closed, "secret"];
  const payloads = targets.flatMap((target) => [
    `%2e%2e/${target}`,
    `/%2e%2e/${target}`,
    `../${target}`,
    `/../${target}`,
    `x/%2e%2e/%2e%2e/${target}`,
  ]);
  const start = constantStart(place, written);
  return proofOf(place, { origins }, { payloads }, (simulation) => {
    const found = upwards(statement, simulation);
    if (found === null) return null;
    const isClosed = closed.some((folder) => found.reached.startsWith(`/${folder}`));
    return isClosed || (start.length > 1 && !found.reached.startsWith(start)) ? { ...found, isClosed } : null;
  });
}

/** The folder that the path is meant to stay in. */
function constantStart({ location }: Place, written: string): string {
  const path = /^\w+:\/\/[^/$]*(\/[^$]*)/.exec(written)?.[1] ?? "";
  const isWhole = path === "" && /\$\{?(?:document_)?uri\b/.test(written);
  const start = isWhole ? (location?.literalPrefix ?? "") : path;
  return start.slice(0, start.lastIndexOf("/") + 1);
}

/** The path that is sent and what it means, where that is another one. */
function upwards(
  statement: Statement,
  { outcome }: Simulation,
): { readonly sent: string; readonly reached: string } | null {
  const { by, kind, uri } = outcome;
  if (by !== statement || kind !== "proxy" || uri === undefined) return null;
  const [path = ""] = uri.split("?");
  if (!/\/(?:\.|%2e){2}(?:\/|$)/i.test(path)) return null;
  const segments: string[] = [];
  for (const segment of path.replace(/%2e/gi, ".").split("/").slice(1)) {
    if (segment === "..") segments.pop();
    else segments.push(segment);
  }
  return { sent: uri, reached: `/${segments.join("/")}` };
}
