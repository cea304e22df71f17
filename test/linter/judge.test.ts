import { describe, expect, it } from "vitest";
import { type Judgement, judge } from "../../src/linter/index.ts";
import { treesOfTexts } from "../../src/semantics/index.ts";

function judged(http: string): Judgement {
  const texts = new Map([["nginx.conf", `events {}\nhttp {\n${http}\n}\n`]]);
  const [tree] = treesOfTexts(texts, "tree");
  if (tree === undefined) throw new Error("no tree");
  return judge(tree);
}

/** `all; first; second`: what becomes of a rule in the tree and in each server. */
function outcomes({ verdicts, servers }: Judgement, rule: string): string {
  return [verdicts, ...servers.map((server) => server.verdicts)]
    .map((each) => each.get(rule)?.outcome ?? "failed")
    .join("; ");
}

const FILES = "listen 80; root /srv/www;";

describe("judge", () => {
  it("tells kept, violated and not applicable apart, server by server", () => {
    const sites = `
      server { ${FILES} server_name good; keepalive_timeout 60; }
      server { ${FILES} server_name bad; keepalive_timeout 0; }
      server { listen 80; server_name other; return 301 https://good$request_uri; }`;
    expect(outcomes(judged(sites), "keepalive-timeout")).toBe("violated; met; violated; not-applicable");
  });

  it("holds a line outside of servers against those in which it is in force", () => {
    const sites = `
      keepalive_timeout 0;
      server { ${FILES} server_name heir; }
      server { ${FILES} server_name own; keepalive_timeout 60; }`;
    const judgement = judged(sites);
    expect(outcomes(judgement, "keepalive-timeout")).toBe("violated; violated; met");
    expect(judgement.servers[0]?.verdicts.get("keepalive-timeout")?.places).toMatchObject([{ line: 4 }]);
  });

  it("holds a rule about one server against that one, wherever it points", () => {
    const sites = `
      root /etc;
      server { listen 80; server_name heir; }
      server { listen 80; server_name own; root /srv/www; }`;
    expect(outcomes(judged(sites), "dangerous-root")).toMatch(/^violated; violated; (?!violated)/);
  });

  it("names the servers and where they are", () => {
    const { servers } = judged(`server { ${FILES} server_name a b; }`);
    expect(servers).toMatchObject([{ names: ["a", "b"], at: { file: "nginx.conf", line: 3 } }]);
  });

  it("leaves out what is not sure enough", () => {
    const [tree] = treesOfTexts(
      new Map([["nginx.conf", `events {}\nhttp { server { ${FILES} } }\n`]]),
      "tree",
    );
    if (tree === undefined) throw new Error("no tree");
    const count = (confidence: "low" | "high") =>
      [...judge(tree, { confidence }).verdicts.values()].filter(({ outcome }) => outcome === "violated")
        .length;
    expect(count("low")).toBeGreaterThan(count("high"));
  });
});
