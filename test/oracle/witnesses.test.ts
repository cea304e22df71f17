/**
 * The requests that findings show, sent to nginx: the bad examples of rules about files run in a folder of their own, where the
 * file lies that the simulation names, and nginx sends it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RULES } from "../../src/rules/index.ts";
import { Configuration, Model } from "../../src/semantics/index.ts";
import { reportsOf } from "../rules/ask.ts";
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

/** A bad example with its folders in `folder`, on the port. */
function placed(text: string, folder: string, port: number): string {
  const moved = text
    .replace(/(?<=\s)\/(?:srv|var|home|opt|usr|etc)\//g, `${folder}/on-disk/`)
    .replace(/^(\s*listen) [^;]*;/gm, `$1 127.0.0.1:${port};`);
  const inHttp = /^\s*http \{/m.exec(moved);
  if (inHttp === null)
    return moved.includes("listen") ? moved : moved.replace("server {", `server { listen 127.0.0.1:${port};`);
  return moved.slice(inHttp.index + inHttp[0].length, moved.lastIndexOf("}"));
}

interface Shown {
  readonly id: string;
  readonly uri: string;
}

/** The request of the first finding, where a file or a text answers it. */
const SHOWN: readonly Shown[] = RULES.flatMap((rule) => {
  const [report] = reportsOf(rule, rule.docs.bad);
  const uri = /^GET (\/\S*)$/.exec(report?.witness?.value ?? "")?.[1];
  if (uri === undefined || /ssl|_pass /.test(rule.docs.bad.replaceAll("fastcgi_pass", ""))) return [];
  const kind = new Model(new Configuration(treeOf(rule.docs.bad)), null).servers.at(0)?.ask(uri).outcome.kind;
  return kind === "static" || kind === "return" ? [{ id: rule.id, uri }] : [];
});

describe.skipIf(binaries.length === 0).each(binaries)("the requests of findings, sent to %s", (binary) => {
  let folder = "";
  let port = 0;

  beforeAll(async () => {
    folder = temporaryFolder();
    [port = 0] = await freePorts(1);
    writeFileSync(join(folder, "fastcgi.conf"), "");
  });

  afterAll(() => removeFolder(folder));

  it("are those of many rules", () => {
    expect(SHOWN.length).toBeGreaterThan(10);
  });

  it.each(SHOWN)("$id: $uri is answered as the finding says", async ({ id, uri }) => {
    const text = mainConfig(
      folder,
      placed(RULES.find((rule) => rule.id === id)?.docs.bad ?? "", folder, port),
    );
    const server = new Model(new Configuration(treeOf(text)), null).servers.at(0);
    const { outcome } =
      server?.ask(uri, { files: (path) => (path.endsWith("/") ? "directory" : "file") }) ?? {};
    const isFile = outcome?.kind === "static" && outcome.status === 200;
    if (isFile && outcome.target !== null) {
      // A folder that a path leads through has to be there, also where `..` leaves it.
      for (const path of [outcome.target.replace(/\/\.\.\/.*/, "/x"), outcome.target]) {
        mkdirSync(dirname(normalize(path)), { recursive: true });
      }
      writeFileSync(normalize(outcome.target), `the file of ${id}`);
    }
    const nginx = await startNginx(binary, folder, text, port);
    try {
      const headers: [string, string][] = [
        ["Host", server?.host ?? "a.test"],
        ["Connection", "close"],
      ];
      const answer = await askRaw({ port, method: "GET", uri, version: "1.1", headers });
      expect(answer.status).toBe(outcome?.status);
      if (isFile) expect(answer.body).toBe(`the file of ${id}`);
    } finally {
      await nginx.stop();
    }
  });
});
