/** FastCGI, SCGI and uwsgi: the parameters that the upstream gets are those that the model names, in the same order. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "../../src/parser/index.ts";
import { Configuration, simulate } from "../../src/semantics/index.ts";
import { type Gateway, type Parameters, startFastcgi, startScgi, startUwsgi } from "./requests/gateways.ts";
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

const FAMILIES = ["fastcgi", "scgi", "uwsgi"] as const;
type Family = (typeof FAMILIES)[number];

const inside = (family: Family, port: number) => `
${family}_param SERVER_SOFTWARE outer;
${family}_param HTTP_X_OUTER outer;
location / { ${family}_pass 127.0.0.1:${port}; }
location /own/ {
  ${family}_param SCRIPT_NAME $uri;
  ${family}_param QUERY_STRING $query_string;
  ${family}_param HTTPS $https if_not_empty;
  ${family}_param EMPTY "";
  ${family}_param HTTP_ACCEPT replaced;
  ${family}_param PATH_TRANSLATED $document_root$uri;
  ${family}_hide_header X-Hidden;
  ${family}_pass 127.0.0.1:${port};
}
location /quiet/ { ${family}_pass_request_headers off; ${family}_pass 127.0.0.1:${port}; }
location ~ \\.php { ${family}_param REQUEST_URI $request_uri; ${family}_param URI $uri; ${family}_pass 127.0.0.1:${port};
  ${
    family === "fastcgi"
      ? `fastcgi_split_path_info ^(.+\\.php)(/.*)$; fastcgi_index index.php; fastcgi_param SCRIPT_FILENAME /r$fastcgi_script_name;
         fastcgi_param PATH_INFO $fastcgi_path_info;`
      : ""
  } }
location @back { ${family}_pass 127.0.0.1:${port}; }
location /try/ { root /nowhere; try_files $uri @back; }
`;

const URIS = ["/", "/x?y=1", "/own/%20a?b", "/quiet/", "/a.php/info/x", "/a.php", "/d/x.php/", "/try/this?z"];
const HEADERS = [
  ["Accept", "text/html"],
  ["X-Outer", "client"],
  ["X-Some-Thing", "a"],
  ["Cookie", "c=d"],
] as const;

describe.skipIf(binaries.length === 0).each(binaries)("gateways behind %s", (binary) => {
  const folder = temporaryFolder();
  const gateways = new Map<Family, Gateway>();
  const ports = new Map<Family, number>();
  let nginx: RunningNginx;
  let configuration: Configuration;

  beforeAll(async () => {
    gateways.set("fastcgi", await startFastcgi());
    gateways.set("scgi", await startScgi());
    gateways.set("uwsgi", await startUwsgi());
    const free = await freePorts(FAMILIES.length);
    for (const [index, family] of FAMILIES.entries()) ports.set(family, free[index] ?? 0);
    const servers = FAMILIES.map(
      (family) =>
        `server { listen 127.0.0.1:${ports.get(family)}; ${inside(family, gateways.get(family)?.port ?? 0)} }`,
    );
    const text = mainConfig(folder, `access_log off;\n${servers.join("\n")}`);
    const entry = parse(text, "nginx.conf");
    configuration = new Configuration({
      entry,
      top: "main",
      includes: new Map(),
      files: [entry],
      fragment: false,
    });
    nginx = await startNginx(binary, folder, text, free[0] ?? 0);
  });

  afterAll(async () => {
    await nginx?.stop();
    for (const gateway of gateways.values()) await gateway.close();
    removeFolder(folder);
  });

  it.each(FAMILIES.flatMap((family) => URIS.map((uri) => ({ family, uri }))))(
    "$family $uri",
    async ({ family, uri }) => {
      const port = ports.get(family) ?? 0;
      const headers = [["Connection", "close"], ...HEADERS] as const;
      const { outcome, requestHeaders, responseHeaders } = simulate(
        { host: "a.test", uri, headers, address: "127.0.0.1", local: { address: "127.0.0.1", port } },
        {
          configuration,
          prefix: folder,
          files: () => "missing",
          upstream: () => ({
            status: 200,
            headers: [
              ["Content-Type", "application/json"],
              ["X-Pad", "pad"],
            ],
          }),
        },
      );
      const answer = await askRaw({
        port,
        method: "GET",
        uri,
        version: "1.1",
        headers: [["Host", "a.test"], ...headers],
      });
      expect(outcome).toMatchObject({ kind: family, status: answer.status });
      expect(JSON.parse(answer.body) as Parameters).toEqual(
        requestHeaders.map(({ name, value }) => [name, value]),
      );
      const sent = answer.headers.map(([name]) => name).filter((name) => /^(Content-Type|X-)/.test(name));
      expect(sent.sort()).toEqual(responseHeaders.map(({ name }) => name).sort());
    },
  );
});
