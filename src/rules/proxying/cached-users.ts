/** What tells the users and the hosts of a cached application apart. */
import type { Place, Statement, VirtualServer } from "../../semantics/index.ts";

/** What every request has: nothing of it tells users apart. */
const COMMON =
  "scheme|https|host|http_host|server_name|ssl_server_name|proxy_host|proxy_port|server_port|request|request_method|request_uri|uri|document_uri|args|is_args|query_string|arg_\\w+|http_accept\\w*|http_x_forwarded_(?:proto|host)|http_origin";
const MORE = new RegExp(`\\$\\{?(?!(?:${COMMON})\\b)\\w`);

/** The key holds something that the author thought of: a user, a session, what a `map` makes of either. */
export function hasMore(key: string | null): boolean {
  return key !== null && MORE.test(key);
}

export const SECRET = "a-secret";

/** Of the headers by which users are known, those that reach the application. */
export function sentSecrets(server: VirtualServer, place: Place, pass: Statement): readonly string[] {
  const headers = ["Cookie", "Authorization"].map((name) => [name, SECRET] as const);
  const { outcome, requestHeaders } = server.ask(
    { uri: "/", headers },
    { at: place.context, answers: ADMITTED },
  );
  // What refuses the request first says nothing about the headers.
  if (outcome.by !== pass) return guardOf(place) === null ? [] : ["cookie", "authorization"];
  return requestHeaders
    .filter(({ value }) => value.includes(SECRET))
    .map(({ name }) => name.toLowerCase().replace(/^http_/, ""));
}

export const ADMITTED: ReadonlyMap<string, string> = new Map([["certificate", "yes"]]);

/** What lets only users in that have signed in. */
export function guardOf(place: Place): Statement | null {
  for (const name of ["auth_request", "auth_basic", "auth_jwt"]) {
    const { statement, args } = place.setting(name);
    if (statement !== null && args[0] !== "off" && !args[0]?.includes("$")) return statement;
  }
  return null;
}

const PERSONAL =
  /(^|\/)(my-?)?(accounts?|profiles?|me|users?|orders?|cart|basket|checkout|dashboard|admin|wp-admin|auth|login|sessions?|my)(\/|$)/i;

/** Answers that may differ from user to user, by the name of the location. */
export function isPersonal(place: Place): boolean {
  return isCalledPersonal(place) || /(^|\/)(api|graphql|rest)(\/|$)/i.test(place.location?.pattern ?? "");
}

export function isCalledPersonal({ location }: Place): boolean {
  return location !== null && PERSONAL.test(location.pattern);
}

/** The upstream learns which host was asked for, and may answer for each in its own way. */
export function sendsHost(place: Place): boolean {
  return place
    .list("proxy_set_header")
    .statements.some(
      ({ args: [name = "", value = ""] }) =>
        /^(x-forwarded-)?host$/i.test(name) && /\$\{?(http_)?host\b/.test(value),
    );
}

/** The site's names without `www.`. */
export function siteNames({ server }: VirtualServer): readonly string[] {
  return server.names.flatMap(({ text }) =>
    text.includes(".") ? [text.toLowerCase().replace(/^www\./, "")] : [],
  );
}

export function hostOf({ args }: Statement): string {
  return /^\w+:\/\/([^/]+)/.exec(args[0] ?? "")?.[1] ?? args[0] ?? "";
}
