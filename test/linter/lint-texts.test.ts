import { describe, expect, it } from "vitest";
import { type LintResult, lintFiles, lintText } from "../../src/linter/index.ts";

const rules = (result: LintResult) =>
  result.findings.map(({ file, line, ruleId }) => `${file}:${line} ${ruleId}`);

const MAIN = "events {}\nhttp {\n  include mime.types;\n  include conf.d/*.conf;\n}\n";

describe("lintText", () => {
  it("lints a whole configuration, a part of one and a dump", () => {
    expect(rules(lintText("events {}\nhttp { server { listen 80 } }\n"))).toEqual(["nginx.conf:2 syntax"]);
    expect(rules(lintText("server { listen 80 }\n", { name: "site.conf" }))).toEqual(["site.conf:1 syntax"]);
    const dump = `# configuration file /etc/nginx/nginx.conf:\n${MAIN}\n# configuration file /etc/nginx/conf.d/a.conf:\nserver { listen 80 }\n`;
    expect(rules(lintText(dump))).toEqual([
      "/etc/nginx/conf.d/a.conf:1 syntax",
      "/etc/nginx/nginx.conf:3 missing-include",
    ]);
  });
  it("does not call missing what it was not given", () => {
    expect(rules(lintText("events {}\nhttp { include snippets/tls.conf; }\n"))).toEqual([]);
  });
});

describe("lintFiles", () => {
  it("follows includes among the texts, relative to the main file and below /etc/nginx", () => {
    const files = {
      "conf/nginx.conf": MAIN.replace("conf.d/", "/etc/nginx/conf.d/"),
      "conf/conf.d/a.conf": "server { listen 443 ssl; }\n",
    };
    const { findings } = lintFiles(files, { only: ["ssl-without-certificate"] });
    expect(findings.map(({ file, includeChain }) => [file, includeChain])).toEqual([
      ["conf/conf.d/a.conf", [{ file: "conf/nginx.conf", line: 4 }]],
    ]);
  });
  it("calls missing what is not among them, but not what every nginx has", () => {
    const text =
      "events {}\nhttp {\n  include mime.types;\n  include gone.conf;\n  include /srv/app/nginx.conf;\n}\n";
    expect(rules(lintFiles({ "nginx.conf": text }))).toEqual(["nginx.conf:4 missing-include"]);
  });
  it("takes a heading of a dump for a comment where nginx would", () => {
    const text = "# configuration file x.conf:\nevents {}\nhttp { server { listen 80 } }\n";
    expect(rules(lintFiles({ "nginx.conf": text }))).toEqual(["nginx.conf:3 syntax"]);
    const dump = `${text.replace("80", "80;")}# configuration file y.conf:\nserver { listen 81; root; }\n`;
    expect(rules(lintFiles({ dump })).map((each) => each.split(":")[0])).not.toContain("dump");
  });
  it("lints what no main file includes as a fragment, and one that includes itself", () => {
    const files = new Map([
      ["nginx.conf", "events {}\nhttp {}\n"],
      ["other.conf", "server { listen 80 }\n"],
      ["round.conf", "include round.conf;\nserver { listen 80 }\n"],
    ]);
    const result = lintFiles(files);
    expect(rules(result)).toEqual(["other.conf:1 syntax", "round.conf:2 syntax"]);
    expect(result.files.map(({ name }) => name)).toEqual(["nginx.conf", "other.conf", "round.conf"]);
  });
});

describe("options", () => {
  const text = "events {}\nhttp {\n  server { listen 443 ssl; }\n}\n";
  it("set severities, and turn rules off", () => {
    expect(lintText(text, { rules: { "ssl-without-certificate": "off" } }).summary.errors).toBe(0);
    const { findings } = lintText(text, {
      only: ["ssl-without-certificate"],
      rules: { "ssl-without-certificate": "info" },
    });
    expect(findings.map(({ severity }) => severity)).toEqual(["info"]);
  });
  it("name what does not exist", () => {
    expect(() => lintText(text, { rules: { "ssl-without-certificat": "off" } })).toThrow(
      "no rule called ssl-without-certificat; did you mean `ssl-without-certificate`?",
    );
    expect(() => lintText(text, { only: ["x"] })).toThrow(RangeError);
    expect(() => lintText(text, { nginxVersion: "new" })).toThrow("new is not an nginx version");
    for (const nginxVersion of ["9.9.9", "2.0.0"])
      expect(() => lintText(text, { nginxVersion })).toThrow(
        new RangeError(`there is no nginx ${nginxVersion}`),
      );
    expect(lintText(text, { nginxVersion: "1.99.0" }).summary.files).toBe(1);
  });
});
