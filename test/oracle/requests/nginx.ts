/** A real nginx in the foreground, asked by raw sockets: clients would normalise what is asked. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server as NetServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { connect as connectTls } from "node:tls";

/** The binaries to ask: `NGINX_BINARIES`, else the one on the path. Says where there is none that tests are skipped. */
export function nginxBinaries(): readonly string[] {
  const named = (process.env.NGINX_BINARIES ?? "nginx").split(":").filter((name) => name !== "");
  const found = named.flatMap((name) => findBinary(name) ?? []);
  if (found.length === 0) console.warn("skipped: there is no nginx to ask (NGINX_BINARIES)");
  return found;
}

function findBinary(name: string): string | null {
  const candidates = name.includes("/")
    ? [name]
    : [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"].map((folder) =>
        join(folder, name),
      );
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `1.22.1` */
export function versionOf(binary: string): string {
  const { stderr } = spawnSync(binary, ["-v"], { encoding: "utf8" });
  return /nginx\/([\d.]+)/.exec(stderr)?.[1] ?? "?";
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "nginx-oracle-"));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** What stands around `http` so that nginx touches nothing outside of its folder. */
export function mainConfig(folder: string, http: string): string {
  const temps = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join("\n");
  return `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
worker_rlimit_nofile 4096;
events { worker_connections 1024; }
http { ${temps} keepalive_timeout 0; variables_hash_max_size 8192; server_names_hash_bucket_size 128;
${http}
}
`;
}

export interface RunningNginx {
  /** Ends when the process has. */
  stop(): Promise<void>;
}

/** Starts nginx and waits until the port answers. */
export async function startNginx(
  binary: string,
  folder: string,
  config: string,
  port: number,
): Promise<RunningNginx> {
  const file = join(folder, "nginx.conf");
  writeFileSync(file, config);
  const child: ChildProcess = spawn(binary, ["-p", folder, "-c", file], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr?.on("data", (data) => {
    complaint += String(data);
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries > 200 || child.exitCode !== null) {
      throw new Error(`nginx did not start: ${complaint}\n${readLog(join(folder, "error.log"))}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return {
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function readLog(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers: NetServer[] = [];
  const ports: number[] = [];
  for (let index = 0; index < count; index++) {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address !== null && typeof address === "object") ports.push(address.port);
    servers.push(server);
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}

export interface Answer {
  /** Null where the connection was closed without an answer. */
  readonly status: number | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export interface RawRequest {
  readonly port: number;
  readonly method: string;
  /** Bytes, one a character. */
  readonly uri: string;
  readonly version: "1.0" | "1.1";
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Over TLS, with this name in the handshake. */
  readonly sni?: string;
  /** The address to connect to; 127.0.0.1 where absent. */
  readonly to?: string;
  readonly body?: string;
}

/** Sends a request byte for byte and reads until the connection ends. */
export function askRaw({
  port,
  method,
  uri,
  version,
  headers,
  sni,
  to = "127.0.0.1",
  body = "",
}: RawRequest): Promise<Answer> {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const text = `${method} ${uri} HTTP/${version}\r\n${lines}\r\n${body}`;
  return new Promise((resolve, reject) => {
    const place = { port, host: to };
    const socket =
      sni === undefined
        ? connect(place)
        : connectTls({ ...place, servername: sni, rejectUnauthorized: false });
    let received = "";
    socket.setEncoding("latin1");
    socket.once(sni === undefined ? "connect" : "secureConnect", () => socket.write(text, "latin1"));
    socket.on("data", (data) => {
      received += String(data);
    });
    socket.once("close", () => resolve(readAnswer(received)));
    socket.once("error", (error) =>
      received === "" && !isReset(error) ? reject(error) : resolve(readAnswer(received)),
    );
    socket.setTimeout(10_000, () => reject(new Error(`no answer to ${text}`)));
  });
}

function isReset(error: Error): boolean {
  return "code" in error && ["ECONNRESET", "EPIPE", "ECONNREFUSED"].includes(String(error.code));
}

function readAnswer(received: string): Answer {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return { status: null, headers: [], body: "" };
  const [first = "", ...lines] = received.slice(0, end).split("\r\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
  });
  const rest = received.slice(end + 4);
  const isChunked = headers.some(([name, value]) => /^transfer-encoding$/i.test(name) && value === "chunked");
  return { status: Number(first.split(" ")[1]), headers, body: isChunked ? joinChunks(rest) : rest };
}

function joinChunks(text: string): string {
  let body = "";
  for (let at = 0; at < text.length; ) {
    const line = text.indexOf("\r\n", at);
    const length = Number.parseInt(text.slice(at, line), 16);
    if (!(length > 0)) break;
    body += text.slice(line + 2, line + 2 + length);
    at = line + 2 + length + 2;
  }
  return body;
}
