/** Which `limit_req` counts a request that goes from one place to another: the first on its way, and no later one. */
import { afterAll, describe, expect, it } from "vitest";
import { Configuration, simulate } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";
import {
  askRaw,
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

describe.skipIf(binaries.length === 0).each(binaries)("limit_req of %s", (binary) => {
  it("counts a request where it is limited first", async () => {
    const [port = 0] = await freePorts(1);
    // A second request within the minute is above `once`, and not above `often`.
    const http = `map $request_method $nobody { POST x; default ""; } limit_req_zone $nobody zone=nobody:1m rate=1r/m;
      limit_req_zone $server_port$uri zone=once:1m rate=1r/m; limit_req_zone $server_port$uri zone=often:1m rate=100r/s;
      limit_req_status 429;
      server { listen 127.0.0.1:${port}; root ${folder};
        location /nobody { limit_req zone=nobody; try_files /none @once; }
        location /outer { limit_req zone=once; try_files /none @free; }
        location /named { try_files /none @once; }
        location /lax { limit_req zone=often burst=9 nodelay; try_files /none @once; }
        location /strict { limit_req zone=once; try_files /none @often; }
        location /inner { limit_req zone=once; rewrite ^ /free last; }
        location = /free { try_files /none =404; }
        location @free { try_files /none =404; }
        location @once { limit_req zone=once; try_files /none =404; }
        location @often { limit_req zone=often burst=9 nodelay; try_files /none =404; }
      }`;
    const configuration = new Configuration(treeOf(`events {} http { ${http} }`));
    const [server] = configuration.servers;
    const running = await startNginx(binary, folder, mainConfig(folder, http), port);
    try {
      for (const uri of ["/outer", "/named", "/lax", "/strict", "/inner", "/nobody"]) {
        const { counted } = simulate(
          { uri },
          { configuration, files: () => "missing", ...(server ? { server } : {}) },
        );
        const zone = counted?.by[0]?.args[0];
        const request = {
          port,
          uri,
          method: "GET",
          version: "1.1",
          headers: [
            ["Host", "a"],
            ["Connection", "close"],
          ],
        } as const;
        await askRaw(request);
        const { status } = await askRaw(request);
        expect([uri, status]).toEqual([uri, zone === "zone=once" ? 429 : 404]);
      }
    } finally {
      await running.stop();
    }
  });
});
