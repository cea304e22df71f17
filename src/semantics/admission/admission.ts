/** Whether nginx lets a stranger in at a place, in the order of its phases, and by which mistake. */

import type { RelatedPlace } from "../anchor.ts";
import { unconditionalAnswer } from "../content.ts";
import { effective } from "../effective.ts";
import { isPrivateListen } from "../listen.ts";
import { isInNetwork, readIpAddress, readNetwork } from "../request/index.ts";
import type { Server } from "../server.ts";
import type { Context, Statement } from "../tree.ts";
import { judgeIf, STRANGERS } from "./stranger.ts";

export type Guard =
  /** Refused, or what decides is not in the files (a variable, another module). */
  | { readonly kind: "closed" }
  /** Let in as far as can be seen; an include that could not be read may say otherwise. */
  | { readonly kind: "unknown" }
  /** Let in; `mistake` where something looks like a guard. */
  | { readonly kind: "open"; readonly mistake: Mistake | null };

export interface Mistake {
  readonly at: Statement;
  /** Why the guard does not hold, as a clause. */
  readonly reason: string;
  readonly help: string;
  readonly related?: readonly RelatedPlace[];
  /** Who makes up a header gets in; a plain request is refused. */
  readonly byCrafting?: true;
}

const CLOSED = { kind: "closed" } as const;

/** Directives of other modules that may refuse a request. */
const OTHER_AUTH = /^(auth_(?!basic|request|delay|http)\w+|access_by_lua(_block|_file)?|js_access|oidc)$/;

const otherAuth = new WeakMap<Context, readonly string[]>();

/** The names of such directives that stand anywhere in the tree. */
function otherAuthIn(root: Context): readonly string[] {
  let names = otherAuth.get(root);
  if (names === undefined) {
    names = [...root.namesBelow].filter((name) => OTHER_AUTH.test(name));
    otherAuth.set(root, names);
  }
  return names;
}

function hasOtherAuth(context: Context): boolean {
  return otherAuthIn(context.root).some((name) => context.all(name).some(({ args }) => args[0] !== "off"));
}

/** Judges a request that has arrived at `context` (a location, or the server itself). */
export function guardOf(server: Server, context: Context): Guard {
  const guard = visibleGuard(server, context);
  // Something that guards may stand in a part that could not be read.
  return guard.kind === "open" && context.hidden ? { kind: "unknown" } : guard;
}

function visibleGuard(server: Server, context: Context): Guard {
  if (!isReachedFromOutside(server)) return CLOSED;
  const rewrite = rewritePhase(server, context);
  if (rewrite.kind === "closed") return CLOSED;
  const forger = forgeableAddress(server, context);
  const access = accessPhase(limitedContext(context), strangersOf(server), forger);
  if (rewrite.kind === "answered") {
    const guard = firstGuard(context);
    if (access.kind === "open" || guard === null)
      return { kind: "open", mistake: access.kind === "open" ? access.mistake : null };
    return open(
      rewrite.by,
      `\`return\` answers before \`${textOf(guard)}\` is asked`,
      "serve the answer from a file or a backend, which come after the access phase",
      [{ at: guard, message: "never asked" }],
    );
  }
  if (access.kind === "closed") return CLOSED;
  const tls = clientCertificates(server);
  if (tls === "closed") return CLOSED;
  const mistake = access.mistake ?? tls ?? rewrite.mistake ?? replacedRules(context);
  return { kind: "open", mistake };
}

function open(at: Statement, reason: string, help: string, related: readonly RelatedPlace[] = []): Guard {
  return { kind: "open", mistake: { at, reason, help, related } };
}

/** A statement as it is written, cut where it is long. */
export function textOf({ name, args }: Statement): string {
  const text = [name, ...args].join(" ");
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function isReachedFromOutside(server: Server): boolean {
  return server.partial || server.listens.some((listen) => !isPrivateListen(listen));
}

type RewritePhase =
  | { readonly kind: "closed" }
  | { readonly kind: "passed"; readonly mistake: Mistake | null }
  | { readonly kind: "answered"; readonly by: Statement };

/** `if`s that refuse and the `return` of the location, after those of the server. */
function rewritePhase(server: Server, context: Context): RewritePhase {
  let mistake: Mistake | null = null;
  for (const place of context === server.context ? [context] : [server.context, context]) {
    for (const statement of place.all("if")) {
      const guard = judgeIf(statement);
      if (guard === null) continue;
      const forger = guard.byAddress ? forgeableAddress(server, context) : null;
      if (guard.verdict === "unknown") return { kind: "closed" };
      if (guard.verdict === "closes") {
        if (forger === null) return { kind: "closed" };
        mistake = forgedMistake(forger);
        continue;
      }
      const looksGuarding = guard.asksForSecret || (guard.isForgeable && place.kind === "location");
      if (looksGuarding) {
        mistake = {
          at: statement,
          reason: guard.reason,
          byCrafting: true,
          help: 'compare with the secret itself: `if ($http_authorization != "Bearer …") { return 403; }`',
        };
      }
    }
  }
  const answer = unconditionalAnswer(context);
  if (answer === null) return { kind: "passed", mistake };
  const discloses = answer.status !== null && answer.status < 300 && answer.text !== null;
  return discloses ? { kind: "answered", by: answer.statement } : { kind: "closed" };
}

/** `limit_except POST { deny all; }` refuses a GET. */
function limitedContext(context: Context): Context {
  const limits = context
    .all("limit_except")
    .filter(
      ({ args }) =>
        !/^(GET|HEAD)$/i.test(args.join("|")) && !args.some((method) => method.toUpperCase() === "GET"),
    );
  return limits.at(-1)?.block ?? context;
}

type Access = { readonly kind: "closed" } | { readonly kind: "open"; readonly mistake: Mistake | null };

/** Who can connect: nobody comes by IPv6 where no address of it is listened on. */
function strangersOf({ partial, listens }: Server): readonly string[] {
  const isIpv6 = partial || listens.some(({ address, unknown }) => unknown || address.startsWith("["));
  return isIpv6 ? [STRANGERS.ipv4, STRANGERS.ipv6] : [STRANGERS.ipv4];
}

function accessPhase(context: Context, strangers: readonly string[], forger: Statement | null): Access {
  if (otherAuthIn(context.root).length > 0 && context.outward().some(hasOtherAuth)) return CLOSED;
  const rules = addressRules(context, strangers);
  const basic = basicAuth(context);
  const request = effective(context, "auth_request").statements.at(-1);
  const isRequestOn = request !== undefined && request.args[0] !== "off";
  const others = basic.kind === "closed" || isRequestOn;
  const satisfy = effective(context, "satisfy").statements.at(-1);
  if (satisfy?.args[0] === "any" && rules.kind === "granted") {
    return others
      ? { kind: "open", mistake: anyMistake(satisfy, rules.by) }
      : { kind: "open", mistake: rules.mistake };
  }
  if (others) {
    const isForged = satisfy?.args[0] === "any" && rules.kind === "denied" && rules.allows && forger !== null;
    return isForged ? { kind: "open", mistake: forgedMistake(forger) } : CLOSED;
  }
  if (rules.kind !== "denied") return { kind: "open", mistake: basic.mistake ?? rules.mistake };
  if (rules.allows && forger !== null) return { kind: "open", mistake: forgedMistake(forger) };
  return CLOSED;
}

function anyMistake(satisfy: Statement, by: Statement): Mistake {
  return {
    at: satisfy,
    reason: `with \`satisfy any\` one open door is enough, and \`${textOf(by)}\` lets everyone in`,
    help: "remove the `allow` for everyone, or write `satisfy all`",
    related: [{ at: by, message: "lets everyone in" }],
  };
}

function forgedMistake(by: Statement): Mistake {
  return {
    at: by,
    reason: `\`${textOf(by)}\` believes the address that any client writes into a header, so the \`allow\` list can be met by forging it`,
    help: "trust only the addresses of your own proxies in `set_real_ip_from`",
    byCrafting: true,
  };
}

type Basic = { readonly kind: "closed" } | { readonly kind: "none"; readonly mistake: Mistake | null };

/** `ngx_http_auth_basic_handler` asks nobody where no user file is set. */
function basicAuth(context: Context): Basic & { mistake?: Mistake | null } {
  const realm = effective(context, "auth_basic").statements.at(-1);
  if (realm === undefined || realm.args[0] === "off") return { kind: "none", mistake: null };
  const users = effective(context, "auth_basic_user_file");
  if (users.statements.length > 0 || users.uncertain) return { kind: "closed" };
  return {
    kind: "none",
    mistake: {
      at: realm,
      reason: "`auth_basic` without `auth_basic_user_file` asks nobody",
      help: "name the password file with `auth_basic_user_file`",
    },
  };
}

type AddressRules =
  | { readonly kind: "denied"; readonly allows: boolean }
  | { readonly kind: "granted"; readonly by: Statement; readonly mistake: Mistake }
  | { readonly kind: "none"; readonly mistake: Mistake | null };

/** `allow` and `deny` for an IPv4 and an IPv6 stranger: the first that names him decides, and none lets him in. */
function addressRules(context: Context, strangers: readonly string[]): AddressRules {
  const { statements } = effective(context, ["allow", "deny"]);
  const [first] = statements;
  if (first === undefined) return { kind: "none", mistake: null };
  const answers = strangers.map((address) => ({
    address,
    by: statements.find(({ args }) => namesStranger(args[0] ?? "", address)),
  }));
  const passed = answers.find(({ by }) => by?.name !== "deny");
  if (passed === undefined)
    return { kind: "denied", allows: statements.some(({ name }) => name === "allow") };
  if (passed.by !== undefined) {
    const later = statements.slice(statements.indexOf(passed.by) + 1).find(({ name }) => name === "deny");
    const reason =
      later === undefined
        ? `\`${textOf(passed.by)}\` lets everyone in`
        : `\`${textOf(passed.by)}\` stands before \`${textOf(later)}\` and lets everyone in`;
    const related = later === undefined ? [] : [{ at: later, message: "never reached" }];
    return {
      kind: "granted",
      by: passed.by,
      mistake: {
        at: passed.by,
        reason,
        help: "allow only your own networks, and end with `deny all`",
        related,
      },
    };
  }
  return { kind: "none", mistake: noDenial(context, statements, passed.address) };
}

function noDenial(context: Context, statements: readonly Statement[], address: string): Mistake | null {
  const last = statements.at(-1);
  if (last === undefined) return null;
  const replaced = replacedDenial(context);
  const isOtherFamily = statements.some(({ name, args }) => name === "deny" && args[0]?.endsWith("/0"));
  const reason = isOtherFamily
    ? `no rule names ${address.includes(":") ? "IPv6" : "IPv4"} addresses, and who is not named is let in`
    : statements.every(({ name }) => name === "deny")
      ? "the `deny` rules name only some addresses, and who is not named is let in"
      : "the `allow` rules end without `deny all`, and who is not named is let in";
  if (replaced === null) return { at: last, reason, help: "end the list with `deny all;`" };
  return {
    at: last,
    reason: `\`${textOf(last)}\` here replaces all rules from outside, \`${textOf(replaced)}\` among them`,
    help: "repeat `deny all;` behind it",
    related: [{ at: replaced, message: "replaced" }],
  };
}

/** The `deny all` of an outer level that rules of an inner one replace. */
function replacedDenial(context: Context): Statement | null {
  const { from } = effective(context, ["allow", "deny"]);
  if (from?.parent == null) return null;
  const { statements } = effective(from.parent, ["allow", "deny"]);
  return statements.find(({ name, args }) => name === "deny" && args[0] === "all") ?? null;
}

function namesStranger(text: string, address: string): boolean {
  if (text === "all") return true;
  const network = readNetwork(text);
  const stranger = readIpAddress(address);
  if (network === null || stranger === null) return false;
  // Half of the internet is everyone, too.
  if (network.bits <= 4) return network.address.length === stranger.length;
  return isInNetwork(stranger, network);
}

/** The first directive that a reader takes for the guard of the place. */
function firstGuard(context: Context): Statement | null {
  for (const name of ["deny", "allow", "auth_basic", "auth_request"]) {
    const [statement] = effective(context, name).statements;
    if (statement !== undefined && statement.args[0] !== "off") return statement;
  }
  return null;
}

/** Nothing guards here and something guards outside: switched off on purpose, or by mistake. */
function replacedRules(context: Context): Mistake | null {
  const off = ["auth_basic", "auth_request"]
    .flatMap((name) => context.all(name))
    .find(({ args }) => args[0] === "off");
  if (off === undefined) return null;
  return { at: off, reason: `\`${textOf(off)}\` switches off what guards the rest`, help: "remove it" };
}

/** `set_real_ip_from` for everyone: the client's address is what a header says. */
function forgeableAddress(server: Server, context: Context): Statement | null {
  const header = effective(context, "real_ip_header").statements.at(-1)?.args[0] ?? "X-Real-IP";
  if (header === "proxy_protocol" && !server.listens.some(({ proxyProtocol }) => proxyProtocol)) return null;
  const { statements } = effective(context, "set_real_ip_from");
  return statements.find(({ args }) => (readNetwork(args[0] ?? "")?.bits ?? 128) === 0) ?? null;
}

/** `ssl_verify_client on` guards the TLS listeners only. */
function clientCertificates(server: Server): "closed" | Mistake | null {
  const verify = effective(server.context, "ssl_verify_client").statements.at(-1);
  if (verify?.args[0] !== "on") return null;
  const plain = server.listens.find((listen) => !listen.tls && !isPrivateListen(listen));
  if (plain === undefined || plain.statement === null) return "closed";
  return {
    at: verify,
    reason: `\`ssl_verify_client on\` is not asked of plain HTTP, and this server also listens with \`${textOf(plain.statement)}\``,
    help: "serve plain HTTP from a server of its own that only redirects",
    related: [{ at: plain.statement, message: "plain HTTP" }],
  };
}
