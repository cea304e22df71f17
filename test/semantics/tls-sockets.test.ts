import { describe, expect, it, vi } from "vitest";
import {
  Configuration,
  http2Listens,
  http2Of,
  listenSockets,
  listenSocketsOf,
} from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";

const of = (servers: string) => new Configuration(treeOf(`events {}\nhttp {\n${servers}}\n`));

describe("the addresses of servers", () => {
  it("are put together once, however many servers are asked about theirs", () => {
    const configuration = of("server { listen 443 ssl; }\n".repeat(200));
    const [first] = configuration.servers;
    if (first === undefined) throw new Error("no server");
    const looks = vi.fn(() => []);
    const { listens } = first;
    Object.defineProperty(first, "listens", {
      get() {
        looks();
        return listens;
      },
    });
    const states = configuration.servers.map((server) => http2Of(configuration, server));
    expect(new Set(states)).toEqual(new Set(["off"]));
    // Once for the addresses, and once for itself.
    expect(looks).toHaveBeenCalledTimes(2);
  });

  it("are those of a server, with what others say of them", () => {
    const configuration = of(`
      server { listen 80; listen 443 ssl; }
      server { listen 443 default_server http2; }
      server { listen 8080; }`);
    const [a, b, c] = configuration.servers.map(({ context }) =>
      listenSocketsOf(configuration, context).map(({ name }) => name),
    );
    expect([a, b, c]).toEqual([["0.0.0.0:80", "0.0.0.0:443"], ["0.0.0.0:443"], ["0.0.0.0:8080"]]);
    expect(listenSockets(configuration)).toMatchObject([
      { name: "0.0.0.0:80", isShared: false, isTls: false, isHttp2: false },
      { name: "0.0.0.0:443", isShared: true, isTls: true, isHttp2: true },
      { name: "0.0.0.0:8080", isShared: false },
    ]);
    const [, shared] = listenSockets(configuration);
    expect(shared?.defaultMember.server).toBe(configuration.servers[1]);
  });

  it("need `http2` of one where others would stop to speak it", () => {
    const alone = (servers: string) => http2Listens(of(servers)).map(({ isAlone }) => isAlone);
    expect(alone("server { listen 443 ssl http2; }")).toEqual([true]);
    expect(alone("server { listen 443 ssl http2; }\nserver { listen 443 ssl; }")).toEqual([false]);
    expect(alone("server { listen 443 ssl http2; }\nserver { listen 443 ssl http2; }")).toEqual([true, true]);
    expect(alone("server { listen 443 ssl http2; }\nserver { listen 443 ssl; http2 on; }")).toEqual([true]);
  });
});
