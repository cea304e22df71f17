/** Why a guard does not keep a stranger out who was let in: the mistake to mend. Explains, and decides nothing. */
import type { RelatedPlace } from "../anchor.ts";
import { effective } from "../effective.ts";
import { isPrivateListen } from "../listen.ts";
import { isAddressIn, readCondition, type Simulation } from "../request/index.ts";
import type { Server } from "../server.ts";
import type { Context, Statement } from "../tree.ts";
import { addressPatterns, asksOf, isForgeable, type Stranger } from "./stranger.ts";

export interface Mistake {
  readonly at: Statement;
  /** Why the guard does not hold, as a clause. */
  readonly reason: string;
  readonly help: string;
  readonly related?: readonly RelatedPlace[];
}

/** A stranger's way in. */
export interface WayIn {
  readonly server: Server;
  /** Where the request arrived. */
  readonly place: Context;
  readonly simulation: Simulation;
  readonly stranger: Stranger;
  /** What becomes of a plain request, where this one had to make something up. */
  readonly refused: Simulation | null;
}

/** The mistake that lets a stranger in; null where nothing looks like a guard. */
export function mistakeOf(way: WayIn): Mistake | null {
  const { stranger, simulation, server, place } = way;
  const { forged } = stranger;
  if (forged !== undefined) return forgedMistake(forged);
  const [page] = simulation.errorPages;
  if (page !== undefined && page.kind !== "error") return pageMistake(page);
  if (stranger.crafted) return craftedMistake(way);
  const end = simulation.context ?? place;
  const address = stranger.request.address ?? "";
  return (
    answeredBefore(way, end, address) ??
    satisfiedByAny(end, address) ??
    withoutUsers(end) ??
    switchedOff(end) ??
    wrongAddresses(end, address) ??
    askedInVain(end) ??
    verifiedElsewhere(server, stranger) ??
    passedIf(place, address) ??
    leftBehind(place, end) ??
    replacedBy(end)
  );
}

/** A statement as it is written, cut where it is long. */
export function textOf({ name, args }: Statement): string {
  const text = [name, ...args].join(" ");
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function lastOf(context: Context, name: string): Statement | undefined {
  return effective(context, name).statements.at(-1);
}

function forgedMistake(by: Statement): Mistake {
  return {
    at: by,
    reason: `\`${textOf(by)}\`${by.name === "proxy" ? " in `geo`" : ""} believes the address that any client writes into a header, so that anyone can claim an allowed one`,
    help: `trust only the addresses of your own proxies in \`${by.name}\``,
  };
}

function pageMistake({ page, by, status }: Simulation["errorPages"][number]): Mistake {
  return {
    at: page,
    reason: `\`${textOf(page)}\` hands over whoever is refused (${status}), and the location there answers`,
    help: "repeat the access rules in the location that the error page leads to, or let the page be a file of its own",
    related: by === null ? [] : [{ at: by, message: "refuses" }],
  };
}

/** `return` comes before access: what would guard there is never asked. */
function answeredBefore({ simulation }: WayIn, end: Context, address: string): Mistake | null {
  const { by } = simulation.outcome;
  if (by?.name !== "return") return null;
  const guard = firstGuard(end);
  if (guard === null) return null;
  const wrong = guard.name === "deny" || guard.name === "allow" ? wrongAddresses(end, address) : null;
  if (wrong !== null) return wrong;
  return {
    at: by,
    reason: `\`return\` answers before \`${textOf(guard)}\` is checked`,
    help: "serve the answer from a file or a backend, which come after the access phase",
    related: [{ at: guard, message: "never checked" }],
  };
}

/** The first directive that a reader takes for the guard of the place. */
function firstGuard(context: Context): Statement | null {
  for (const name of ["deny", "allow", "auth_basic", "auth_request"]) {
    const [statement] = effective(context, name).statements;
    if (statement !== undefined && statement.args[0] !== "off") return statement;
  }
  return null;
}

/** A rewrite left the guarded place before its access phase. */
function leftBehind(place: Context, end: Context): Mistake | null {
  const rewrite = place.last("rewrite");
  const guard = place === end ? null : firstGuard(place);
  if (rewrite === undefined || guard === null) return null;
  return {
    at: rewrite,
    reason: `\`rewrite\` leads elsewhere before \`${textOf(guard)}\` is checked`,
    help: "repeat the access rules in the location that it leads to",
    related: [{ at: guard, message: "never checked" }],
  };
}

function satisfiedByAny(context: Context, address: string): Mistake | null {
  const satisfy = lastOf(context, "satisfy");
  if (satisfy?.args[0] !== "any") return null;
  const by = ruleFor(context, address);
  if (by?.name !== "allow") return null;
  if (["auth_basic", "auth_request"].every((name) => (lastOf(context, name)?.args[0] ?? "off") === "off"))
    return null;
  return {
    at: satisfy,
    reason: `with \`satisfy any\` one check is enough, and \`${textOf(by)}\` admits everyone`,
    help: "remove the `allow` for everyone, or write `satisfy all`",
    related: [{ at: by, message: "admits everyone" }],
  };
}

/** `ngx_http_auth_basic_handler` asks nobody where no user file is set. */
function withoutUsers(context: Context): Mistake | null {
  const realm = lastOf(context, "auth_basic");
  if (realm === undefined || realm.args[0] === "off" || lastOf(context, "auth_basic_user_file")) return null;
  return {
    at: realm,
    reason: "`auth_basic` without `auth_basic_user_file` asks nobody",
    help: "name the password file with `auth_basic_user_file`",
  };
}

/** `auth_basic $realm`, which a map makes `off`. */
function switchedOff(context: Context): Mistake | null {
  const realm = lastOf(context, "auth_basic");
  if (realm?.args[0]?.includes("$") !== true) return null;
  return {
    at: realm,
    reason: `\`${realm.args[0]}\` is \`off\` for a client that nothing is known of`,
    help: "make the password the default, and write `off` for the clients that need none",
  };
}

/** `allow` and `deny`: the first that holds the address decides, and none admits. */
function ruleFor(context: Context, address: string): Statement | undefined {
  return effective(context, ["allow", "deny"]).statements.find(
    ({ args }) => isAddressIn(address, args[0] ?? "") === true,
  );
}

function wrongAddresses(context: Context, address: string): Mistake | null {
  const { statements } = effective(context, ["allow", "deny"]);
  const by = ruleFor(context, address);
  if (by?.name === "deny") return null;
  if (by === undefined) return noDenial(context, statements, address);
  const later = statements.slice(statements.indexOf(by) + 1).find(({ name }) => name === "deny");
  return {
    at: by,
    reason:
      later === undefined
        ? `\`${textOf(by)}\` admits everyone`
        : `\`${textOf(by)}\` comes before \`${textOf(later)}\` and admits everyone`,
    help: "allow only your own networks, and end with `deny all`",
    related: later === undefined ? [] : [{ at: later, message: "never reached" }],
  };
}

function noDenial(context: Context, statements: readonly Statement[], address: string): Mistake | null {
  const last = statements.at(-1);
  if (last === undefined) return null;
  const replaced = replacedDenial(context);
  if (replaced !== null) {
    return {
      at: last,
      reason: `\`${textOf(last)}\` here replaces all rules of the outer level, \`${textOf(replaced)}\` among them`,
      help: "add `deny all;` after it",
      related: [{ at: replaced, message: "replaced" }],
    };
  }
  const isOtherFamily = statements.some(({ name, args }) => name === "deny" && args[0]?.endsWith("/0"));
  const reason = isOtherFamily
    ? `no rule covers ${address.includes(":") ? "IPv6" : "IPv4"}, and any address not listed is allowed`
    : statements.every(({ name }) => name === "deny")
      ? "the `deny` rules list only some addresses, and any address not listed is allowed"
      : "the `allow` rules end without `deny all`, and any address not listed is allowed";
  return { at: last, reason, help: "end the list with `deny all;`" };
}

/** The `deny all` of an outer level that rules of an inner one replace. */
function replacedDenial(context: Context): Statement | null {
  const { from } = effective(context, ["allow", "deny"]);
  if (from?.parent == null) return null;
  const { statements } = effective(from.parent, ["allow", "deny"]);
  return statements.find(({ name, args }) => name === "deny" && args[0] === "all") ?? null;
}

/** An `auth_request` that the configuration itself answers with 200. */
function askedInVain(context: Context): Mistake | null {
  const request = lastOf(context, "auth_request");
  if (request === undefined || request.args[0] === "off") return null;
  return {
    at: request,
    reason: `\`${textOf(request)}\` asks a location that answers 200 whoever comes`,
    help: "let a backend that knows the users answer it, by `proxy_pass`",
  };
}

/** `ssl_verify_client` guards the TLS listeners only, and `optional` guards nothing by itself. */
function verifiedElsewhere(server: Server, { request }: Stranger): Mistake | null {
  const verify = lastOf(server.context, "ssl_verify_client");
  if (verify === undefined || verify.args[0] === "off") return null;
  if (verify.args[0] !== "on") {
    return {
      at: verify,
      reason: `\`${textOf(verify)}\` admits clients without a certificate, and nothing checks \`$ssl_client_verify\``,
      help: "write `ssl_verify_client on`, or refuse requests whose `$ssl_client_verify` is not `SUCCESS`",
    };
  }
  const plain = server.listens.find((listen) => !listen.tls && !isPrivateListen(listen));
  if (request.scheme === "https" || plain?.statement == null) return null;
  return {
    at: verify,
    reason: `\`ssl_verify_client on\` does not apply to plain HTTP, and this server also has \`${textOf(plain.statement)}\``,
    help: "serve plain HTTP from a server of its own that only redirects",
    related: [{ at: plain.statement, message: "plain HTTP" }],
  };
}

const SECRET = /^(http_(?!user_agent|referer|host|accept)|arg_|cookie_)/;

/** The `if` that refused a plain request, and not one that was made up. */
function craftedMistake({ refused, place }: WayIn): Mistake | null {
  const block = refused?.outcome.by?.context;
  const statement = block?.opener?.name === "if" ? block.opener : asksOf(place)[0];
  if (statement === undefined) return null;
  const variable = variableOf(statement);
  const geo = place.root
    .allBelow("geo")
    .find(({ args }) => args.length === 2 && variable !== null && bare(args[1] ?? "") === variable);
  if (geo === undefined) return ifMistake(statement);
  return {
    at: geo,
    reason: `\`${textOf(geo)}\` looks for the address in a header that any client can send`,
    help: `write \`geo $${variable} {\`, which takes the client's address, and name the proxies in front in \`set_real_ip_from\``,
    related: [{ at: statement, message: "asks for it" }],
  };
}

/** An `if` that refuses, of those that ask for a secret or for what a list makes of the client, and let this one pass. */
function passedIf(place: Context, address: string): Mistake | null {
  const asks = asksOf(place).filter(({ block }) =>
    block?.statements.some(({ name, args }) => name === "return" && Number(args[0]) >= 400),
  );
  const secret = asks.find((statement) => SECRET.test(variableOf(statement) ?? ""));
  if (secret !== undefined) return ifMistake(secret);
  const [textual] = addressPatterns([place]).filter(({ at }) => asks.includes(at));
  if (textual !== undefined) {
    return {
      at: textual.at,
      reason: `\`${textual.pattern}\` compares the address as a text, and public addresses such as \`${address}\` fit it, too`,
      help: "write `allow` with the networks and `deny all;`, or a `geo`: they compare addresses as numbers",
    };
  }
  const listed = asks.find((statement) => isListed(place.root, variableOf(statement)));
  if (listed === undefined) return null;
  return {
    at: listed,
    reason: `this \`if\` does not refuse clients that \`$${variableOf(listed)}\` has no entry for`,
    help: "let the default be the value that is refused",
  };
}

function variableOf({ args }: Statement): string | null {
  const condition = readCondition(args);
  return condition.kind === "unreadable" || condition.kind === "file" ? null : bare(condition.value);
}

/** A `map` or a `geo` makes the variable. */
function isListed(root: Context, variable: string | null): boolean {
  return ["map", "geo"].some((name) =>
    root.allBelow(name).some(({ args }) => variable !== null && bare(args.at(-1) ?? "") === variable),
  );
}

function ifMistake(statement: Statement): Mistake {
  return {
    at: statement,
    reason: ifReason(statement),
    help: 'compare with the secret itself: `if ($http_authorization != "Bearer …") { return 403; }`',
  };
}

function ifReason({ args }: Statement): string {
  const condition = readCondition(args);
  const otherwise = "a request can pass this `if` without a secret";
  if (condition.kind === "unreadable" || condition.kind === "file") return otherwise;
  const variable = bare(condition.value);
  if (condition.kind === "equal") {
    const { text, negative } = condition;
    if (text === "") {
      return negative
        ? `this \`if\` refuses those who send \`$${variable}\` and admits those who send none`
        : `this \`if\` only checks that \`$${variable}\` is not empty: any value passes`;
    }
    const other = /\$\{?(\w+)/.exec(text)?.[1];
    if (other !== undefined) {
      return /^(http|arg|cookie)_/.test(other)
        ? "both sides of this comparison come from the client"
        : `\`$${other}\` is empty here, so the \`if\` compares with nothing secret`;
    }
  }
  if (isForgeable(variable)) return `any client can send the \`$${variable}\` that this \`if\` checks`;
  return otherwise;
}

function bare(variable: string): string {
  return variable.replace(/[${}]/g, "").toLowerCase();
}

/** Nothing guards here and something guards outside: switched off on purpose, or by mistake. */
function replacedBy(context: Context): Mistake | null {
  const off = ["auth_basic", "auth_request"]
    .flatMap((name) => context.all(name))
    .find(({ args }) => args[0] === "off");
  if (off === undefined) return null;
  return { at: off, reason: `\`${textOf(off)}\` switches off what guards the rest`, help: "remove it" };
}
