/** What the sites of the corners stand on: files with a known date, and backends that answer with what they received. */
import { mkdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createServer as createHttp2, type ServerHttp2Stream } from "node:http2";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { type Echo, startEcho } from "../requests/echo.ts";
import { type Gateway, startFastcgi, startScgi, startUwsgi } from "../requests/gateways.ts";

/** When all files were changed: `Thu, 01 Jan 2015 00:00:00 GMT`. */
const CHANGED = 1_420_070_400;

const FILES = [
  "index.html",
  "a.txt",
  "a.css",
  "noext",
  "dir/index.html",
  "dir/b.txt",
  "50x.html",
  "only/one.txt",
];

export interface Surroundings {
  readonly root: string;
  readonly ports: Readonly<
    Record<"ECHO" | "FASTCGI" | "SCGI" | "UWSGI" | "GRPC" | "MEMCACHED" | "DEAD", number>
  >;
  close(): Promise<void>;
}

export async function startSurroundings(folder: string): Promise<Surroundings> {
  const root = join(folder, "root");
  for (const name of FILES) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `file ${name}`);
    utimesSync(path, CHANGED, CHANGED);
  }
  mkdirSync(join(root, "empty"));
  writeFileSync(join(folder, "passwords"), "user:{PLAIN}pass\n");
  const echo = await startEcho();
  const [fastcgi, scgi, uwsgi] = await Promise.all([startFastcgi(), startScgi(), startUwsgi()]);
  const grpc = await startGrpc();
  const memcached = await startMemcached();
  const backends: readonly (Echo | Gateway)[] = [echo, fastcgi, scgi, uwsgi, grpc, memcached];
  return {
    root,
    ports: {
      ECHO: echo.port,
      FASTCGI: fastcgi.port,
      SCGI: scgi.port,
      UWSGI: uwsgi.port,
      GRPC: grpc.port,
      MEMCACHED: memcached.port,
      DEAD: 1,
    },
    async close() {
      for (const backend of backends) await backend.close();
    },
  };
}

/** Size and date, as `explain` asks the disk for them. */
export function detailsOf(path: string): { readonly size: number; readonly modified: number } | undefined {
  try {
    const { size, mtimeMs } = statSync(path);
    return { size, modified: Math.floor(mtimeMs / 1000) };
  } catch {
    return undefined;
  }
}

/** HTTP/2 without TLS, as `grpc_pass` speaks it. */
async function startGrpc(): Promise<Gateway> {
  const server = createHttp2();
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  server.on(
    "stream",
    (stream: ServerHttp2Stream, _headers: unknown, _flags: unknown, rawHeaders: unknown) => {
      const words = Array.isArray(rawHeaders) ? rawHeaders.map(String) : [];
      const pairs = words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1] ?? ""]] : []));
      stream.respond({ ":status": 200, "content-type": "application/json", "x-up": "up" });
      // A HEAD is over with its headers.
      if (!stream.writableEnded) stream.end(JSON.stringify(pairs));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no address");
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        for (const session of sessions) session.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Knows the keys that begin with `/found`. */
async function startMemcached(): Promise<Gateway> {
  const server = createServer((socket) => {
    socket.setEncoding("latin1");
    socket.on("error", () => socket.destroy());
    socket.on("data", (data) => {
      if (!socket.writable) return;
      const key = /^get (\S+)\r\n/.exec(String(data))?.[1] ?? "";
      socket.write(key.startsWith("/found") ? `VALUE ${key} 0 5\r\nvalue\r\nEND\r\n` : "END\r\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no address");
  return { port: address.port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
