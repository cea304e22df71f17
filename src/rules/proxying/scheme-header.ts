/** What the headers in force tell an application of the client's scheme, and where that comes from. */
import type { Place, Statement } from "../../semantics/index.ts";

export type Told =
  /** Something in the way could not be read. */
  | { readonly kind: "unknown" }
  | { readonly kind: "missing" }
  | { readonly kind: "values"; readonly values: readonly { statement: Statement; value: string }[] };

/** What the headers in force say of the scheme. */
export function schemeTold(place: Place): Told {
  const { statements, replaceable, uncertain } = place.list("proxy_set_header");
  if (replaceable) return { kind: "unknown" };
  const values = statements.flatMap((statement) => {
    const value = schemeIn(statement);
    return value === null ? [] : [{ statement, value }];
  });
  if (values.length > 0) return { kind: "values", values };
  return { kind: uncertain ? "unknown" : "missing" };
}

/** The value that a header gives for the scheme; null for a header that gives none. */
function schemeIn({ args }: Statement): string | null {
  const [name = "", value = ""] = args;
  switch (name.toLowerCase()) {
    case "x-forwarded-proto":
      return value === "" ? null : value;
    case "forwarded": {
      const proto = /proto="?([^;,"]+)/i.exec(value)?.[1];
      if (proto !== undefined) return proto;
      // A variable of the configuration's own may hold it all.
      return /\$(?!http_forwarded\b|proxy_add_x_forwarded_for\b|remote_|host\b|http_host\b|server_)/.test(
        value,
      )
        ? value
        : null;
    }
    default:
      return null;
  }
}

/** The outermost set that tells the scheme, and the line of an inner level that discards it. */
export function discardedBy(place: Place): { set: Statement; cause: Statement } | null {
  let inner = place.list("proxy_set_header");
  let found: { set: Statement; cause: Statement } | null = null;
  while (inner.from?.parent) {
    const outer = place.model.place(inner.from.parent).list("proxy_set_header");
    const set = outer.statements.find((statement) => schemeIn(statement) !== null);
    const [cause] = inner.statements;
    if (set !== undefined && cause !== undefined) found = { set, cause };
    inner = outer;
  }
  return found;
}
