/**
 * The production configuration of the deployment guide (chapter 22): what the model says of its requests is what nginx does that
 * runs it, with its paths in a temporary folder and certificates made for the test.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultPolicy, fixTrees } from "../../src/linter/index.ts";
import { parse } from "../../src/parser/index.ts";
import { Configuration, type Simulation, simulate, treesOfTexts } from "../../src/semantics/index.ts";
import { answerHeaders, type Echo, type Echoed, startEcho } from "./requests/echo.ts";
import {
  type Answer,
  askRaw,
  freePorts,
  mainConfig,
  nginxBinaries,
  type RunningNginx,
  removeFolder,
  startNginx,
  temporaryFolder,
  versionOf,
} from "./requests/nginx.ts";

const GUIDE = join(import.meta.dirname, "../../../shared/guide/deployment-guide.txt");
const binaries = nginxBinaries();
const isThere = existsSync(GUIDE) && binaries.length > 0;
if (!isThere) console.warn("skipped: the deployment guide or nginx is not there");

const FILES: Readonly<Record<string, string>> = {
  "var/www/myapp/index.html": "the app",
  "var/www/myapp/favicon.ico": "icon",
  "var/www/myapp/static/js/main.js": "hashed",
  "var/www/django-static/admin/css/base.css": "django",
  "var/www/django-static/robots.txt": "robots",
  "var/www/media/cat.png": "cat",
  "var/www/django-static/.env": "secret",
  "var/www/django-static/dump.sql": "secret",
};

interface Asked {
  readonly title: string;
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly uri: string;
  readonly address: string;
}

const OUTSIDE = "203.0.113.7";
const ask = (url: string, address = OUTSIDE): Asked => {
  const { protocol, host, pathname, search } = new URL(url);
  const scheme = protocol === "https:" ? "https" : "http";
  return { title: `${url} from ${address}`, scheme, host, uri: `${pathname}${search}`, address };
};

const REQUESTS = [
  ask("https://myapp.com/django-static/admin/css/base.css"),
  ask("https://myapp.com/django-static/robots.txt"),
  ask("https://myapp.com/index.html"),
  ask("https://myapp.com/dashboard"),
  ask("https://myapp.com/"),
  ask("https://myapp.com/static/js/main.js"),
  ask("https://myapp.com/static/js/old.js"),
  ask("http://myapp.com/.well-known/acme-challenge/x"),
  ask("https://myapp.com/.well-known/acme-challenge/x"),
  ask("https://myapp.com/metrics"),
  ask("https://myapp.com/metrics", "10.0.0.5"),
  ask("https://myapp.com/metrics.js"),
  ask("https://myapp.com/api/users/?page=2"),
  ask("https://myapp.com/api/schema.js"),
  ask("https://www.myapp.com/admin/login/"),
  ask("https://myapp.com/admin"),
  ask("https://myapp.com/health/"),
  ask("https://myapp.com/media/cat.png"),
  ask("https://myapp.com/wp-login.php"),
  ask("https://other.example/api/"),
  ask("http://myapp.com/"),
  ask("http://other.example/a?b"),
];

/** What every response of the site is to carry. */
const HEADERS = [
  "Strict-Transport-Security",
  "X-Frame-Options",
  "X-Content-Type-Options",
  "Content-Security-Policy",
];

/** Requests that `--fix=unsafe` mends, or must leave refused: the status before, the body and the status after. */
const MENDED = [
  ["/django-static/admin/css/base.css", 404, 200, "django"],
  ["/django-static/robots.txt", 200, 200, "robots"],
  ["/index.html", 200, 200, "the app"],
  ["/static/js/main.js", 200, 200, "hashed"],
  ["/media/cat.png", 200, 200, "cat"],
  ["/django-static/.env", 403, 403, null],
  ["/django-static/dump.sql", 403, 403, null],
] as const;

const kinds = binaries.flatMap((binary) => [
  [binary, "as written", false] as const,
  [binary, "with all fixes", true] as const,
]);

describe.skipIf(!isThere).each(kinds)("the guide's configuration in %s, %s", (binary, _, isFixed) => {
  let folder = "";
  let echo: Echo;
  let nginx: RunningNginx;
  let ports: { readonly http: number; readonly https: number };
  let configuration: Configuration;

  beforeAll(async () => {
    folder = temporaryFolder();
    echo = await startEcho();
    const [http = 0, https = 0] = await freePorts(2);
    ports = { http, https };
    for (const [name, content] of Object.entries(FILES)) write(name, content);
    for (const name of ["var/log/nginx", "var/cache/nginx"])
      mkdirSync(join(folder, name), { recursive: true });
    write(
      "etc/nginx/mime.types",
      "types { text/html html; text/css css; application/javascript js; image/png png; }",
    );
    makeCertificate("etc/letsencrypt/live/myapp.com");
    const inside = moved(insideOf(isFixed ? fixed(readChapter22()) : readChapter22()));
    configuration = new Configuration(treeOf(inside));
    // The client's address for the test: nginx takes it from a header, the model is told.
    const trusting = `set_real_ip_from 127.0.0.1; real_ip_header X-Test-Address;\n${inside}`;
    nginx = await startNginx(
      binary,
      folder,
      mainConfig(folder, trusting).replace("keepalive_timeout 0;", ""),
      http,
    );
  });

  afterAll(async () => {
    await nginx?.stop();
    await echo?.close();
    removeFolder(folder);
  });

  function write(name: string, content: string): void {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }

  function makeCertificate(place: string): void {
    const at = (name: string) => join(folder, place, name);
    mkdirSync(join(folder, place), { recursive: true });
    const subject = ["-subj", "/CN=myapp.com", "-days", "2", "-nodes", "-newkey", "rsa:2048"];
    const files = ["-keyout", at("privkey.pem"), "-out", at("fullchain.pem")];
    execFileSync("openssl", ["req", "-x509", ...subject, ...files], { stdio: "ignore" });
    writeFileSync(at("chain.pem"), readFileSync(at("fullchain.pem")));
  }

  /** The inside of `http`, at home in the folder. */
  function moved(text: string): string {
    const hasHttp2 = Number(versionOf(binary).split(".")[1]) >= 25;
    return text
      .replaceAll(/listen \[::\]:80 [^;]*;/g, "")
      .replaceAll(/listen 80\b/g, `listen 127.0.0.1:${ports.http}`)
      .replaceAll(/listen 443\b/g, `listen 127.0.0.1:${ports.https}`)
      .replaceAll("127.0.0.1:8000", `127.0.0.1:${echo.port}`)
      .replaceAll(/http2 on;/g, hasHttp2 ? "http2 on;" : "")
      .replaceAll(/(?<=\s)\/(?=etc|var)/g, `${folder}/`);
  }

  function treeOf(text: string) {
    const entry = parse(text, "nginx.conf");
    const types = parse(readFileSync(join(folder, "etc/nginx/mime.types"), "utf8"), "mime.types");
    const includes = new Map(
      entry.items.flatMap((item) =>
        item.kind === "directive" && item.name.value === "include"
          ? [[item, { files: [types], problems: [] }] as const]
          : [],
      ),
    );
    return { entry, top: "http", includes, files: [entry, types], fragment: false } as const;
  }

  function model({ scheme, host, uri, address }: Asked): Simulation {
    return simulate(
      {
        scheme,
        host,
        uri,
        address,
        local: { address: "127.0.0.1", port: ports[scheme] },
        headers: [
          ["X-Test-Address", address],
          ["Connection", "close"],
        ],
      },
      {
        configuration,
        upstream: () => ({ status: 200, headers: answerHeaders(() => undefined) }),
        files: (path) => {
          const stat = statSync(path, { throwIfNoEntry: false });
          return stat === undefined ? "missing" : stat.isDirectory() ? "directory" : "file";
        },
      },
    );
  }

  it.each(MENDED)("answers %s", async (uri, before, after, body) => {
    const answer = await askRaw({
      port: ports.https,
      method: "GET",
      uri,
      version: "1.1",
      headers: [
        ["Host", "myapp.com"],
        ["X-Test-Address", OUTSIDE],
        ["Connection", "close"],
      ],
      sni: "myapp.com",
    });
    expect(answer.status).toBe(isFixed ? after : before);
    if (!isFixed) return;
    expect(answer.headers.map(([name]) => name)).toEqual(expect.arrayContaining(HEADERS));
    if (body !== null) expect(answer.body).toBe(body);
  });

  it.each(REQUESTS)("$title", async (asked) => {
    const { outcome, responseHeaders, requestHeaders, certain } = model(asked);
    const answer: Answer = await askRaw({
      port: ports[asked.scheme],
      method: "GET",
      uri: asked.uri,
      version: "1.1",
      headers: [
        ["Host", asked.host],
        ["X-Test-Address", asked.address],
        ["Connection", "close"],
      ],
      ...(asked.scheme === "https" ? { sni: asked.host } : {}),
    });
    expect(certain).toBe(true);
    expect(outcome.status).toBe(answer.status);
    const ignored =
      /^(date|server|content-length|connection|last-modified|etag|accept-ranges|transfer-encoding|expires)$/i;
    const lines = (headers: readonly (readonly [string, string])[]) =>
      headers
        .filter(([name]) => !ignored.test(name))
        .map(([name, value]) => `${name}: ${value}`)
        .sort();
    // How long an answer is, no configuration tells: below `gzip_min_length` nginx says nothing of gzip.
    const isShort = Buffer.byteLength(answer.body) < 1_024;
    const said = lines(responseHeaders.map(({ name, value }) => [name, value]));
    expect(said.filter((line) => !isShort || line !== "Vary: Accept-Encoding")).toEqual(
      lines(answer.headers),
    );
    if (outcome.kind === "static") expect(readFileSync(outcome.target ?? "", "utf8")).toBe(answer.body);
    if (outcome.kind === "proxy") {
      const { uri, headers } = JSON.parse(answer.body) as Echoed;
      expect(outcome.target).toBe(`http://django_backend${uri}`);
      expect(requestHeaders.map(({ name, value }) => [name, value])).toEqual(headers);
    }
  });
});

/** The inside of `http` of the first listing of the chapter. */
function readChapter22(): string {
  const text = readFileSync(GUIDE, "utf8");
  const chapter = text.slice(text.search(/^## 22/m), text.search(/^## 23/m));
  return /```\w*\n(.*?)```/s.exec(chapter)?.[1] ?? "";
}

function insideOf(listing: string): string {
  const open = listing.indexOf("{", listing.indexOf("http {"));
  return listing.slice(open + 1, listing.lastIndexOf("}"));
}

/** What `--fix=unsafe` makes of it. */
function fixed(listing: string): string {
  const trees = treesOfTexts(new Map([["nginx.conf", listing]]), "nothing");
  return fixTrees(trees, { policy: defaultPolicy }).files[0]?.after ?? listing;
}
