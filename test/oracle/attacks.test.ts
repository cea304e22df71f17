/** The requests that rules on attacks show, sent to nginx itself: each must do what the finding says. */

import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Report } from "../../src/rules/index.ts";
import { reportsOf } from "../rules/ask.ts";
import {
  type Answer,
  askRaw,
  freePorts,
  mainConfig,
  nginxBinaries,
  removeFolder,
  startNginx,
  temporaryFolder,
} from "./requests/nginx.ts";

const [binary] = nginxBinaries();

const fixtures = join(import.meta.dirname, "../../fixtures/rules");

let folder = "";
let echo: Server;
let echoPort = 0;

beforeAll(async () => {
  folder = temporaryFolder();
  // Answers with what it got, byte for byte.
  echo = createServer((socket) => {
    socket.setEncoding("latin1");
    socket.on("error", () => socket.destroy());
    socket.once("data", (data) => {
      const body = String(data);
      socket.end(
        `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        "latin1",
      );
    });
  });
  await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
  const address = echo.address();
  echoPort = address !== null && typeof address === "object" ? address.port : 0;
});

afterAll(async () => {
  await new Promise((resolve) => echo.close(resolve));
  removeFolder(folder);
});

/** Sends `GET /x with Cookie: a=b` to the server that the finding is about. */
async function send(report: Report, ports: ReadonlyMap<string, number>): Promise<Answer> {
  const [line = "", more = ""] = (report.witness?.value ?? "").split(" with ");
  const [method = "", uri = ""] = line.split(" ");
  const headers =
    more === ""
      ? []
      : more.split(", ").map((each): [string, string] => {
          const colon = each.indexOf(":");
          return [each.slice(0, colon), each.slice(colon + 2)];
        });
  const { at } = report;
  const server = "context" in at ? at.context.outward().find(({ kind }) => kind === "server") : undefined;
  const listen = server?.all("listen")[0]?.args[0] ?? "";
  const name = server?.all("server_name")[0]?.args[0] ?? "localhost";
  const host = headers.some(([each]) => each === "Host") ? [] : [["Host", name] as const];
  return askRaw({
    port: ports.get(listen) ?? 0,
    method,
    uri,
    version: "1.1",
    headers: [...host, ...headers, ["Connection", "close"]],
    ...(method === "POST" ? { body: "" } : {}),
  });
}

/** Runs nginx with the fixture, and asks it for every finding. */
async function askForAll(id: string, judge: (answer: Answer, report: Report) => void): Promise<number> {
  const text = readFileSync(join(fixtures, id, "bad.conf"), "utf8");
  const [first = 0, second = 0] = await freePorts(2);
  const ports = new Map([
    ["80", first],
    ["8080", second],
  ]);
  const http = text
    .replace(/^events \{\}\nhttp \{/, "")
    .replace(/\}\s*$/, "")
    .replaceAll(/listen (80|8080)\b/g, (_, port: string) => `listen 127.0.0.1:${ports.get(port)}`)
    .replaceAll(/127\.0\.0\.1:800\d/g, `127.0.0.1:${echoPort}`)
    .replaceAll("/etc/nginx/passwords", "/dev/null");
  const nginx = await startNginx(binary ?? "", folder, mainConfig(folder, http), first);
  const reports = reportsOf(id, text);
  try {
    for (const report of reports) judge(await send(report, ports), report);
  } finally {
    await nginx.stop();
  }
  return reports.length;
}

describe.skipIf(binary === undefined)("attacks against nginx", () => {
  it("splits headers and request lines as http-splitting says", { timeout: 60_000 }, async () => {
    const count = await askForAll("http-splitting", ({ headers, body }, { witness, details }) => {
      const isUpstream = details?.some(({ label }) => label === "upstream gets") === true;
      const text = isUpstream ? body : headers.map(([name, value]) => `${name}: ${value}`).join("\n") + body;
      expect(text, witness?.value).toMatch(/^X-Injected: ?yes|<h1>injected|^GET \/\r\n\r\n/m);
    });
    expect(count).toBeGreaterThan(10);
  });

  it("leaves for the host that open-redirect says", { timeout: 60_000 }, async () => {
    const count = await askForAll("open-redirect", ({ headers }, { details }) => {
      const told = details?.find(({ label }) => label === "leads to")?.text;
      expect(headers.find(([name]) => name === "Location")?.[1]).toBe(told);
    });
    expect(count).toBeGreaterThan(10);
  });

  it("sends what was encoded twice as proxy-path-traversal says", { timeout: 60_000 }, async () => {
    const count = await askForAll("proxy-path-traversal", ({ body }, { details }) => {
      const told = details?.find(({ label }) => label === "asks")?.text;
      expect(body).toMatch(/^GET /);
      expect(body.split(" ")[1]).toBe(told);
    });
    expect(count).toBeGreaterThan(4);
  });
});
