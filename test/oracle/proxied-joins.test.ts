/** What upstreams are really asked for: the joins of `proxy_pass` that rules tell of, and the subrequests of `auth_request`. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportsOf } from "../rules/ask.ts";
import { type Echo, type Echoed, startEcho } from "./requests/echo.ts";
import {
  askRaw,
  freePorts,
  mainConfig,
  nginxBinaries,
  type RunningNginx,
  removeFolder,
  startNginx,
  temporaryFolder,
} from "./requests/nginx.ts";

const binaries = nginxBinaries();

const inside = (port: number) => `
location /a { proxy_pass http://127.0.0.1:${port}/; }
location /b/ { proxy_pass http://127.0.0.1:${port}/v1; }
location /c { proxy_pass http://127.0.0.1:${port}/c/; }
location /d { rewrite ^/d(.*)$ /$1 break; proxy_pass http://127.0.0.1:${port}; }
location /e/ { set $back 127.0.0.1:${port}; proxy_pass http://$back/; }
location /auth-plain { proxy_pass_request_body off; proxy_pass http://127.0.0.1:${port}; }
location /guarded { auth_request /auth-plain; proxy_pass http://127.0.0.1:${port}; }
`;

describe.skipIf(binaries.length === 0).each(binaries)("requests to upstreams of %s", (binary) => {
  const folder = temporaryFolder();
  let echo: Echo;
  let nginx: RunningNginx;
  let port = 0;
  let text = "";

  beforeAll(async () => {
    echo = await startEcho();
    [port = 0] = await freePorts(1);
    const server = `server { listen 127.0.0.1:${port}; ${inside(echo.port)} }`;
    text = mainConfig(folder, `access_log off;\n${server}`);
    nginx = await startNginx(binary, folder, text, port);
  });

  afterAll(async () => {
    await nginx?.stop();
    await echo?.close();
    removeFolder(folder);
  });

  const ask = async (uri: string, headers: readonly (readonly [string, string])[] = []) => {
    const answer = await askRaw({
      port,
      method: "GET",
      uri,
      version: "1.1",
      headers: [["Host", "a.test"], ["Connection", "close"], ...headers],
    });
    return JSON.parse(answer.body) as Echoed;
  };

  it("asks for what the witness of each finding says", async () => {
    const reports = reportsOf("proxy-pass-slash", text);
    expect(reports).toHaveLength(5);
    for (const { message, witness } of reports) {
      const asked = /requests `([^`]+)` from the upstream/.exec(message)?.[1];
      expect((await ask(witness?.value.replace("GET ", "") ?? "")).uri).toBe(asked);
    }
  });

  it("sends the length of a body that it does not send", async () => {
    expect(reportsOf("auth-request-body", text)).toHaveLength(1);
    // The location of the subrequest, asked by itself: the same headers, and no body either.
    const { headers } = await ask("/auth-plain", [["Content-Length", "0"]]);
    expect(headers).toContainEqual(["Content-Length", "0"]);
  });
});
