/** Who may come in: `allow`/`deny`, `auth_basic`, `auth_request`, under `satisfy`; and whose address counts (`real_ip`). */
import { askedOnce } from "../../lists/index.ts";
import { effective } from "../effective.ts";
import { toBytes } from "../regex/index.ts";
import type { Context, Statement } from "../tree.ts";
import type { Exchange, Signal } from "./exchange.ts";
import { addressFrom, isInAny, isInNetwork, readIpAddress, readNetwork } from "./ip-address.ts";
import { isKnown } from "./value.ts";
import { evaluate } from "./variables.ts";

/** What a gate says: nothing, come in, or a status. */
type Verdict = "declined" | "granted" | number;

/** What a subrequest is answered with; null where that is not known, 444 where it closes the connection. */
type Subrequest = (uri: string) => number | null;

/** The access phase; null where the request goes on. `subrequest` asks an `auth_request`. */
export function checkAccess(exchange: Exchange, subrequest: Subrequest): Signal | null {
  if (exchange.subrequest) return null;
  if (exchange.options.isLetIn === true && !refusesAll(exchange)) return null;
  const satisfiesAny = effective(exchange.context, "satisfy").statements.at(-1)?.args[0] === "any";
  // In nginx's order: the module compiled last is asked first.
  const gates = [
    () => askAddress(exchange),
    () => askPassword(exchange),
    () => askSubrequest(exchange, subrequest),
    () => askModules(exchange),
  ];
  for (const gate of gates) {
    const verdict = gate();
    if (verdict === "declined") continue;
    if (verdict === "granted") {
      if (!satisfiesAny) continue;
      exchange.challenges.pop();
      exchange.refusal = null;
      exchange.note("access", "`satisfy any`: one condition is met, the others are not checked");
      return null;
    }
    if (satisfiesAny && (verdict === 403 || verdict === 401)) {
      if (exchange.refusal?.status !== 401) exchange.refusal = { status: verdict, cause: exchange.cause };
      continue;
    }
    return { finalize: verdict };
  }
  const { refusal } = exchange;
  if (refusal === null) return null;
  exchange.refusal = null;
  exchange.cause = refusal.cause;
  return { finalize: refusal.status };
}

/** `deny all` alone: there is nobody who is let in. */
function refusesAll({ context }: Exchange): boolean {
  const { statements } = effective(context, ["allow", "deny"]);
  return statements.length > 0 && statements.every(({ name }) => name === "deny");
}

function askAddress(exchange: Exchange): Verdict {
  const { statements, from } = effective(exchange.context, ["allow", "deny"]);
  if (from === null) return "declined";
  for (const statement of statements) {
    const [who = ""] = statement.args;
    const fits = isAddressIn(exchange.address, who);
    if (fits === null) {
      const answer = exchange.ask({
        key: `address ${statement.file.name}:${statement.line}`,
        kind: "condition",
        text: `whether ${exchange.address} is in \`${who}\``,
        statement,
        answers: ["no", "yes"],
      });
      if (answer === "no") continue;
    } else if (!fits) continue;
    if (statement.name === "allow") {
      exchange.note("access", `\`allow ${who}\` lets ${exchange.address} in`, statement);
      return "granted";
    }
    exchange.note("access", `\`deny ${who}\` refuses ${exchange.address}`, statement);
    exchange.cause = { kind: "deny", statement, text: `\`deny ${who}\`` };
    return 403;
  }
  exchange.note(
    "access",
    `no allow or deny names ${exchange.address}: it is allowed`,
    statements.at(-1) ?? null,
  );
  return "declined";
}

/** Whether an address is in what `allow` or `deny` names; null where that cannot be told. */
export function isAddressIn(address: string, who: string): boolean | null {
  if (who === "all") return true;
  if (address === "unix:" || who === "unix:") return address === who;
  const network = readNetwork(who);
  const bytes = readIpAddress(address);
  if (network === null || bytes === null) return null;
  return isInNetwork(bytes, network);
}

function askPassword(exchange: Exchange): Verdict {
  const statement = effective(exchange.context, "auth_basic").statements.at(-1);
  const file = effective(exchange.context, "auth_basic_user_file").statements.at(-1);
  if (statement === undefined || file === undefined) return "declined";
  const realm = evaluate(exchange, statement.args[0] ?? "");
  if (realm === "off") return "declined";
  if (!isKnown(realm)) {
    const answer = exchange.ask({
      key: `auth_basic ${statement.file.name}:${statement.line}`,
      kind: "condition",
      text: `whether \`auth_basic ${statement.args[0] ?? ""}\` is off`,
      statement,
      answers: ["no", "yes"],
    });
    if (answer === "yes") return "declined";
  }
  const isKnownUser =
    exchange.header("authorization") !== null &&
    exchange.ask({
      key: `password ${statement.file.name}:${statement.line}`,
      kind: "credentials",
      text: `whether name and password are in ${file.args[0] ?? ""}`,
      statement: file,
      answers: ["yes", "no"],
    }) === "yes";
  if (isKnownUser) {
    exchange.note("access", "`auth_basic` accepts the password", statement);
    return "granted";
  }
  exchange.note("access", "`auth_basic` asks for a name and a password", statement);
  exchange.cause = { kind: "auth", statement, text: "`auth_basic`" };
  exchange.challenges.push({ realm, statement });
  return 401;
}

function askSubrequest(exchange: Exchange, subrequest: Subrequest): Verdict {
  const statement = effective(exchange.context, "auth_request").statements.at(-1);
  const uri = statement?.args[0];
  if (statement === undefined || uri === undefined || uri === "off") return "declined";
  const status =
    subrequest(toBytes(uri)) ??
    Number(
      exchange.ask({
        key: `auth_request ${statement.file.name}:${statement.line}`,
        kind: "subrequest",
        text: `what ${uri} answers`,
        statement,
        // Without credentials it refuses, else it would guard nothing.
        answers: ["401", "200", "403"],
      }),
    );
  if (status >= 200 && status < 300) {
    exchange.note("access", `\`auth_request ${uri}\` answers ${status} and lets the request in`, statement);
    return "granted";
  }
  // The subrequest takes the connection down with it.
  if (status === 444) return status;
  const verdict = status === 401 || status === 403 ? status : 500;
  exchange.note("access", `\`auth_request ${uri}\` answers ${status}: refused with ${verdict}`, statement);
  const kind = verdict === 401 ? "auth" : verdict === 403 ? "deny" : "error";
  exchange.cause = { kind, statement, text: `\`auth_request ${uri}\`` };
  return verdict;
}

/** Gates of modules that nobody here can follow, in any tree: `auth_jwt`, `auth_ldap`, `auth_pam`, … are named alike. */
const OTHER_GATE =
  /^(auth_(?!(basic|request|delay|http)$)[a-z0-9]+|auth_totp_realm|access_by_lua(_block|_file)?|js_access|oidc|vouch)$/;

/** The names of such gates that stand anywhere in the tree. */
const otherGatesIn = askedOnce((root: Context): readonly string[] =>
  [...root.namesBelow].filter((name) => OTHER_GATE.test(name)),
);

function askModules(exchange: Exchange): Verdict {
  for (const name of otherGatesIn(exchange.context.root)) {
    const statement = effective(exchange.context, name).statements.at(-1);
    if (statement === undefined || statement.args[0] === "off") continue;
    const isLua = name.startsWith("access_by_lua");
    const answer = exchange.ask({
      key: `${name} ${statement.file.name}:${statement.line}`,
      kind: "module",
      text: `whether \`${name}\` lets the request in`,
      statement,
      answers: ["no", "yes"],
    });
    if (answer === "yes") return "granted";
    const status = isLua ? 403 : 401;
    exchange.note("access", `\`${name}\` refuses a request without credentials`, statement);
    exchange.cause = { kind: status === 401 ? "auth" : "deny", statement, text: `\`${name}\`` };
    return status;
  }
  return "declined";
}

/** Takes the client's address from a header of a trusted proxy (`ngx_http_realip_handler`). */
export function takeRealAddress(exchange: Exchange, context: Context): void {
  const trusted = effective(context, "set_real_ip_from").statements;
  if (trusted.length === 0 || exchange.hasRealAddress) return;
  const statement: Statement | undefined = trusted.at(-1);
  const header = effective(context, "real_ip_header").statements.at(-1)?.args[0] ?? "X-Real-IP";
  if (header.toLowerCase() === "proxy_protocol") return;
  const networks = trusted.flatMap(({ args }) => readNetwork(args[0] ?? "") ?? []);
  const isTrusted = (address: string) =>
    isInAny(address, networks) || (address === "unix:" && trusted.some(({ args }) => args[0] === "unix:"));
  if (!isTrusted(exchange.address)) return;
  const isForwarded = header.toLowerCase() === "x-forwarded-for";
  const sent = exchange.headers.filter(({ key }) => key === header.toLowerCase()).map(({ value }) => value);
  const value = isForwarded ? sent.join(", ") : sent[0];
  if (value === undefined || value === "") return;
  const recursive = effective(context, "real_ip_recursive").statements.at(-1)?.args[0] === "on";
  const address = addressFrom(value, exchange.address, isTrusted, recursive);
  if (address === null) return;
  exchange.note(
    "realip",
    `\`${header}\` of ${exchange.address} is trusted: the client is ${address}`,
    statement,
  );
  exchange.address = address;
  exchange.hasRealAddress = true;
}
