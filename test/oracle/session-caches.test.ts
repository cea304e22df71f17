/** Whose `ssl_session_cache` a client meets: that of the address's default server, whichever server it asks for. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, describe, expect, it } from "vitest";
import { Configuration, Model } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";
import {
  freePorts,
  mainConfig,
  nginxBinaries,
  removeFolder,
  startNginx,
  temporaryFolder,
} from "./requests/nginx.ts";

const binaries = nginxBinaries();

const folder = temporaryFolder();
afterAll(() => removeFolder(folder));

/** One connection by TLS 1.2 without tickets; whether the session of an earlier one was taken up. */
function handshake(port: number, servername: string, session?: Buffer) {
  return new Promise<{ session: Buffer | undefined; isReused: boolean }>((resolve, reject) => {
    const options = { port, servername, rejectUnauthorized: false, maxVersion: "TLSv1.2" } as const;
    const socket = connect({ ...options, ...(session === undefined ? {} : { session }) }, () => {
      resolve({ session: socket.getSession(), isReused: socket.isSessionReused() });
      socket.end();
    });
    socket.on("error", reject);
  });
}

describe.skipIf(binaries.length === 0).each(binaries)("session caches of %s", (binary) => {
  it.each([
    ["none", "shared:B:1m"],
    ["shared:A:1m", "none"],
  ])("are those of the default server (%s, not %s)", async (first, second) => {
    const [key, certificate] = [join(folder, "k.pem"), join(folder, "c.pem")];
    const subject = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=b.example"];
    execFileSync("openssl", ["req", ...subject, "-keyout", key, "-out", certificate], { stdio: "ignore" });
    const [port = 0] = await freePorts(1);
    const server = (name: string, cache: string) =>
      `server { listen 127.0.0.1:${port} ssl; server_name ${name}; ssl_session_cache ${cache}; return 204; }`;
    const http = `ssl_certificate ${certificate}; ssl_certificate_key ${key}; ssl_session_tickets off; ssl_protocols TLSv1.2;
      ${server("a.example", first)} ${server("b.example", second)}`;
    const { sessionCaches } = new Model(new Configuration(treeOf(`events {} http { ${http} }`)), null);
    const [decisive] = sessionCaches.keys();
    const isKept = decisive?.setting("ssl_session_cache").args[0]?.startsWith("shared:");
    const running = await startNginx(binary, folder, mainConfig(folder, http), port);
    try {
      for (const name of ["a.example", "b.example"]) {
        const { session } = await handshake(port, name);
        expect((await handshake(port, name, session)).isReused).toBe(isKept);
      }
    } finally {
      await running.stop();
    }
  });
});
