/** What a hostile configuration cannot do: hang a run, take its memory, or make a rule throw. No clock is asked. */
import { describe, expect, it } from "vitest";
import { lint, lintText } from "../../src/linter/index.ts";
import { parse } from "../../src/parser/index.ts";
import { defineRule, type Rule } from "../../src/rules/rule.ts";
import { Configuration, type SourceTree } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";

const lintStrictly = (text: string) => lintText(text, { presets: ["strict"] });
const repeat = (times: number, write: (n: number) => string) =>
  Array.from({ length: times }, (_, n) => write(n)).join("\n");
const serverOf = (inside: string) => `events {}\nhttp {\nserver {\nlisten 80;\nroot /srv;\n${inside}\n}\n}\n`;

describe("patterns that are too costly together", { timeout: 60_000 }, () => {
  const rules = ["location-unreachable", "regex-unescaped-dot", "regex-unanchored-extension"];
  const lintPatterns = (text: string) => lintText(text, { only: rules });
  // What comes first to mind for one of them is the first one's: no example tells.
  const hostile = serverOf(repeat(4, (n) => `location ~ (a|b)*a(a|b){30}(c|d${n}) { return 200 ok; }`));

  it("are told once a rule", () => {
    const told = lintPatterns(hostile).findings.filter(({ message }) => message.startsWith("Not decided"));
    expect(told.length).toBeGreaterThan(0);
    expect(new Set(told.map(({ ruleId }) => ruleId)).size).toBe(told.length);
    expect(new Set(told.map(({ severity }) => severity))).toEqual(new Set(["info"]));
  });

  it("are told the same in a second run", () => {
    expect(lintPatterns(hostile)).toEqual(lintPatterns(hostile));
  });

  it("leave the cheap ones decided", () => {
    const twins = "location ~ ^/a/(b|c)$ { return 200 ok; }\nlocation ~ ^/a/b$ { return 200 ok; }";
    const found = lintPatterns(hostile.replace("root /srv;", `root /srv;\n${twins}`)).findings;
    expect(found.filter(({ ruleId }) => ruleId === "location-unreachable").map(({ line }) => line)).toContain(
      7,
    );
  });

  it("are no reason to give up ordinary ones", () => {
    const usual = serverOf(
      repeat(60, (n) => `location ~* ^/app${n}/.*\\.(css|js|png|woff2)$ { expires 1d; }`),
    );
    expect(lintPatterns(usual).findings.some(({ message }) => message.startsWith("Not decided"))).toBe(false);
  });
});

describe("values that grow beyond what a request holds", () => {
  it.each([
    [
      "by `set`",
      serverOf(`set $v0 aa;\n${repeat(40, (n) => `set $v${n + 1} "$v${n}$v${n}";`)}\nreturn 301 /$v40;`),
    ],
    [
      "by `map`",
      `events {}\nhttp {\nmap $uri $x0 { default aa; }\n${repeat(60, (n) => `map $uri $x${n + 1} { default "$x${n}$x${n}"; }`)}\nserver { listen 80; return 301 /$x60; }\n}\n`,
    ],
    ["by redirects", serverOf(`return 301 /${"$uri".repeat(250)};`)],
  ])("are not built: %s", (_, text) => {
    const { findings, notifications } = lintStrictly(text);
    expect(notifications).toEqual([]);
    for (const { message } of findings) expect(message.length).toBeLessThanOrEqual(1_000);
  });
});

describe("what is long does not take its length twice", { timeout: 20_000 }, () => {
  it.each([
    [
      "names of `try_files`",
      serverOf(`location / { try_files ${repeat(15_000, (n) => `$uri/${n}`)} =404; }`),
    ],
  ])("%s", (_, text) => {
    expect(lintStrictly(text).notifications).toEqual([]);
  });
});

describe("rules", { timeout: 60_000 }, () => {
  const chain = repeat(1_000, (n) => `map $x${n + 1} $x${n} { default a; b "$x${n + 1}c"; }`);
  it.each([
    [
      "a location of six lookaheads",
      serverOf("location ~ ^/(?=.*a)(?=.*b)(?=.*c)(?=.*d)(?=.*e)(?=.*f).* { return 200 ok; }"),
    ],
    ["maps of maps", `events {}\nhttp {\n${chain}\nserver { listen 80; return 301 /$x0; }\n}\n`],
    [
      "a share that is none",
      "events {}\nhttp {\nsplit_clients $remote_addr $s { a x; }\nserver { listen 80; return 200 $s; }\n}\n",
    ],
  ])("do not throw at %s", (_, text) => {
    expect(lintStrictly(text).notifications).toEqual([]);
  });
});

it("names no file that is not there: nginx's own are spoken of where they are included", () => {
  const text =
    "server {\nlisten 80;\nlocation /a/ {\ninclude proxy_params;\nproxy_set_header X-More 1;\nproxy_pass http://127.0.0.1:8000;\n}\n}\n";
  const { findings } = lintText(text, { presets: ["strict"], name: "site.conf" });
  const named = findings.flatMap(({ file, related, details }) => [
    file,
    ...related.map((place) => place.file),
    ...details.flatMap(({ at }) => at?.file ?? []),
  ]);
  expect(new Set(named)).toEqual(new Set(["site.conf"]));
});

it("changes no file that is not there", () => {
  const text = `sub_filter a b;
location / {
  include proxy_params;
  proxy_set_header X-More 1;
  proxy_pass http://127.0.0.1:8000;
}
`;
  const { findings } = lintText(text, { presets: ["strict"], confidence: "low", name: "site.conf" });
  expect(findings.map(({ ruleId }) => ruleId)).toContain("sub-filter-compressed");
  const changed = findings.flatMap(({ fix }) => fix?.edits.map(({ file }) => file) ?? []);
  expect(changed).not.toContain("proxy_params");
});

describe("a file that is read in part", () => {
  const text = `events {}
http {
    server {
        listen 80;
        location / { proxy_pass http://app; }
        location /bad/ { proxxy_pass http://app; }
    }
    server { listen 80; server_name b; root /srv/b; add_header A b; }
    limit_req_zone $binary_remote_addr zone=app:10m rate=10r/s;
    upstream app { server 127.0.0.1:8000; }
}
`;
  const lintTo = (before: string) => {
    const entry = parse(text, "nginx.conf", text.indexOf(before));
    const files = [entry];
    return lint([{ entry, top: "main", includes: new Map(), files, fragment: false }]);
  };

  it("has a finding that says so, and those of what was read", () => {
    const { findings, notifications } = lintTo("    upstream app");
    expect(notifications).toEqual([]);
    const told = findings.filter(({ ruleId }) => ruleId === "syntax");
    expect(told.map(({ severity, line, message }) => [severity, line, message])).toEqual([
      ["warning", 10, "what follows is not read: there are more directives than a run takes"],
    ]);
    expect(findings.map(({ ruleId }) => ruleId)).toContain("unknown-directive");
  });

  it("is not blamed for what may be in the rest", () => {
    const ids = (result: ReturnType<typeof lint>) => result.findings.map(({ ruleId }) => ruleId);
    expect(ids(lintTo("    upstream app"))).not.toContain("undefined-reference");
    expect(ids(lintTo("    server { listen 80; server_name b;"))).not.toContain("root-missing");
    const names = (before: string) =>
      new Configuration({
        entry: parse(text, "a", text.indexOf(before)),
        top: "main",
        includes: new Map(),
        files: [],
        fragment: false,
      }).servers.map(({ context }) => context.incomplete);
    expect(names("    upstream app")).toEqual([false, false]);
    expect(names("        location /bad/")).toEqual([true]);
  });
});

describe("more than a run looks at one by one", { timeout: 60_000 }, () => {
  const seen: string[] = [];
  const rule = (scope: "server" | "configuration"): Rule =>
    defineRule({
      id: "counting",
      category: "routing",
      severity: "warning",
      confidence: "high",
      presets: ["recommended"],
      docs: { summary: "", why: "", bad: "", good: "", references: [] },
      ...(scope === "server"
        ? { scope, check: ({ server }) => void seen.push(server.host) }
        : { check: ({ configuration }) => void seen.push(configuration.root.tree.entry.name) }),
    });
  const counted = (trees: readonly SourceTree[], scope: "server" | "configuration") => {
    seen.length = 0;
    const { notifications } = lint(trees, { rules: [rule(scope)] });
    return [seen.length, notifications.map(({ level, message }) => `${level}: ${message}`)];
  };

  it("are servers, over all trees of a run", () => {
    const text = `events {}\nhttp {\n${"server { listen 80; }\n".repeat(12_000)}}\n`;
    expect(counted([treeOf({ a: text }), treeOf({ b: text })], "server")).toEqual([
      20_000,
      [
        "error: 4000 servers of b were not looked at by the rules about servers: a tree of that size is judged by its first ones",
      ],
    ]);
  });

  it("are servers, where a rule about the configuration goes through them", () => {
    const text = `events {}\nhttp {\n${"server { listen 80; }\n".repeat(20_001)}}\n`;
    const counts: number[] = [];
    const counting = defineRule({
      ...rule("configuration"),
      scope: "configuration",
      check: ({ model, servers }) => void counts.push(model.servers.length, servers.length),
    });
    lint([treeOf(text)], { rules: [counting] });
    expect(counts).toEqual([20_001, 20_000]);
  });

  it("are servers, told in one line", () => {
    const text = `events {}\nhttp {\n${"server { listen 80; }\n".repeat(12_000)}}\n`;
    const [, told] = counted(
      ["a", "b", "c", "d"].map((name) => treeOf({ [name]: text })),
      "server",
    );
    expect(told).toEqual([
      "error: 4000 servers of b and 24000 of 2 other files were not looked at by the rules about servers: a tree of that size is judged by its first ones",
    ]);
  });

  it("are trees", () => {
    const trees = Array.from({ length: 15_002 }, (_, n) => treeOf({ [`f${n}`]: "gzip on;" }, "http"));
    expect(counted(trees, "configuration")).toEqual([
      15_000,
      [
        "error: 2 files were not looked at: of files that no configuration includes, a run takes the first ones",
      ],
    ]);
  });

  it("are trees: each reading of a template is one", () => {
    const text = "{% if x %}\nroot /a;\n{% else %}\nroot /b;\n{% endif %}\n";
    const trees = Array.from({ length: 3_752 }, (_, n) => treeOf({ [`f${n}`]: text }, "server"));
    expect(counted(trees, "configuration")).toEqual([
      15_000,
      [
        "error: 2 files were not looked at: of files that no configuration includes, a run takes the first ones",
      ],
    ]);
  });
});

it("throws at no directive without what it needs", () => {
  const text = serverOf("location / { server_tokens #;\n}\nserver_tokens;\nserver_tokens");
  expect(lintStrictly(text).notifications).toEqual([]);
});

describe("more of a kind than fit on the stack", { timeout: 60_000 }, () => {
  const MANY = 130_000;
  it.each([
    [
      "entries of a map that picks the backend",
      "ssrf",
      `events {}\nhttp {\nmap $uri $b {\n${repeat(MANY, (n) => `/${n} 127.0.0.1;`)}\n}\nserver { listen 80; location / { proxy_pass http://$b; } }\n}\n`,
    ],
    [
      "regexes as names",
      "capture-overwritten",
      `events {}\nhttp {\nserver {\nserver_name ${repeat(MANY, (n) => `~^(a)${n}$`)};\nreturn 200 $1;\n}\n}\n`,
    ],
    ["captures that a value reads", "invalid-regex", serverOf(`rewrite ^/(a)$ /${"$1".repeat(MANY)};`)],
  ])("is looked at: %s", (_, rule, text) => {
    expect(lintText(text, { only: [rule] }).notifications).toEqual([]);
  });
});
