/** What a pattern leaves behind, and what it costs: `$1` where the model says that it is lost, and texts that PCRE gives up on. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "../../src/parser/index.ts";
import { attackOn, Configuration, lostCaptures, Model } from "../../src/semantics/index.ts";
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

/** A location, what to ask it, and what `$1` was meant to be. */
const CAPTURES: readonly (readonly [location: string, uri: string, meant: string])[] = [
  ['location ~ ^/a(.) { return 200 "[$1]"; }', "/ax", "x"],
  ['location ~ ^/b(.) { if ($request_method ~ POST) { set $y 1; } return 200 "[$1]"; }', "/bx", "x"],
  ['location ~ ^/c(.) { if ($request_method = POST) { set $y 1; } return 200 "[$1]"; }', "/cx", "x"],
  ['location ~ ^/d(.) { if ($request_method ~ GET) { return 200 "[$1]"; } }', "/dx", "x"],
  ['location ~ ^/e(.) { rewrite ^/nope /; return 200 "[$1]"; }', "/ex", "x"],
  ['location ~ ^/f(.) { rewrite ^/nope /x last; return 200 "[$1]"; }', "/fx", "x"],
  ['location ~ ^/g(.) { location ~ ^/gg { return 200 "[$1]"; } return 200 "[$1]"; }', "/ggx", "g"],
  ['location ~ ^/i { return 200 "[$1]"; }', "/i", "shop"],
  ['location /j { return 200 "[$1]"; }', "/j", "shop"],
  ['location ~ ^/k(.) { set $z $mapped; return 200 "[$1]"; }', "/kx", "x"],
  ['location ~ ^/l(.) { set $z $plain; return 200 "[$1]"; }', "/lx", "x"],
  ['location ~ ^/m(?<own>.) { if ($request_method ~ POST) { set $y 1; } return 200 "[$own]"; }', "/mx", "x"],
];

const PATTERNS = [
  "^/(a+)+$",
  "^/(a|a)*$",
  "^/([a-z0-9]+-?)+$",
  "^/(x+x+)+y",
  "^/(.*)*x",
  "^/(foo|bar|foobar)+$",
  "^/[a-z0-9]+(-[a-z0-9]+)*-?$",
  "^/((?>a+))+$",
];

const MAPS = "map $uri $mapped { ~^/k a; default b; } map $uri $plain { /lx a; default b; }";

const sites = CAPTURES.map(
  ([location]) => `server { listen 127.0.0.1:@PORT@; server_name ~^(\\w+)\\.example$; ${location} }`,
);

function ask(port = 0, uri: string, header: readonly [name: string, value: string]) {
  return askRaw({ port, method: "GET", uri, version: "1.0", headers: [header] });
}

describe.each(binaries)("%s", (binary) => {
  let nginx: RunningNginx;
  let folder = "";
  let ports: readonly number[] = [];

  beforeAll(async () => {
    folder = temporaryFolder();
    ports = await freePorts(CAPTURES.length + 1);
    const servers = sites.map((site, at) => site.replace("@PORT@", String(ports[at])));
    const locations = PATTERNS.map((pattern, at) => `if ($http_p${at} ~ "${pattern}") { return 204; }`);
    const config = `access_log off; ${MAPS} ${servers.join("\n")} server { listen 127.0.0.1:${ports.at(-1)}; ${locations.join("\n")} return 404; }`;
    nginx = await startNginx(binary, folder, mainConfig(folder, config), ports[0] ?? 0);
  });

  afterAll(async () => {
    await nginx.stop();
    removeFolder(folder);
  });

  it.each(CAPTURES.map((each, at) => [...each, at] as const))("%s", async (_, uri, meant, at) => {
    const { body } = await ask(ports[at], uri, ["Host", "shop.example"]);
    const text = `events {} http { ${MAPS} ${sites[at]?.replace("@PORT@", "80")} }`;
    const file = parse(text, "nginx.conf");
    const tree = {
      entry: file,
      top: "main",
      includes: new Map(),
      files: [file],
      fragment: false,
    } as const;
    const lost = lostCaptures(new Model(new Configuration(tree), null));
    expect(lost.length > 0, body).toBe(body !== `[${meant}]`);
    if (lost[0]?.always === true) expect(body).toBe("[]");
  });

  it.each(PATTERNS.map((pattern, at) => [pattern, at] as const))("%s", async (pattern, at) => {
    const attack = attackOn(pattern, false, (byte) => byte > 0x20 && byte < 0x7f);
    const text = attack === null ? `/${"a".repeat(60)}!` : attack.start + attack.pump.repeat(60) + attack.end;
    const { status } = await ask(ports.at(-1), "/", [`P${at}`, text]);
    // PCRE comes to its limit.
    expect(status).toBe(attack === null ? 404 : 500);
  });
});
