/** What stands behind a `proxy_pass`, judged by its address and by the names people give. */
import { askedOnce, push } from "../lists/index.ts";
import {
  type Configuration,
  type Context,
  effective,
  PASS_DIRECTIVES,
  type Server,
  type Statement,
} from "../semantics/index.ts";
import { Words } from "./words.ts";

export type Proxied =
  /** A program of the site's own. `sure` is false where its name says little. */
  | { readonly kind: "application"; readonly sure: boolean }
  /** By its name a second web server that gives out files, or a service that does not care how clients came. */
  | { readonly kind: "indifferent" }
  /** Someone else's service, an object store, or an answer that nginx makes itself. */
  | { readonly kind: "other" };

const OTHER: Proxied = { kind: "other" };

/** Ports of Vite, Angular and Storybook, which build a front-end while it is written. */
const DEV_SERVERS: ReadonlySet<string> = new Set(["5173", "4200", "6006"]);

/** Ports of Prometheus' exporters, and what locations for them are called. */
const EXPORTERS = /^(9093|91\d\d|9216|9308)$/;
const METRICS = /metrics|prometheus|exporter/;

/** Names of containers and upstreams that serve the built front-end. */
const FILES = new Words(
  "front frontend static webstatic staticweb staticfiles assets client ui spa react vue angular vite webpack landing storybook",
);
/** Services without pages, links and cookies. */
const SERVICES = new Words(
  "prometheus pushgateway cadvisor loki elasticsearch opensearch influxdb clickhouse",
);

const PROGRAM = new Words("api app back backend server django gunicorn flask rails node php ssr next nuxt");

const STORES = new Words(
  "minio s3 bucket buckets gcs azurite ceph seaweed seaweedfs imgproxy thumbor objectstore objectstorage",
);
const STORE_DOMAINS = [
  "amazonaws.com",
  "googleapis.com",
  "windows.net",
  "digitaloceanspaces.com",
  "cloudflarestorage.com",
  "backblazeb2.com",
  "wasabisys.com",
  "cloudfront.net",
  "github.io",
];

/** Last labels that no public name has. */
const INTERNAL =
  /(^|\.)(local|localhost|internal|intranet|lan|home|corp|private|docker|svc|consul|test|arpa)$/i;

/** Says nothing. */
const ADDRESS = /^[\d.]+$/;

/** Stand-ins for a program. */
const MOCKS = new Words("mock stub wiremock httpbin");

/** Pages that web servers make about themselves. */
const STATUS_PAGE = /(stub|nginx|server|basic)[-_]?status/i;

const known = new WeakMap<Statement, Proxied>();

/** What a `proxy_pass` leads to. */
export function proxiedBy(pass: Statement, configuration: Configuration): Proxied {
  let proxied = known.get(pass);
  if (proxied === undefined) {
    proxied = readProxied(pass, configuration);
    known.set(pass, proxied);
  }
  return proxied;
}

function readProxied(pass: Statement, configuration: Configuration): Proxied {
  const target = readTarget(pass.args[0] ?? "", pass.context);
  if (target === null || STATUS_PAGE.test(target.uri)) return OTHER;
  const { host, port } = target;
  if (/certbot|letsencrypt/i.test(host) || locationText(pass.context).includes("acme-challenge"))
    return OTHER;
  const upstream = configuration.upstreams.get(host);
  if (upstream === undefined && leadsHome(host, port, configuration)) return OTHER;
  const members = upstream?.block?.all("server").map(({ args }) => hostOf(args[0] ?? "")) ?? [];
  const hosts = members.length > 0 ? members : [host];
  const written = [host, ...members];
  const names = written.filter((name) => !ADDRESS.test(name)).map((name) => name.replace(/[${}]+/g, ""));
  if (names.some((name) => isStore(name) || MOCKS.areIn(name))) return OTHER;
  if (namesTheUpstream(pass.context, host)) return OTHER;
  if (hosts.every(isPublicName) && !passesHost(pass.context)) {
    return target.scheme === "https" ? OTHER : { kind: "application", sure: false };
  }
  if (names.some((name) => SERVICES.areIn(name) || /exporter([-_.\d]|$)|[-_]metrics$/i.test(name)))
    return { kind: "indifferent" };
  if (DEV_SERVERS.has(port) || (EXPORTERS.test(port) && METRICS.test(locationText(pass.context))))
    return { kind: "indifferent" };
  if (names.some((name) => FILES.areIn(name)) && !names.some((name) => PROGRAM.areIn(name))) {
    return { kind: "indifferent" };
  }
  return { kind: "application", sure: !written.some((name) => name.includes("$")) };
}

function isStore(name: string): boolean {
  return STORES.areIn(name) || STORE_DOMAINS.some((domain) => name.toLowerCase().endsWith(`.${domain}`));
}

/** Only WebSocket connections go there, for which nobody asks for the scheme. */
export function isWebSocketOnly(pass: Statement): boolean {
  const headers = effective(pass.context, "proxy_set_header").statements;
  if (!headers.some(({ args }) => args[0]?.toLowerCase() === "upgrade" && args[1] !== "")) return false;
  const location = locationText(pass.context);
  if (WEBSOCKET.test(location) || WEBSOCKET.test(pass.args[0] ?? "")) return true;
  return LIVE.test(location) && headers.every(({ args }) => HANDSHAKE.test(args[0] ?? ""));
}

/** Names of what is pushed to clients, by events of HTTP or by WebSocket. */
const LIVE = /(^|[/_-])(events?|stream(ing)?|notifications?|live|realtime|push)\/?$/i;

/** Headers by which a WebSocket connection begins. */
const HANDSHAKE = /^(upgrade|connection|origin|sec-websocket-[\w-]+)$/i;

const WEBSOCKET =
  /(^|[/_.\-^(|])(wss?|websockets?|socket\\?\.io|sockjs(-node)?|cable|hubs?|signalr|[\w-]{0,40}hmr|mqtt)([/_.\-$(|)?:\d]|$)/i;

/** The pattern of the location around. */
function locationText(context: Context): string {
  for (const { kind, opener } of context.outward()) if (kind === "location") return opener?.args.at(-1) ?? "";
  return "";
}

/** Where a `proxy_pass` leads, as far as names say. */
export interface PassTarget {
  readonly scheme: string;
  /** As written: a host, an address, the name of an `upstream`, a variable. */
  readonly host: string;
  /** The hosts of the `upstream`, or the one host. */
  readonly hosts: readonly string[];
}

/** Where a `proxy_pass` leads; null where the client names the host, or nothing is known of it. */
export function targetOf(pass: Statement, { upstreams }: Configuration): PassTarget | null {
  const target = readTarget(pass.args[0] ?? "", pass.context);
  if (target === null) return null;
  const { scheme, host } = target;
  const members =
    upstreams
      .get(host)
      ?.block?.all("server")
      .map(({ args }) => hostOf(args[0] ?? "")) ?? [];
  return { scheme, host, hosts: members.length > 0 ? members : [host] };
}

/** The host of someone else that a `proxy_pass` leads to; null for the site's own, and where that is not known. */
export function thirdParty(pass: Statement, server: Server): string | null {
  const target = targetOf(pass, server.configuration);
  const host = target?.hosts.find(isPublicName);
  if (target === null || host === undefined || !target.hosts.every(isPublicName)) return null;
  if (isWellKnown(host)) return host;
  const names = server.names.flatMap(({ text }) => (text.includes(".") ? [ownDomain(text)] : []));
  // Without a name of the site's own nobody can tell whose the host is.
  return names.length === 0 || names.includes(ownDomain(host)) || passesHost(pass.context) ? null : host;
}

/** A content network, a cloud, or a service that everybody knows. */
function isWellKnown(host: string): boolean {
  const lower = host.toLowerCase();
  return [...STORE_DOMAINS, ...SERVICE_DOMAINS].some(
    (domain) => lower === domain || lower.endsWith(`.${domain}`),
  );
}

const SERVICE_DOMAINS = (
  "cloudflare.com cloudflare.net fastly.net fastlylb.net akamaized.net akamaiedge.net azureedge.net azurewebsites.net " +
  "herokuapp.com vercel.app netlify.app pages.dev workers.dev onrender.com fly.dev github.com githubusercontent.com " +
  "google.com google-analytics.com googletagmanager.com gstatic.com stripe.com sentry.io openai.com anthropic.com " +
  "segment.io segment.com plausible.io posthog.com algolia.net algolianet.com myshopify.com webflow.io firebaseapp.com " +
  "web.app appspot.com run.app supabase.co auth0.com okta.com npmjs.org unpkg.com jsdelivr.net gravatar.com wordpress.com"
).split(" ");

/** The last two labels: near enough to tell owners apart. */
function ownDomain(name: string): string {
  return name.toLowerCase().split(".").slice(-2).join(".");
}

interface Target {
  readonly scheme: string;
  readonly host: string;
  /** As written; empty without one. */
  readonly port: string;
  readonly uri: string;
}

/** Null where the client names the host, or nothing is known of it. */
function readTarget(text: string, context: Context): Target | null {
  const match = /^(https?):\/\/(unix:[^:]*|\[[^\]]*\]|[^/:?]*)(?::([^/?]*))?(.*)/is.exec(text);
  if (match === null) {
    const value = /^\$\{?\w+\}?$/.test(text) ? (isFilledIn(text) ? text : setValue(text, context)) : null;
    // Of what a template fills in the name is known.
    if (value !== null && isFilledIn(value)) return { scheme: "http", host: text, port: "", uri: "" };
    return value === null || value.startsWith("$") ? null : readTarget(value, context);
  }
  const [, scheme = "", host = "", port = "", uri = ""] = match;
  const target = { scheme: scheme.toLowerCase(), host, port, uri };
  if (!host.includes("$")) return target;
  // The client says where to go: a forward proxy.
  if (/\$\{?(host|http_\w+|arg_\w+|\d)\b/.test(host)) return null;
  const value = /^\$\{?\w+\}?$/.test(host) ? setValue(host, context) : null;
  // `set $app app:8000;` makes nginx look the name up at run time.
  return value === null || value.includes("$") ? target : { ...target, ...splitPort(value) };
}

/** `${BACKEND_URL}`, of which `envsubst` makes an address. */
function isFilledIn(text: string): boolean {
  return /^\$\{[A-Z][A-Z0-9_]*\}$/.test(text);
}

/** What `set` gives the variable, where that is one plain value. */
function setValue(variable: string, context: Context): string | null {
  const name = `$${variable.replace(/[${}]/g, "")}`;
  for (const around of context.outward()) {
    const values = around.all("set").filter(({ args }) => args[0] === name);
    if (values.length > 0) return values.length === 1 ? (values[0]?.args[1] ?? null) : null;
  }
  return null;
}

function splitPort(text: string): { host: string; port: string } {
  const match = /^(\[[^\]]*\]|[^:/]*)(?::(\d+))?/.exec(text);
  return { host: match?.[1] ?? text, port: match?.[2] ?? "" };
}

function hostOf(address: string): string {
  return address.startsWith("unix:") ? address : splitPort(address).host;
}

/** A name with dots that the public DNS could hold. */
export function isPublicName(host: string): boolean {
  if (host.startsWith("unix:") || host.startsWith("[") || /^[\d.]+$/.test(host)) return false;
  return host.includes(".") && !host.includes("$") && !INTERNAL.test(host);
}

/** The upstream gets the name that the client asked for: it serves this site. */
function passesHost(context: Context): boolean {
  const headers = effective(context, "proxy_set_header").statements;
  return headers.some(
    ({ args }) => args[0]?.toLowerCase() === "host" && /^\$(http_)?host\b/.test(args[1] ?? ""),
  );
}

/** `Host` is the public name that the request goes to, whatever the client asked for: a site of its own. */
function namesTheUpstream(context: Context, host: string): boolean {
  if (!isPublicName(host.replace(/\$\{?\w+\}?/, "any"))) return false;
  const headers = effective(context, "proxy_set_header").statements;
  return headers.some(({ args }) => args[0]?.toLowerCase() === "host" && args[1] === host);
}

/** Another server of this tree, which hands nothing on. */
function leadsHome(host: string, port: string, configuration: Configuration): boolean {
  const isSocket = host.startsWith("unix:");
  if (!isSocket && !/^(127\.|localhost$|\[::1\]$)/.test(host)) return false;
  const servers = takersOf(configuration).get(isSocket ? host : port || "80") ?? [];
  return servers.length > 0 && servers.every((server) => !handsOn(server));
}

/** The servers by port, or by the socket's name. */
const takersOf = askedOnce((configuration: Configuration): ReadonlyMap<string, readonly Server[]> => {
  const made = new Map<string, Server[]>();
  for (const server of configuration.servers) {
    for (const { address, port } of server.listens) {
      const key = port === null ? address : String(port);
      push(made, key, server);
    }
  }
  return made;
});

const PASSES: ReadonlySet<string> = new Set(PASS_DIRECTIVES);

function handsOn({ context }: Server): boolean {
  if (context.incomplete) return true;
  for (const { name, block } of context.below) if (PASSES.has(name) || block?.incomplete) return true;
  return false;
}
