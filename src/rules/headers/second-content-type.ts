/** The `add_header` line that sends a Content-Type beside nginx's own, or the application's. */
import { type Place, type Statement, unconditionalAnswer } from "../../semantics/index.ts";

const HIDING = ["proxy_hide_header", "fastcgi_hide_header", "uwsgi_hide_header", "grpc_hide_header"];

/** Written at this place itself; null where there is none, or where nginx sends no other. */
export function secondContentType(place: Place): Statement | null {
  const { context, handler } = place;
  const statement = context.all("add_header").find(isContentType);
  if (statement === undefined) return null;
  const answer = unconditionalAnswer(context);
  // Without a body there is no other: nginx sends none with 204 and with redirects of its own it sends text/html.
  if (answer !== null && (answer.status === 204 || answer.status === 444)) return null;
  // An application's own can be hidden.
  const hides = HIDING.some((name) => place.list(name).statements.some(isContentType));
  return handler.kind === "pass" && hides ? null : statement;
}

/** No other header is added there: without the line the outer headers are inherited again. */
export function isAloneIn({ context }: Place): boolean {
  return context.all("add_header").every(isContentType);
}

function isContentType({ args }: Statement): boolean {
  return args[0]?.toLowerCase() === "content-type";
}
