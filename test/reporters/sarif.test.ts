import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { LintResult } from "../../src/linter/index.ts";
import { formatReport } from "../../src/reporters/index.ts";
import { clean, finding, hostile, NGINX_CONF, options, ordinary, region, resultOf, rules } from "./sample.ts";

const schema = JSON.parse(
  readFileSync(new URL("../../fixtures/schemas/sarif-2.1.0.json", import.meta.url), "utf8"),
);
const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  formats: {
    uri: (text: string) => URL.canParse(text),
    "uri-reference": /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/,
    uuid: true,
    "date-time": true,
  },
});
const validate = ajv.compile(schema);

// biome-ignore lint/suspicious/noExplicitAny: a log is looked into freely
async function log(result: LintResult, rest: Partial<typeof options> = {}): Promise<any> {
  return JSON.parse(await formatReport("sarif", result, { ...options, ...rest }));
}

// biome-ignore lint/suspicious/noExplicitAny: a log is looked into freely
async function runOf(result: LintResult, rest: Partial<typeof options> = {}): Promise<any> {
  return (await log(result, rest)).runs[0];
}

describe("SARIF", () => {
  it.each([
    ["ordinary", ordinary],
    ["hostile", hostile],
    ["clean", clean],
  ])("is valid against the schema of 2.1.0: %s findings", async (_name, result) => {
    validate(await log(result, { workingDirectory: "/srv/the site" }));
    expect(validate.errors ?? []).toEqual([]);
  });

  it("would not pass the schema with a line 0 or an unknown level", async () => {
    const broken = await log(ordinary);
    broken.runs[0].results[0].locations[0].physicalLocation.region.startLine = 0;
    broken.runs[0].results[1].level = "info";
    expect(validate(broken)).toBe(false);
    expect(validate.errors?.map((error) => error.instancePath)).toEqual(
      expect.arrayContaining([
        "/runs/0/results/0/locations/0/physicalLocation/region/startLine",
        "/runs/0/results/1/level",
      ]),
    );
  });

  it("describes every rule of the catalogue, sorted, with what GitHub shows", async () => {
    const { driver } = (await runOf(ordinary)).tool;
    expect(driver).toMatchObject({ name: "nginx-lint", version: "1.2.3" });
    expect(driver.rules.map((rule: { id: string }) => rule.id)).toEqual(rules.map((rule) => rule.id).sort());
    const tls = driver.rules.find((rule: { id: string }) => rule.id === "tls-deprecated-protocols");
    expect(tls).toMatchObject({
      name: "TlsDeprecatedProtocols",
      shortDescription: { text: "What tls-deprecated-protocols finds." },
      fullDescription: { text: "Because." },
      helpUri: expect.stringMatching(/^https:.*tls-deprecated-protocols\.md$/),
      defaultConfiguration: { level: "error" },
      properties: {
        precision: "high",
        "problem.severity": "error",
        "security-severity": "7.5",
        tags: ["nginx", "tls", "security"],
      },
    });
    expect(tls.help.markdown).toContain("```nginx\nlocation /a { return 200 bad; }\n```");
    expect(tls.help.text).not.toContain("```");
  });

  it("never names a rule by its id: the standard wants two different words", async () => {
    const { driver } = (await runOf(clean)).tool;
    for (const rule of driver.rules) expect(rule.name.toLowerCase()).not.toBe(rule.id);
  });

  it("gives a security severity to rules of the security preset only", async () => {
    const { driver } = (await runOf(ordinary)).tool;
    const shadowed = driver.rules.find((rule: { id: string }) => rule.id === "location-shadowed");
    expect(shadowed.properties["security-severity"]).toBeUndefined();
    expect(shadowed.properties.tags).not.toContain("security");
  });

  it("points each result at its rule, also at one that the catalogue lacks", async () => {
    const run = await runOf(resultOf([finding(region(NGINX_CONF, "server"), { ruleId: "from-elsewhere" })]));
    for (const result of [...run.results, ...(await runOf(ordinary)).results]) {
      const { rules: known } =
        result.ruleId === "from-elsewhere" ? run.tool.driver : (await runOf(ordinary)).tool.driver;
      expect(known[result.ruleIndex].id).toBe(result.ruleId);
    }
  });

  it("says where: line, column, offset, and the text that stands there", async () => {
    const [result] = (await runOf(ordinary)).results;
    const { artifactLocation, region: at, contextRegion } = result.locations[0].physicalLocation;
    expect(artifactLocation).toEqual({ uri: "nginx.conf", uriBaseId: "SRCROOT", index: 0 });
    expect(at).toMatchObject({ startLine: 8, startColumn: 5, endLine: 8, endColumn: 51 });
    expect(at.snippet.text).toBe(NGINX_CONF.text.slice(at.charOffset, at.charOffset + at.charLength));
    expect(at.snippet.text).toBe("location ~* \\.(js|css|woff|woff2|ttf|eot|ico)$");
    expect(contextRegion.snippet.text).toBe("    location ~* \\.(js|css|woff|woff2|ttf|eot|ico)$ {");
    expect((await runOf(ordinary)).columnKind).toBe("utf16CodeUnits");
  });

  it("links related places from the message", async () => {
    const [result] = (await runOf(ordinary)).results;
    expect(result.message.text).toContain("See [line 5](1) (loses the request).");
    expect(result.relatedLocations[0]).toMatchObject({ id: 1, message: { text: "loses the request" } });
    expect(result.message.text).toContain("For example: GET /django-static/admin/css/base.css");
  });

  it("does not let a regular expression pass for a link or a placeholder", async () => {
    const message = "`location ~ ^/[a-z](1)` and `[0-9]{2}`.";
    const run = await runOf(resultOf([finding(region(NGINX_CONF, "server"), { message })]));
    expect(run.results[0].message.text).toBe("`location ~ ^/\\[a-z](1)` and `[0-9]{{2}}`.");
  });

  it("keeps a result's fingerprint when lines are added above it", async () => {
    const moved = { name: "nginx.conf", text: `# a\n# b\n${NGINX_CONF.text}` };
    const prints = async (file: typeof NGINX_CONF) =>
      (await runOf(resultOf([finding(region(file, "ssl_protocols"))], [file]))).results[0]
        .partialFingerprints;
    expect(await prints(moved)).toEqual(await prints(NGINX_CONF));
    expect(Object.keys(await prints(moved))).toEqual(["nginxLint/v1", "nginxLintLine/v1"]);
  });

  it("tells findings with one fingerprint apart", async () => {
    const twice = [finding(region(NGINX_CONF, "server")), finding(region(NGINX_CONF, "listen"))];
    const prints = (await runOf(resultOf(twice))).results.map(
      (result: { partialFingerprints: Record<string, string> }) => result.partialFingerprints["nginxLint/v1"],
    );
    expect(new Set(prints).size).toBe(2);
  });

  it("carries suppressed findings as suppressed, and the others as not", async () => {
    const { results } = await runOf(ordinary);
    expect(results.at(-1)).toMatchObject({
      ruleId: "metrics-unprotected",
      suppressions: [{ kind: "inSource", status: "accepted", justification: "behind a VPN" }],
    });
    expect(results[0].suppressions).toEqual([]);
    expect((await runOf(clean)).results).toEqual([]);
  });

  it("has a baseline state on all results or on none", async () => {
    const at = region(NGINX_CONF, "server");
    const compared = await runOf(
      resultOf([finding(at, { baselineState: "new" })], [NGINX_CONF], {
        suppressed: [finding(at, { baselineState: "unchanged", suppression: { kind: "baseline" } })],
      }),
    );
    expect(compared.results.map((result: { baselineState: string }) => result.baselineState)).toEqual([
      "new",
      "unchanged",
    ]);
    expect(compared.results[1].suppressions[0].kind).toBe("external");
    expect((await runOf(ordinary)).results[0]).not.toHaveProperty("baselineState");
  });

  it("describes a fix as replacements that give the repaired text", async () => {
    const fixes = (await runOf(ordinary)).results[2].fixes;
    const [{ deletedRegion, insertedContent }] = fixes[0].artifactChanges[0].replacements;
    const { text } = NGINX_CONF;
    const repaired =
      text.slice(0, deletedRegion.charOffset) +
      insertedContent.text +
      text.slice(deletedRegion.charOffset + deletedRegion.charLength);
    expect(repaired).toContain("\tssl_protocols\tTLSv1.2 TLSv1.3; # tabs");
    expect(deletedRegion).toMatchObject({ startLine: 14, startColumn: 16, endLine: 14, endColumn: 29 });
  });

  it("hashes the files, but not a text that lost bytes in decoding", async () => {
    const damaged = { name: "x.conf", text: "# \ufffd\n" };
    const { artifacts } = await runOf(resultOf([], [NGINX_CONF, damaged]));
    const hash = createHash("sha256").update(NGINX_CONF.text).digest("hex");
    expect(artifacts[0].hashes).toEqual({ "sha-256": hash });
    expect(artifacts[1]).not.toHaveProperty("hashes");
  });

  it("anchors relative names at the working directory, and names outside of it whole", async () => {
    const names = ["a b/x.conf", "./c.conf", "../up/d.conf", "/etc/nginx/nginx.conf", "ü#%.conf"];
    const run = await runOf(
      resultOf(
        [],
        names.map((name) => ({ name, text: "" })),
      ),
      { workingDirectory: "/srv/my site" },
    );
    expect(run.originalUriBaseIds.SRCROOT.uri).toBe("file:///srv/my%20site/");
    expect(run.artifacts.map((one: { location: { uri: string } }) => one.location.uri)).toEqual([
      "a%20b/x.conf",
      "c.conf",
      "file:///srv/up/d.conf",
      "file:///etc/nginx/nginx.conf",
      "%C3%BC%23%25.conf",
    ]);
  });

  it("reports problems of the run itself, and whether it succeeded", async () => {
    const failed = await runOf(
      resultOf([], [NGINX_CONF], { notifications: [{ level: "error", message: "`x` cannot be read" }] }),
      { exitCode: 2 },
    );
    expect(failed.invocations).toEqual([
      {
        executionSuccessful: false,
        exitCode: 2,
        toolExecutionNotifications: [{ level: "error", message: { text: "`x` cannot be read" } }],
      },
    ]);
    expect((await runOf(ordinary)).invocations[0]).toMatchObject({ executionSuccessful: true, exitCode: 1 });
  });

  it("is the same each time, however long the run took", async () => {
    expect(await formatReport("sarif", ordinary, { ...options, elapsedMs: 5 })).toBe(
      await formatReport("sarif", ordinary, { ...options, elapsedMs: 50 }),
    );
  });
});
