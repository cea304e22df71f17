/** What strangers send: clients from the internet who know no secret and have no certificate. */
import { askedOnce } from "../../lists/index.ts";
import type { Configuration } from "../configuration.ts";
import { effective } from "../effective.ts";
import { isPrivateListen, type Listen } from "../listen.ts";
import { hostOf } from "../locations/asked.ts";
import { lazyPattern } from "../regex/index.ts";
import {
  isAddressIn,
  isPublicAddress,
  type Request,
  readCondition,
  readNetwork,
  type Simulation,
} from "../request/index.ts";
import type { Server } from "../server.ts";
import { tlsSockets } from "../tls.ts";
import type { Context, Statement } from "../tree.ts";

/** Addresses of documentation networks: in nobody's list of friends. */
export const STRANGERS = { ipv4: "203.0.113.77", ipv6: "2001:db8::77" } as const;

/** Public addresses, for lists of addresses that nobody has, where the documentation networks stand. */
const OTHERS: readonly string[] = ["9.9.9.9", "193.0.6.139", "2620:fe::fe"];

/** A request, without its URI; and what in it is made up to get past a guard. */
export interface Stranger {
  readonly request: Omit<Request, "uri">;
  /** Appended to the URI. */
  readonly query?: string;
  /** The `set_real_ip_from`, or the `proxy` of a `geo`, that believes the address of this one. */
  readonly forged?: Statement;
  /** Headers or arguments that guess what an `if` or a `map` asks for. */
  readonly crafted?: true;
}

/** A client of each family of addresses and of each scheme that the server can be reached by from outside. */
export const plainStrangers = askedOnce(readPlainStrangers);

function readPlainStrangers(server: Server): readonly Stranger[] {
  const found = new Map<string, Stranger>();
  const host = hostOf(server);
  const open = server.listens.filter((listen) => !isPrivateListen(listen));
  const tls = tlsListens(server.configuration);
  for (const listen of server.listens.length === 0 && server.partial ? [null] : open) {
    const scheme = listen !== null && (listen.quic || tls.has(listen)) ? "https" : "http";
    for (const address of familiesOf(listen)) {
      const key = `${scheme} ${address}`;
      if (found.has(key)) continue;
      const local = listen?.port == null ? {} : { local: { port: listen.port } };
      found.set(key, { request: { host, scheme, address, headers: BROWSER, ...local } });
    }
  }
  return [...found.values()];
}

/** Who sends no name is often refused as a robot. */
const BROWSER: NonNullable<Request["headers"]> = [["User-Agent", "Mozilla/5.0"]];

function familiesOf(listen: Listen | null): readonly string[] {
  const { ipv4, ipv6 } = STRANGERS;
  if (listen === null || listen.unknown) return [ipv4, ipv6];
  if (!listen.address.startsWith("[")) return [ipv4];
  return listen.takesIpv4 ? [ipv4, ipv6] : [ipv6];
}

const tlsListens = askedOnce((configuration: Configuration): ReadonlySet<Listen> => {
  const members = tlsSockets(configuration).flatMap((socket) => socket.members);
  return new Set(members.map(({ listen }) => listen));
});

/** A client that was refused by its address, from other networks that the list treats in another way. */
export function elsewhere({ request }: Stranger, refused: Simulation): readonly Stranger[] {
  const { outcome, errorPages } = refused;
  const denials = [outcome.by, ...errorPages.map(({ by }) => by)].flatMap((by) =>
    by?.name === "deny" ? [by] : [],
  );
  const isIpv6 = request.address?.includes(":");
  const wide = denials.flatMap(({ context }) =>
    effective(context, ["allow", "deny"]).statements.flatMap(({ name, args }) => {
      const network = readNetwork(args[0] ?? "");
      // A large part of the internet is let in: somebody lives there.
      if (name !== "allow" || network === null || network.bits === 0 || network.bits > 4) return [];
      return network.address.length === 4 ? [[...network.address.slice(0, 3), 77].join(".")] : [];
    }),
  );
  const others = denials.every(({ args }) => args[0] === "all") ? wide : [...OTHERS, ...wide];
  return others
    .filter((address) => address.includes(":") === isIpv6)
    .map((address) => ({ request: { ...request, address } }));
}

/** Addresses of the server's own networks, as patterns are written for them. */
const INSIDE: readonly string[] = [
  "10.0.0.5",
  "10.1.2.3",
  "172.16.0.5",
  "172.20.1.2",
  "192.168.0.5",
  "192.168.1.20",
];

/** Clients with a public address that a pattern for private ones takes for one of them: `^10` is also how 104.0.0.5 begins. */
export function lookAlikes({ request }: Stranger, contexts: Iterable<Context>): readonly Stranger[] {
  if (request.address?.includes(":")) return [];
  const found = new Set<string>();
  for (const { pattern, caseless } of addressPatterns(contexts)) {
    const compiled = lazyPattern(pattern, caseless)();
    if (compiled.kind !== "exact") continue;
    const alike = INSIDE.filter((inside) => compiled.test(inside))
      .flatMap(withOneMoreDigit)
      .find((address) => compiled.test(address));
    if (alike !== undefined) found.add(alike);
  }
  return [...found].map((address) => ({ request: { ...request, address } }));
}

/** The `if`s on the way that compare the client's address with a pattern, as a text. */
export function addressPatterns(
  contexts: Iterable<Context>,
): readonly { readonly at: Statement; readonly pattern: string; readonly caseless: boolean }[] {
  return [...new Set([...contexts].flatMap(asksOf))].flatMap((at) => {
    const condition = readCondition(at.args);
    const isAddress = condition.kind === "match" && /^\$\{?remote_addr\}?$/i.test(condition.value);
    return isAddress ? [{ at, pattern: condition.pattern, caseless: condition.caseless }] : [];
  });
}

function withOneMoreDigit(address: string): readonly string[] {
  const octets = address.split(".");
  return octets.flatMap((octet, index) =>
    Array.from({ length: octet.length + 1 }, (_, at) => at).flatMap((at) =>
      Array.from("1234567890", (digit) => octet.slice(0, at) + digit + octet.slice(at))
        .filter((longer) => Number(longer) < 256 && !longer.startsWith("0"))
        .map((longer) => octets.with(index, longer).join("."))
        .filter(isPublicAddress),
    ),
  );
}

/** Clients that write an address of the server's friends where nginx, or a `geo`, looks for the client's. */
export function forgers(server: Server, context: Context, plain: readonly Stranger[]): readonly Stranger[] {
  const header = effective(context, "real_ip_header").statements.at(-1)?.args[0] ?? "X-Real-IP";
  const byProtocol = header === "proxy_protocol";
  const cannotSay = byProtocol && !server.listens.some(({ proxyProtocol }) => proxyProtocol);
  const trusted = cannotSay ? [] : effective(context, "set_real_ip_from").statements;
  const proxies = context.root.allBelow("geo").flatMap(({ block }) => block?.all("proxy") ?? []);
  return plain.flatMap(({ request }) => [
    ...claims(request, trusted, context, (address) =>
      byProtocol ? { ...request, address } : withHeader(request, header, address),
    ),
    ...claims(request, proxies, context, (address) => withHeader(request, "X-Forwarded-For", address)),
  ]);
}

function claims(
  { address = "" }: Stranger["request"],
  trusted: readonly Statement[],
  context: Context,
  claim: (address: string) => Stranger["request"],
): readonly Stranger[] {
  const forged = trusted.find(({ args }) => isAddressIn(address, args[0] ?? "") === true);
  if (forged === undefined) return [];
  return friendsOf(context).map((friend) => ({ request: claim(friend), forged }));
}

function withHeader(request: Stranger["request"], name: string, value: string): Stranger["request"] {
  return { ...request, headers: [...(request.headers ?? []), [name, value]] };
}

const PRIVATE: readonly string[] = ["127.0.0.1", "10.0.0.1", "192.168.0.1", "172.16.0.1", "::1"];

/** Addresses that lists and conditions name, and usual ones of private networks. */
function friendsOf(context: Context): readonly string[] {
  const friends = new Set<string>();
  const conditions = asksOf(context).map(({ args }) => args.join(" "));
  const lists = effective(context, ["allow", "deny"]).statements.map(({ args }) => args[0] ?? "");
  const entries = context.root
    .allBelow("geo")
    .flatMap(({ block }) => block?.statements.map(({ name }) => name.split("-")[0] ?? "") ?? []);
  for (const text of [...lists, ...conditions, ...entries]) {
    for (const word of text.split(/[\s"'()|^$]+/)) {
      const network = readNetwork(word.replaceAll("\\", ""));
      if (network !== null) friends.add(showAddress(network.address));
    }
  }
  return [...friends, ...PRIVATE].slice(0, 12);
}

function showAddress(address: readonly number[]): string {
  if (address.length === 4) return address.join(".");
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((address[2 * index] ?? 0) << 8) | (address[2 * index + 1] ?? 0)).toString(16),
  );
  return groups.join(":");
}

/** The `if`s that a request to a place passes: those of its location, and of the server. */
export function asksOf(context: Context): readonly Statement[] {
  const around = context.outward();
  const own = around.find(({ kind }) => kind !== "location-if" && kind !== "limit_except");
  const server = around.find(({ kind }) => kind === "server");
  return [...new Set([own, server])].flatMap((each) => each?.all("if") ?? []);
}

/** What anybody may try in the place of a secret. */
const TRIES: readonly string[] = ["x", "1", "Bearer x", "Basic eDp4"];
/** What programs write of themselves, and pages that they claim to come from: no secrets, so they are guessed. */
const FORGEABLE = /^(http_(user_agent|referer|host|x_forwarded_for|x_real_ip|x_forwarded_proto)|host)$/;

/** Whether anybody can know what to write there. */
export function isForgeable(variable: string): boolean {
  return FORGEABLE.test(variable);
}

/** Clients that send something wherever the conditions on the way look. */
export function crafters(contexts: Iterable<Context>, plain: readonly Stranger[]): readonly Stranger[] {
  const asks = [...new Set([...contexts].flatMap(asksOf))];
  const [first] = asks;
  if (first === undefined) return [];
  const { root } = first.context;
  const maps = root.allBelow("map");
  // The address of a `geo` with two arguments is what the first of them holds.
  const geos = root.allBelow("geo").filter(({ args }) => args.length === 2);
  const sources = [...asks, ...maps, ...geos].map(({ args }) => args.join(" "));
  const names = new Set<string>();
  for (const [, name = ""] of sources.join(" ").matchAll(/\$\{?((?:http|cookie|arg)_\w+|host\b)/gi))
    names.add(name.toLowerCase());
  if (names.size === 0) return [];
  const secrets = [...names].filter((name) => !isForgeable(name));
  const open = [...names].filter(isForgeable);
  const addresses = geos.length === 0 ? [] : friendsOf(first.context);
  const guesses = open.length === 0 ? [] : [...guessesOf(asks, maps).slice(0, 8), ...addresses.slice(0, 4)];
  const attempts: ReadonlyMap<string, string>[] = [];
  for (const value of secrets.length === 0 ? [] : TRIES) {
    attempts.push(new Map(secrets.map((name) => [name, value])));
  }
  for (const guess of guesses) {
    attempts.push(
      new Map([
        ...open.map((name) => [name, guess] as const),
        ...secrets.map((name) => [name, "x"] as const),
      ]),
    );
  }
  return plain.flatMap((stranger) => attempts.map((values) => crafted(stranger, values)));
}

function crafted({ request }: Stranger, values: ReadonlyMap<string, string>): Stranger {
  const headers: (readonly [string, string])[] = [];
  const cookies: string[] = [];
  const args: string[] = [];
  let { host } = request;
  for (const [name, value] of values) {
    const rest = name.slice(name.indexOf("_") + 1);
    if (name === "host" || name === "http_host") host = value;
    else if (name.startsWith("cookie_")) cookies.push(`${rest}=${value}`);
    else if (name.startsWith("arg_")) args.push(`${rest}=${encodeURIComponent(value)}`);
    else headers.push([headerName(rest), value]);
  }
  if (cookies.length > 0) headers.push(["Cookie", cookies.join("; ")]);
  for (const sent of request.headers ?? [])
    if (!headers.some(([name]) => name === sent[0])) headers.push(sent);
  const query = args.length > 0 ? { query: args.join("&") } : {};
  return {
    request: { ...request, ...(host === undefined ? {} : { host }), headers },
    ...query,
    crafted: true,
  };
}

/** `x_token` → `X-Token` */
function headerName(variable: string): string {
  return variable.replaceAll("_", "-").replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** Literal texts, and the literal parts of patterns, that conditions and maps compare with. */
function guessesOf(asks: readonly Statement[], maps: readonly Statement[]): readonly string[] {
  const guesses = new Set<string>();
  for (const { args } of asks) {
    const condition = readCondition(args);
    if (condition.kind === "equal" && !condition.text.includes("$")) guesses.add(condition.text);
    if (condition.kind === "match") for (const part of literalParts(condition.pattern)) guesses.add(part);
  }
  for (const { block } of maps) {
    for (const { name } of block?.statements ?? []) {
      if (name.startsWith("~")) for (const part of literalParts(name.replace(/^~\*?/, ""))) guesses.add(part);
      else if (name !== "default") guesses.add(name.replace(/^\*?\./, "www."));
    }
  }
  return [...guesses].filter((guess) => guess !== "");
}

/** `Prometheus/1` of `^Prometheus/\d+` (almost), each alternative apart. */
function literalParts(pattern: string): readonly string[] {
  return pattern
    .split("|")
    .map((part) =>
      part
        .replace(/\\d[+*]?/g, "1")
        .replace(/\.[*+]/g, "")
        .replace(/[()^$?*+]/g, "")
        .replaceAll("\\", ""),
    )
    .filter((part) => part !== "");
}
