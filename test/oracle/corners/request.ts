/** A request as the sites write it: `METHOD target`, then headers, with `|` between them; `host NAME` for a Host of its own. */
import type { Request } from "../../../src/semantics/index.ts";
import type { RawRequest } from "../requests/nginx.ts";

export interface CornerRequest {
  readonly line: string;
  readonly raw: Omit<RawRequest, "port">;
  readonly request: Request;
}

export function readRequest(line: string): CornerRequest {
  const [first = "", ...rest] = line
    .replaceAll(/@x(\d+)/g, (_, count: string) => "x".repeat(Number(count)))
    .split(" | ");
  const isHost = first.startsWith("host ");
  const host = isHost ? first.slice("host ".length) : "a.test";
  const [method = "GET", uri = "/"] = isHost ? ["GET", "/"] : first.split(" ");
  const hasBody = rest.includes("@body");
  const headers = rest
    .filter((each) => each !== "@body")
    .map((each): [string, string] => {
      const colon = each.indexOf(":");
      return [each.slice(0, colon), each.slice(colon + 1).trim()];
    });
  const length = Number(headers.find(([name]) => name === "Content-Length")?.[1] ?? 0);
  return {
    line,
    raw: {
      method,
      uri: latin1(uri),
      version: "1.1",
      headers: [
        ["Host", latin1(host)],
        ["Connection", "close"],
        ...headers.map(([name, value]) => [name, latin1(value)] as const),
      ],
      ...(hasBody ? { body: "b".repeat(length) } : {}),
    },
    request: { method, uri: latin1(uri), host, headers: [["Connection", "close"], ...headers] },
  };
}

function latin1(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
