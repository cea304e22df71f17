/** Whether the value of `X-Forwarded-Proto` is the client's scheme, given how clients come in. */
import type { Configuration, Server, Statement } from "../../semantics/index.ts";
import type { Edge } from "../../site/index.ts";
import type { Report, RuleContext } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** What is wrong with a value; null for nothing. */
export function judgeValue(
  statement: Statement,
  value: string,
  server: Server,
  { configuration, assume }: RuleContext,
  edge: Edge,
): Report | null {
  const at = statement;
  const bare = value.replace(/^\$\{(\w+)\}$/, "$$$1").toLowerCase();
  if (bare === "https" && edge.speaksPlainHttp(server) && (edge.speaksTls(server) || edge.isEdge(server))) {
    return {
      at,
      message: `${codeOf(at)} says \`https\` for plain HTTP requests too: the application takes them for secure, does not redirect them, and sends its secure cookies.`,
      help: "write `$scheme` as the value",
    };
  }
  if (bare === "http" && edge.speaksTls(server)) {
    return {
      at,
      message: `${codeOf(at)} says \`http\` for TLS requests too: the application redirects them to HTTPS forever.`,
      help: "write `$scheme` as the value",
    };
  }
  if (bare === "$https") {
    return {
      at,
      message:
        "`$https` is `on` or empty, and applications compare with `https`: no request counts as secure.",
      help: "write `$scheme` as the value",
    };
  }
  if (bare === "$scheme") return judgeScheme(at, server, assume.edge, edge);
  const passesOn = bare === "$http_x_forwarded_proto" ? "sure" : mapOf(bare, configuration);
  if (passesOn === null || !edge.isEdge(server)) return null;
  const isBehind = edge.isBehindProxy(server);
  return {
    at,
    message: `${codeOf(at)} passes on what the client sent, although TLS ends here: any client can claim HTTPS${passesOn === "sure" ? ", and without the header it sees plain http" : ""}.`,
    help: "write `$scheme` as the value",
    witness: { kind: "header", value: "X-Forwarded-Proto: https" },
    ...(isBehind
      ? { severity: "info" as const, confidence: "low" as const }
      : passesOn === "sure"
        ? {}
        : { confidence: "medium" as const }),
    ...(passesOn === "sure" ? {} : { related: [{ at: passesOn, message: "takes the client's header" }] }),
  };
}

/** `$scheme` is the scheme of the connection to this nginx, which is not the client's where another proxy ends TLS. */
function judgeScheme(at: Statement, server: Server, isEdge: boolean | undefined, edge: Edge): Report | null {
  if (isEdge === true || edge.speaksTls(server)) return null;
  const isKnown = isEdge === false;
  if (!isKnown && !edge.isWithoutTls) return null;
  return {
    at,
    message: `No server here speaks TLS, so \`$scheme\` is \`http\` for every request${isKnown ? "" : ", even if a proxy in front terminates TLS"}: the application never sees HTTPS.`,
    help: "write `$http_x_forwarded_proto` as the value, which the proxy in front sets",
    ...(isKnown ? {} : { severity: "info" as const, confidence: "low" as const }),
  };
}

/** The `map` that makes this variable from the client's own header. */
function mapOf(variable: string, configuration: Configuration): Statement | null {
  for (const map of configuration.http?.all("map") ?? []) {
    if (map.args[1]?.toLowerCase() === variable && /\$http_x_forwarded_proto\b/i.test(map.args[0] ?? ""))
      return map;
  }
  return null;
}
