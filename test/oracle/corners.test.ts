/**
 * The corners of a request's life, handler by handler and phase by phase: small sites, each asked over raw sockets, and
 * everything that can be seen compared with the model. `CORNER_REQUESTS` asks so many more, put together at random.
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "../../src/parser/index.ts";
import {
  Configuration,
  type FileState,
  isSince,
  parseVersion,
  type Simulation,
  simulate,
  type UpstreamAnswer,
  type Version,
} from "../../src/semantics/index.ts";
import { type CornerRequest, readRequest } from "./corners/request.ts";
import { expectedOf, isFollowed, seenOf } from "./corners/seen.ts";
import { COMMON, type CornerSite, SITES } from "./corners/sites.ts";
import { detailsOf, type Surroundings, startSurroundings } from "./corners/surroundings.ts";
import { answerHeaders } from "./requests/echo.ts";
import {
  askRaw,
  freePorts,
  mainConfig,
  nginxBinaries,
  removeFolder,
  startNginx,
  temporaryFolder,
  versionOf,
} from "./requests/nginx.ts";

const SEED = Number(process.env.ORACLE_SEED ?? 18);
const MORE = Number(process.env.CORNER_REQUESTS ?? 0);
const binaries = nginxBinaries();

let folder = "";
let around: Surroundings;

beforeAll(async () => {
  folder = temporaryFolder();
  around = await startSurroundings(folder);
});

afterAll(async () => {
  await around.close();
  removeFolder(folder);
});

const PREAMBLE = `lingering_close off; lingering_timeout 50ms; access_log off; proxy_cache_path @CACHE@ keys_zone=c:1m; fastcgi_cache_path @CACHE@f keys_zone=f:1m;
map $arg_x $m { default dflt; 1 one; ~^(?<rest>t.)o $1-$rest; }
map $uri $mu { / slash; default "d $arg_x"; }
map $arg_x $exp { default off; 1 5m; 2 max; 3 epoch; }
geo $g { default no; 127.0.0.0/8 loop; }
split_clients "$uri" $s { 50% half; * rest; }`;

const STICKY =
  "upstream stuck { server 127.0.0.1:@ECHO@; sticky cookie srv expires=max domain=$host path=/p httponly secure samesite=lax; }";

function httpOf(sites: readonly CornerSite[], ports: readonly number[], isSticky: boolean): string {
  const servers = sites.map(({ text, second }, index) => {
    const listen = `listen 127.0.0.1:${ports[index]};`;
    return `server { ${listen} ${text} }${second === undefined ? "" : `\nserver { ${listen} ${second} }`}`;
  });
  return `${PREAMBLE}\n${isSticky ? STICKY : ""}\n${servers.join("\n")}`
    .replaceAll("@ROOT@", around.root)
    .replaceAll("@CACHE@", `${folder}/cache`)
    .replaceAll("@PASSWORDS@", `${folder}/passwords`)
    .replaceAll(/@([A-Z]+)@/g, (whole, name: string) =>
      String(around.ports[name as keyof Surroundings["ports"]] ?? whole),
    );
}

function stateOf(path: string): FileState {
  try {
    const stat = statSync(path);
    return stat.isDirectory() ? "directory" : stat.isFile() ? "file" : "missing";
  } catch {
    return "missing";
  }
}

function model(
  configuration: Configuration,
  asked: CornerRequest,
  port: number,
  version: Version | null,
): Simulation {
  const answers = new Map<string, string>();
  const run = () =>
    simulate(
      { ...asked.request, address: "127.0.0.1", local: { address: "127.0.0.1", port } },
      {
        configuration,
        version,
        prefix: folder,
        files: (path) => stateOf(path),
        details: (path) => detailsOf(path),
        upstream: (url, headers) => upstreamAnswer(url, headers),
        answers,
      },
    );
  const first = run();
  for (const { question } of first.assumptions) {
    if (question.kind === "credentials") answers.set(question.key, "yes");
    if (question.key === `random_index ${around.root}/empty`) answers.set(question.key, "no");
  }
  return answers.size === 0 ? first : run();
}

function upstreamAnswer(
  url: string,
  headers: readonly { readonly name: string; readonly value: string }[],
): UpstreamAnswer {
  const port = Number(/:(\d+)/.exec(url)?.[1]);
  if (port === around.ports.DEAD) return { status: 502, unreachable: true };
  if (port === around.ports.MEMCACHED) return { status: headers[0]?.value.startsWith("/found") ? 200 : 404 };
  const json = ["Content-Type", "application/json"] as const;
  if (port === around.ports.GRPC) return { status: 200, headers: [json, ["x-up", "up"]] };
  if (port !== around.ports.ECHO && !url.includes("stuck"))
    return { status: 200, headers: [["Status", "200 OK"], json, ["X-Pad", "pad"]] };
  const asked = (name: string) => headers.find((each) => each.name.toLowerCase() === name)?.value;
  return { status: Number(asked("x-up-status") ?? 200), headers: answerHeaders(asked) };
}

/** Requests made of parts of those that are written down. */
function moreRequests(sites: readonly CornerSite[]): readonly (readonly [site: number, request: string])[] {
  const lines = [...COMMON, ...sites.flatMap(({ requests }) => requests)].filter(
    (line) => !/^host|@body|CONNECT|\/only\//.test(line),
  );
  const targets = lines.map((line) => line.split(" | ")[0]?.split(" ")[1] ?? "/");
  const headers = lines
    .flatMap((line) => line.split(" | ").slice(1))
    .filter((line) => !/^Content-Length|^Transfer|^Host|^Proxy-Connection/.test(line));
  const arbitrary = fc.tuple(
    fc.nat(sites.length - 1),
    fc
      .tuple(
        fc.constantFrom("GET", "GET", "GET", "HEAD", "POST", "PUT"),
        fc.constantFrom(...targets),
        fc.uniqueArray(fc.constantFrom(...headers), { maxLength: 3, selector: (line) => line.split(":")[0] }),
      )
      .map(([method, target, some]) => [`${method} ${target}`, ...some].join(" | ")),
  );
  return fc.sample(arbitrary, { seed: SEED, numRuns: MORE });
}

describe.skipIf(binaries.length === 0).each(binaries)("corners, to %s", (binary) => {
  it("are answered as the model says", { timeout: 3_600_000 }, async () => {
    const version = parseVersion(versionOf(binary));
    const only = process.env.CORNER_SITE;
    const holds = readFileSync(binary);
    const sites = SITES.filter(
      ({ since, name, word }) =>
        (word === undefined || holds.includes(word)) &&
        (since === undefined || isSince(version, since) === true) &&
        (only === undefined || name.includes(only)),
    );
    const [ready = 0, ...ports] = await freePorts(sites.length + 1);
    const text = mainConfig(
      folder,
      `server { listen 127.0.0.1:${ready}; }\n${httpOf(sites, ports, isSince(version, "1.29.6") === true)}`,
    );
    const entry = parse(text, "nginx.conf");
    const configuration = new Configuration({
      entry,
      top: "main",
      includes: new Map(),
      files: [entry],
      fragment: false,
    });
    const more = moreRequests(sites);
    const disagreements: string[] = [];
    let count = 0;
    let left = 0;
    const nginx = await startNginx(binary, folder, text, ready);
    try {
      for (const [index, site] of sites.entries()) {
        const port = ports[index] ?? 0;
        const extra = more.filter(([at]) => at === index).map(([, line]) => line);
        const asked = [...new Set([...site.requests, ...COMMON, ...extra])].map(readRequest);
        const answers = await Promise.all(asked.map((each) => askRaw({ port, ...each.raw })));
        for (const [at, each] of asked.entries()) {
          const answer = answers[at];
          if (answer === undefined) continue;
          count++;
          const simulation = model(configuration, each, port, version);
          if (!isFollowed(simulation)) {
            left++;
            continue;
          }
          const expected = expectedOf(simulation, each);
          const seen = seenOf(answer, each);
          if (JSON.stringify(expected) === JSON.stringify(seen)) continue;
          const trace = simulation.trace.map((step) => `    ${step.phase}: ${step.text}`);
          disagreements.push(
            [
              `${site.name}: ${each.line}`,
              site.text,
              ...trace,
              `model: ${JSON.stringify(expected)}`,
              `nginx: ${JSON.stringify(seen)}`,
            ].join("\n"),
          );
        }
      }
    } finally {
      await nginx.stop();
    }
    if (process.env.ORACLE_REPORT !== undefined)
      writeFileSync(join(process.env.ORACLE_REPORT), disagreements.join("\n\n"));
    console.log(
      `corners, ${binary}: ${sites.length} sites, ${count} requests, ${left} of which the model says that it does not follow them, ${disagreements.length} disagreements`,
    );
    expect(
      disagreements.length === 0 ? "" : `${disagreements.length} disagreements, such as\n${disagreements[0]}`,
    ).toBe("");
  });
});
