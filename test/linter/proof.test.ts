import { describe, expect, it, vi } from "vitest";
import { Allowance, fixTrees, lintAndProve } from "../../src/linter/index.ts";
import { replaceArguments } from "../../src/rules/fix.ts";
import { insertAfter } from "../../src/rules/fix-lines.ts";
import { RULES } from "../../src/rules/index.ts";
import { defineRule, type Fix, type Rule } from "../../src/rules/rule.ts";
import { Context, type Statement } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";

const SITE = `events {}
http {
    server {
        listen 80;
        server_name shop.example;
        root /srv/shop;
        location /static/ { alias /srv/static/; }
        location ~ /\\. { deny all; }
        location /api/ { proxy_pass http://127.0.0.1:8000; }
    }
}
`;

/** Reports every statement of that name whose first argument is that, with the fix that is made for it. */
function ruleFor(
  name: string,
  argument: string,
  fixOf: (statement: Statement) => Omit<Fix, "description">,
  witness?: string,
): Rule {
  return defineRule({
    id: `about-${name}`,
    category: "routing",
    severity: "warning",
    confidence: "high",
    presets: ["recommended"],
    docs: { summary: "", why: "", bad: "", good: "", references: [] },
    check({ configuration, report }) {
      for (const at of configuration.all(name)) {
        if (at.args[0] !== argument) continue;
        report({
          at,
          message: `${name} ${argument}`,
          fix: { description: "mend it", ...fixOf(at) },
          ...(witness === undefined ? {} : { witness: { kind: "request", value: `GET ${witness}` } }),
        });
      }
    },
  });
}

function prove(rules: readonly Rule[], site: string | Record<string, string> = SITE) {
  const { result, fixed } = lintAndProve([treeOf(site)], { rules });
  return {
    fixes: result.findings.map(({ fix }) =>
      fix === undefined ? null : { safe: fix.safe, changes: fix.changes },
    ),
    notes: result.notifications.map(({ message }) => message),
    applied: fixed.applied,
    texts: fixed.files.map(({ after }) => after),
  };
}

describe("proving fixes", () => {
  it("offers a safe one that changes no answer", () => {
    const rule = ruleFor("server_name", "shop.example", (at) => ({
      safe: true,
      edits: [replaceArguments(at, ["shop.example", "www.shop.example"])],
    }));
    const stays = prove([rule]);
    expect([stays.fixes, stays.applied]).toEqual([[null], 0]);
    expect(stays.notes).toEqual([
      "the fix of about-server_name at nginx.conf:5 is withheld: about-server_name would still report it",
    ]);
    const gone = ruleFor("alias", "/srv/static/", (at) => ({
      safe: true,
      edits: [replaceArguments(at, ['"/srv/static/"'])],
    }));
    // The words are the same to nginx, and to the rule.
    expect(prove([gone]).fixes).toEqual([null]);
    const log = ruleFor("error_log", "off", (at) => ({
      safe: true,
      edits: [replaceArguments(at, ["stderr"])],
    }));
    const { fixes, notes, texts } = prove([log], SITE.replace("root", "error_log off; root"));
    expect([fixes, notes]).toEqual([[{ safe: true, changes: [] }], []]);
    expect(texts[0]).toContain("error_log stderr;");
  });
  it("says of a safe one what it changes all the same, and offers it as unsafe", () => {
    const rule = ruleFor("alias", "/srv/static/", (at) => ({
      safe: true,
      edits: [replaceArguments(at, ["/srv/other/"])],
    }));
    const { fixes } = prove([rule]);
    expect(fixes).toEqual([{ safe: false, changes: [] }]);
  });
  it("tells what an unsafe one changes outside of the block that it is about", () => {
    const rule = ruleFor("alias", "/srv/static/", (at) => ({
      safe: false,
      edits: [
        replaceArguments(at, ["/srv/other/"]),
        ...(at.context.parent?.all("location") ?? []).flatMap(({ block }) =>
          (block?.all("proxy_pass") ?? []).map((pass) => replaceArguments(pass, ["http://127.0.0.1:9000"])),
        ),
      ],
    }));
    const { fixes, applied } = prove([rule]);
    expect(fixes[0]?.changes?.[0]).toMatch(
      /^`GET http:\/\/shop\.example\/api\/x` gets the answer of `http:\/\/127\.0\.0\.1:9000\/api\/x` instead of /,
    );
    expect(applied).toBe(1);
  });
  it("tells the same of one, whichever others are wanted", () => {
    const both = ruleFor("alias", "/srv/static/", (at) => ({
      safe: false,
      edits: [
        replaceArguments(at, ["/srv/other/"]),
        ...(at.context.parent?.all("location") ?? []).flatMap(({ block }) =>
          (block?.all("proxy_pass") ?? []).map((pass) =>
            insertAfter(pass, ["proxy_set_header X-Forwarded-Proto $scheme;"]),
          ),
        ),
      ],
    }));
    // Its own change is told of no other.
    const other = ruleFor("proxy_pass", "http://127.0.0.1:8000", (at) => ({
      safe: false,
      edits: [replaceArguments(at, ["http://127.0.0.1:9000"])],
    }));
    const alone = prove([both]).fixes[0];
    expect(alone?.changes?.[0]).toContain("goes with `X-Forwarded-Proto: http` to the upstream");
    expect(prove([both, other]).fixes).toEqual([alone, { safe: false, changes: [] }]);
    expect(prove([other, both]).fixes).toEqual([alone, { safe: false, changes: [] }]);
  });
  it("tells no more than the purpose where other places are named in which requests are handed on", () => {
    const rule = defineRule({
      ...ruleFor("proxy_pass", "http://127.0.0.1:8000", () => ({ safe: false, edits: [] })),
      check({ configuration, report }) {
        const passes = [...configuration.all("proxy_pass")];
        const [at, ...others] = passes;
        if (at === undefined || at.args[0] !== "http://127.0.0.1:8000") return;
        report({
          at,
          message: "the old one",
          related: others.map((each) => ({ at: each, message: "the same here" })),
          fix: {
            description: "the new one",
            safe: false,
            edits: passes.map((pass) => replaceArguments(pass, ["http://127.0.0.1:9000"])),
          },
        });
      },
    });
    const site = SITE.replace(
      "location /api/",
      "location /b/ { proxy_pass http://127.0.0.1:8000; } location /api/",
    );
    expect(prove([rule], site).fixes).toEqual([{ safe: false, changes: [] }]);
  });
  it("withholds what lets in who is refused, unless that request is what the finding is about", () => {
    const open = (witness?: string) =>
      ruleFor(
        "location",
        "/static/",
        (at) => ({ safe: false, edits: [replaceArguments(at, ["^~", "/static/"])] }),
        witness,
      );
    const withheld = prove([open()]);
    expect([withheld.fixes, withheld.applied]).toEqual([[null], 0]);
    expect(withheld.notes[0]).toBe(
      "the fix of about-location at nginx.conf:7 is withheld: it would let in what is refused: `GET http://shop.example/static/.env` gets `/srv/static/.env` instead of 403 (and 2 more)",
    );
    expect(prove([open("/static/app.js")]).fixes).toEqual([null]);
    const challenge = SITE.replace("location /static/", "location /.well-known/acme-challenge/");
    const needed = ruleFor(
      "location",
      "/.well-known/acme-challenge/",
      (at) => ({ safe: false, edits: [replaceArguments(at, ["=", "/.well-known/acme-challenge/x"])] }),
      "/.well-known/acme-challenge/x",
    );
    expect(prove([needed], challenge).fixes).toEqual([{ safe: false, changes: [] }]);
  });
  it("withholds what makes another rule report", () => {
    const rule = ruleFor("alias", "/srv/static/", (at) => ({
      safe: false,
      edits: [replaceArguments(at, ["/new/"])],
    }));
    const other = ruleFor("alias", "/new/", () => ({ safe: false, edits: [] }));
    const { notes, fixes } = prove([rule, { ...other, id: "other" }]);
    expect(fixes).toEqual([null]);
    expect(notes[0]).toContain("is withheld: other would report: alias /new/");
  });
  it("judges a snippet by all servers that include it", () => {
    const rule = ruleFor("deny", "all", (at) => ({ safe: false, edits: [insertAfter(at, ["allow all;"])] }));
    const first = ruleFor("deny", "all", (at) => ({
      safe: false,
      edits: [replaceArguments(at, ["10.0.0.0/8"])],
    }));
    const texts = {
      "nginx.conf": `events {}
http {
    server { listen 80; server_name a; location / { return 404; } include guard; }
    server { listen 80; server_name b; location / { return 200 b; } include guard; }
    server { listen 81; location /x { include guard; proxy_pass http://127.0.0.1:1; } }
}
`,
      guard: "deny all;\n",
    };
    expect(prove([rule], texts).notes[0]).toContain("would still report");
    expect(prove([first], texts).notes[0]).toContain("it would let in what is refused");
  });
  it("parts good ones from bad ones, and puts together what holds together", () => {
    const sites = Array.from(
      { length: 9 },
      (_, index) =>
        `server { listen 80; server_name s${index}; root /a; location ${index === 4 ? "= /guard" : "/b"} { deny all; } error_log off; }`,
    );
    const rule = ruleFor("error_log", "off", (at) => ({
      safe: true,
      edits: [replaceArguments(at, [at.context.all("location")[0]?.args[0] === "=" ? "off x" : "stderr"])],
    }));
    const text = `events {}\nhttp {\n${sites.join("\n")}\n}\n`;
    const { fixes, applied, texts } = prove([rule], text);
    expect(fixes.filter((fix) => fix === null).length).toBe(1);
    expect([applied, texts[0]?.split("error_log stderr;").length]).toEqual([8, 9]);
  });
  it("knows a finding again that told of several places, and tells of one of them now", () => {
    const rules = RULES.filter(({ id }) =>
      ["missing-proxy-headers", "upstream-keepalive-ineffective"].includes(id),
    );
    const site = `events {}
http {
    upstream app { server 127.0.0.1:8000; keepalive 8; }
    server {
        listen 80;
        location = /health/ { proxy_pass http://app; }
        location /stats { allow 10.0.0.0/8; deny all; proxy_pass http://app; }
        location / {
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_pass http://app;
        }
    }
}
`;
    const { fixes, notes } = prove(rules, site);
    expect(fixes.map((fix) => fix?.safe)).toEqual([false, false]);
    expect(notes).toEqual([]);
  });
  it("offers none in a report of a tree that takes too long to be looked at again", () => {
    const rule = ruleFor("alias", "/srv/static/", (at) => ({
      safe: true,
      edits: [replaceArguments(at, ["/srv/files/"])],
    }));
    const padding = `# ${"x".repeat(998)}\n`.repeat(600);
    const proveAt = (effort: "fix" | "report", text: string) => {
      const { result } = lintAndProve([treeOf(text)], { rules: [rule], effort });
      return [
        result.findings.map(({ fix }) => fix !== undefined),
        result.notifications.map(({ message }) => message),
      ];
    };
    const left =
      "1 fix is not offered: checking them takes more than a run is given; --fix spends more on them, and the next run goes on";
    expect(proveAt("report", `${SITE}${padding.repeat(4)}`)).toEqual([[false], [left]]);
    expect(proveAt("fix", `${SITE}${padding.repeat(4)}`)[1]).not.toContain(left);
    expect(proveAt("report", `${SITE}${padding}`)[1]).not.toContain(left);
  });

  it("offers no fixes that write more than a million characters together", () => {
    const rule = ruleFor("alias", "/srv/static/", (at) => ({
      safe: true,
      edits: [
        replaceArguments(at, ["/srv/other/"]),
        insertAfter(
          at,
          Array.from({ length: 1_000 }, () => `# ${"x".repeat(400)}`),
        ),
      ],
    }));
    const locations = ["a", "b", "c"]
      .map((name) => `location /${name}/ {\nalias /srv/static/;\n}\n`)
      .join("");
    const text = `events {}\nhttp {\nserver {\n${locations}}\n}\n`;
    const { result, fixed } = lintAndProve([treeOf(text)], { rules: [rule] });
    expect(result.findings.map(({ fix }) => fix !== undefined)).toEqual([true, true, false]);
    expect(fixed.files[0]?.after.length).toBeLessThan(1_000_000);
    expect(result.notifications.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^1 fix is not offered: checking them takes more than a run is given/),
    ]);
  });
});

describe("many fixes in a small tree", () => {
  const rule = ruleFor("alias", "/srv/static/", (at) => ({
    safe: false,
    edits: [replaceArguments(at, ["/srv/other/"])],
  }));
  const siteOf = (locations: number) => {
    const inside = Array.from({ length: locations }, (_, i) => `location /l${i}/ { alias /srv/static/; }\n`);
    return `events {}\nhttp {\nserver {\nlisten 80;\n${inside.join("")}}\n}\n`;
  };

  it("are not each held against every answer that differs", () => {
    const questionsFor = (locations: number) => {
      const outward = vi.spyOn(Context.prototype, "outward");
      lintAndProve([treeOf(siteOf(locations))], { rules: [rule] });
      const { length } = outward.mock.calls;
      outward.mockRestore();
      return length;
    };
    expect(questionsFor(80) / questionsFor(40)).toBeLessThan(3);
  });

  it("count as much as their findings take to be compared", () => {
    const spentOn = (text: string) => {
      const allowance = new Allowance();
      const { characters } = allowance;
      lintAndProve([treeOf(text)], { rules: [rule], allowance });
      return characters - allowance.characters;
    };
    const text = siteOf(400);
    // One run, and one look at all fixes together.
    expect(spentOn(text)).toBe(2 * text.length + 400 * 80);
  });

  it("are proven with one allowance in all rounds", () => {
    const spent = new Allowance();
    spent.characters = 10;
    const trees = [treeOf(siteOf(2))];
    const { files, result } = fixTrees(trees, { rules: [rule], allowance: spent });
    expect(files).toEqual([]);
    expect(result.notifications.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^2 fixes are not offered: checking them takes more than a run is given/),
    ]);
    expect(fixTrees(trees, { rules: [rule] }).files).toHaveLength(1);
  });
});
