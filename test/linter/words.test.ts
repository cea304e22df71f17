import { describe, expect, it } from "vitest";
import { judge, Run } from "../../src/linter/index.ts";
import { MOST_PLACES, MOST_SAYINGS, type Saying, Words } from "../../src/linter/words.ts";
import { Configuration } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";

const SITES = `events {}
http {
    server { listen 80; server_name a; root /srv/a; }
    server { listen 80; server_name b; root /srv/b; server_tokens off; }
    server { listen 80; server_name c; root /srv/c; }
}
`;

function saying(about: readonly number[] | null, more: Partial<Saying> = {}): Saying {
  const [at] = new Configuration(treeOf(SITES)).all("server");
  if (at === undefined) throw new Error("no server");
  return { kind: "met", at, about, note: null, owner: null, items: ["x"], isOfItems: false, ...more };
}

describe("what rules say of servers", () => {
  it("is noted once for all of them, and once for each that it names", () => {
    const words = new Words();
    words.add(saying(null));
    words.add(saying([1], { kind: "violated" }));
    expect(words.size).toBe(2);
    expect(words.heard([0])).toMatchObject({ violated: { size: 0 }, met: { size: 1 } });
    expect(words.heard([1])).toMatchObject({ violated: { size: 1 }, met: { size: 1 } });
    expect(words.heard(null)).toMatchObject({ violated: { size: 1 }, met: { size: 1 } });
  });

  it("is kept up to a number, and from then on where it is news of a server", () => {
    const words = new Words();
    for (let i = 0; i < MOST_SAYINGS + 50; i++) words.add(saying([0]));
    expect(words.size).toBe(MOST_SAYINGS);
    expect(words.hasMore).toBe(true);
    words.add(saying([0], { kind: "violated" }));
    words.add(saying([7]));
    words.add(saying([7]));
    expect(words.size).toBe(MOST_SAYINGS + 2);
    expect(words.heard([0]).violated.size).toBe(1);
    expect(words.heard([7]).met.size).toBe(1);
  });

  it("is not pretended to be known where it names too many", () => {
    const words = new Words();
    const all = Array.from({ length: 20_000 }, (_, server) => server);
    for (let i = 0; i < 20; i++) words.add(saying(all));
    expect(words.isCut).toBe(true);
    expect(words.size).toBeLessThan(20);
  });

  it("names the servers of which an item is violated as each of them tells", () => {
    const { servers, violatorsOf, items } = judge(treeOf(SITES));
    const failing = [...items].filter(([, { outcome }]) => outcome === "violated").map(([item]) => item);
    expect(failing).toContain("headers.server-tokens");
    expect(violatorsOf("headers.server-tokens")).toEqual([0, 2]);
    for (const item of failing)
      expect([item, violatorsOf(item)]).toEqual([
        item,
        servers.flatMap((server, index) => (server.items.get(item)?.outcome === "violated" ? [index] : [])),
      ]);
  });

  it("comes of so many servers as a run judges", () => {
    const run = new Run();
    run.judged = 2;
    const { unseenServers, verdicts, servers, violatorsOf } = judge(treeOf(SITES), { run });
    expect([unseenServers, servers.length, run.judged]).toEqual([1, 2, 0]);
    expect(verdicts.get("dangerous-root")?.outcome).toBeDefined();
    expect(violatorsOf("headers.server-tokens")).toEqual([0]);
  });

  it("is about none of them where it is about one that was not judged", () => {
    const run = new Run();
    run.judged = 2;
    const text = SITES.replace("server_name c;", "server_name c; keepalive_timeout 0;");
    const { verdicts, servers } = judge(treeOf(text), { run });
    const outcomes = servers.map((server) => server.verdicts.get("keepalive-timeout")?.outcome);
    expect([verdicts.get("keepalive-timeout")?.outcome, ...outcomes]).toEqual(["violated", "met", "met"]);
  });

  it("names a thousand places of an item", () => {
    const many = `events {}\nhttp {\n${"server { listen 80; root /srv; server_tokens on; }\n".repeat(MOST_PLACES + 5)}}\n`;
    const rules = judge(treeOf(many), { run: new Run() }).items.get("headers.server-tokens");
    expect(rules).toMatchObject({ outcome: "violated", hasMore: true });
    expect(rules?.places).toHaveLength(MOST_PLACES);
  });
});
