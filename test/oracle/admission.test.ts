/**
 * Who is let in, against nginx itself: where the model says that strangers are, nginx hands its witness the file; where it says
 * that none is, nobody gets it. Addresses are claimed by a header that only these servers believe. Seeded.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "../../src/parser/index.ts";
import { Configuration, Model, type Request } from "../../src/semantics/index.ts";
import { type AccessSite, accessSite, type Visitor, visitor } from "../semantics/access-sites.ts";
import {
  askRaw,
  freePorts,
  mainConfig,
  nginxBinaries,
  removeFolder,
  startNginx,
  temporaryFolder,
} from "./requests/nginx.ts";

const SEED = Number(process.env.ORACLE_SEED ?? 20);
const SITES = Number(process.env.ORACLE_SITES ?? 120);
const VISITORS = 8;

const binaries = nginxBinaries();

let folder = "";

beforeAll(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, "root"));
  for (const name of ["m", "inner"]) writeFileSync(join(folder, "root", name), "the file");
  writeFileSync(join(folder, "passwords"), "user:{PLAIN}pass\n");
});

afterAll(() => removeFolder(folder));

function placed(text: string): string {
  return text.replaceAll("@ROOT@", join(folder, "root")).replaceAll("@PASSWORDS@", join(folder, "passwords"));
}

/** The header in which nginx looks for the address of a site's clients. */
function addressHeader({ inside }: AccessSite): string {
  return inside.includes("set_real_ip_from") ? "X-Real-IP" : "X-Test-Address";
}

/** Whether nginx hands the file to somebody. */
async function getsFile(site: AccessSite, port: number, request: Request): Promise<boolean> {
  const name = addressHeader(site);
  const headers = [...(request.headers ?? [])];
  const claims = headers.some(([each]) => each === name);
  const answer = await askRaw({
    port,
    method: "GET",
    uri: request.uri,
    version: "1.1",
    headers: [
      ["Host", request.host ?? "a.example"],
      ["Connection", "close"],
      ...(claims ? [] : [[name, request.address ?? ""] as const]),
      ...headers,
    ],
  });
  return answer.status === 200 && answer.body === "the file";
}

describe.skipIf(binaries.length === 0).each(binaries)("strangers at %s", (binary) => {
  it(`are let in as the model says (${SITES} sites, seed ${SEED})`, { timeout: 600_000 }, async () => {
    const sites = fc.sample(accessSite, { numRuns: SITES, seed: SEED });
    const visitors = fc.sample(fc.array(visitor, { minLength: VISITORS, maxLength: VISITORS }), {
      numRuns: SITES,
      seed: SEED,
    });
    const [ready = 0, ...ports] = await freePorts(SITES + 1);
    const servers = (listen: (index: number) => string) =>
      sites.map(({ inside }, index) => `server { ${listen(index)} server_name a.example; ${inside} }`);
    const top = sites[0]?.top ?? "";
    const real = `set_real_ip_from 127.0.0.1; real_ip_header X-Test-Address; access_log off; ${top}
      server { listen 127.0.0.1:${ready}; }
      ${servers((index) => `listen 127.0.0.1:${ports[index]};`)
        .map((text) => text.replace(/set_real_ip_from/, "real_ip_header X-Real-IP; set_real_ip_from"))
        .join("\n")}`;
    const entry = parse(
      placed(`${top}\n${servers(() => "listen 80; listen [::]:80;").join("\n")}`),
      "nginx.conf",
    );
    const tree = { entry, top: "http" as const, includes: new Map(), files: [entry], fragment: false };
    const model = new Model(new Configuration(tree), null);
    const nginx = await startNginx(binary, folder, mainConfig(folder, placed(real)), ready);
    const wrong: string[] = [];
    const counts = { open: 0, closed: 0, unknown: 0 };
    try {
      for (const [index, site] of sites.entries()) {
        const port = ports[index] ?? 0;
        const admission = model.servers[index]?.admits("/m");
        if (admission === undefined) throw new Error("no server");
        counts[admission.kind]++;
        if (admission.kind === "open") {
          if (!(await getsFile(site, port, admission.request)))
            wrong.push(`${JSON.stringify(admission.request)} is refused by\n${site.inside}`);
          continue;
        }
        if (admission.kind === "unknown") continue;
        const requests = (visitors[index] ?? []).map((each: Visitor) => ({ uri: "/m", ...each }));
        for (const request of requests) {
          if (await getsFile(site, port, request))
            wrong.push(`${JSON.stringify(request)} is let in by\n${site.inside}`);
        }
      }
    } finally {
      await nginx.stop();
    }
    expect(wrong.slice(0, 3).join("\n")).toBe("");
    expect(counts.unknown).toBe(0);
    expect(counts.open).toBeGreaterThan(SITES / 10);
    expect(counts.closed).toBeGreaterThan(SITES / 10);
  });
});
