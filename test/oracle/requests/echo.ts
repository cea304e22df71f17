/** An upstream that answers with what it received. */
import { createServer } from "node:net";

export interface Echo {
  readonly port: number;
  close(): Promise<void>;
}

/** The request as the upstream got it: the request target, and the headers in order. */
export interface Echoed {
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

const ECHO_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ["X-Up", "up"],
  ["Cache-Control", "private"],
  ["X-Pad", "pad"],
];

/** What the upstream sends: the usual headers, and what the request asks for by headers of its own. */
export function answerHeaders(
  asked: (name: string) => string | undefined,
): readonly (readonly [name: string, value: string])[] {
  const optional = [
    ["Location", asked("x-up-location")],
    ["X-Accel-Redirect", asked("x-up-accel")],
    ["Set-Cookie", asked("x-up-cookie")],
    ["Refresh", asked("x-up-refresh")],
  ] as const;
  return [
    ...ECHO_HEADERS,
    ["Content-Type", asked("x-up-type") ?? "application/json"],
    ...optional.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  ];
}

/** Answers 200, or the status that the header `X-Up-Status` asks for. */
export async function startEcho(): Promise<Echo> {
  const server = createServer((socket) => {
    let received = "";
    socket.setEncoding("latin1");
    socket.on("error", () => socket.destroy());
    socket.on("data", (data) => {
      received += String(data);
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return;
      const [first = "", ...lines] = received.slice(0, end).split("\r\n");
      const [, method = "", uri = ""] = /^(\S+) (.*) HTTP\/1\.[01]$/s.exec(first) ?? [];
      const headers = lines.map((line): [string, string] => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      });
      const asked = (name: string) => headers.find(([each]) => each.toLowerCase() === name)?.[1];
      const status = asked("x-up-status") ?? "200";
      const body = JSON.stringify({ method, uri, headers } satisfies Echoed);
      const sent = [
        ...answerHeaders(asked),
        ["Content-Length", String(body.length)],
        ["Connection", "close"],
      ];
      const head = sent.map(([name, value]) => `${name}: ${value}\r\n`).join("");
      socket.end(`HTTP/1.1 ${status} Any\r\n${head}\r\n${method === "HEAD" ? "" : body}`, "latin1");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no address");
  return { port: address.port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
