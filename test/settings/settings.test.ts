import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lint } from "../../src/linter/index.ts";
import {
  createSettings,
  diskSettings,
  explain,
  explanationLines,
  initialSettings,
  loadSettings,
  originText,
  SettingsError,
} from "../../src/settings/index.ts";
import { treeOf } from "../linter/sample.ts";
import { folderOf, rules, settingsOf } from "./folder.ts";

describe("the settings file of a path", () => {
  it("is the nearest upward, from a file or a folder", async () => {
    const folder = folderOf({
      ".nginx-lint.yaml": "{}",
      "a/.nginx-lint.json": "{}",
      "a/b/nginx.conf": "",
      "c/nginx.conf": "",
    });
    expect(await diskSettings(null).find(join(folder, "a/b/nginx.conf"))).toBe(
      join(folder, "a/.nginx-lint.json"),
    );
    expect(await diskSettings(null).find(join(folder, "a/b"))).toBe(join(folder, "a/.nginx-lint.json"));
    expect(await diskSettings(null).find(join(folder, "c"))).toBe(join(folder, ".nginx-lint.yaml"));
  });

  it("in one folder is .yaml before .yml before .json before package.json", async () => {
    const all = {
      ".nginx-lint.yaml": "{}",
      ".nginx-lint.yml": "{}",
      ".nginx-lint.json": "{}",
      "package.json": '{"nginxLint":{}}',
    };
    const names = Object.keys(all);
    for (let i = 0; i < names.length; i++) {
      const folder = folderOf(Object.fromEntries(Object.entries(all).slice(i)));
      expect(await diskSettings(null).find(folder)).toBe(join(folder, names[i] ?? ""));
    }
  });

  it("is not a package.json without the key, nor a folder of that name", async () => {
    const folder = folderOf({
      ".nginx-lint.yaml": "{}",
      "a/package.json": '{"description":"no \\"nginxLint\\" here"}',
    });
    mkdirSync(join(folder, "a/.nginx-lint.yml"));
    expect(await diskSettings(null).find(join(folder, "a"))).toBe(join(folder, ".nginx-lint.yaml"));
  });
});

/** What `--print-config` says of one key. */
async function told(
  key: string,
  ...args: Parameters<typeof settingsOf>
): Promise<{ value: unknown; origin: string } | undefined> {
  const { settings, folder } = await settingsOf(...args);
  const entry = explain(settings, rules, "sites/x.conf", folder).find((one) => one.key === key);
  return entry && { value: entry.value, origin: originText(entry.origin) };
}

describe("a value", () => {
  it("is the default where nobody says anything", async () => {
    expect(await told("failOn", {})).toEqual({ value: "warning", origin: "default" });
    expect(await told("nginxVersion", {})).toEqual({ value: null, origin: "default" });
    expect(await told("presets", {})).toEqual({ value: "recommended", origin: "default" });
    expect(await told("confidence", { ".nginx-lint.yaml": "preset: strict" })).toEqual({
      value: "low",
      origin: "default",
    });
  });

  const base =
    "failOn: info\nnginxVersion: 1.30\nrules:\n  syntax: info\n  sample-options: [error, { limit: 1, strict: true }]\n";

  it("comes from an extended file, and later ones win", async () => {
    const files = {
      ".nginx-lint.yaml": "extends: [base.yaml, more.yaml]",
      "base.yaml": base,
      "more.yaml": "failOn: never",
    };
    expect(await told("failOn", files)).toEqual({ value: "never", origin: "more.yaml:1" });
    expect(await told("nginxVersion", files)).toEqual({ value: "1.30", origin: "base.yaml:2" });
  });

  it("of the file wins over what it extends, option by option", async () => {
    const files = {
      ".nginx-lint.yaml": "extends: base.yaml\nrules:\n  sample-options:\n    options:\n      limit: 2\n",
      "base.yaml": base,
    };
    expect(await told("rules.sample-options.options.limit", files)).toEqual({
      value: 2,
      origin: ".nginx-lint.yaml:5",
    });
    expect(await told("rules.sample-options.options.strict", files)).toEqual({
      value: true,
      origin: "base.yaml:5",
    });
    expect(await told("rules.sample-options", files)).toEqual({ value: "error", origin: "base.yaml:5" });
  });

  it("of an override wins for the files that match, the last override most", async () => {
    const files = {
      ".nginx-lint.yaml": `
rules: { syntax: info }
assume: { edge: true, hsts: here }
overrides:
  - files: sites/*
    rules: { syntax: error }
    assume: { edge: false }
  - files: ["*.tmpl", sites/x.conf]
    rules: { syntax: warning }
`,
    };
    expect(await told("rules.syntax", files)).toEqual({ value: "warning", origin: ".nginx-lint.yaml:9" });
    expect(await told("assume.edge", files)).toEqual({ value: false, origin: ".nginx-lint.yaml:7" });
    expect(await told("assume.hsts", files)).toEqual({ value: "here", origin: ".nginx-lint.yaml:3" });
    const { settings } = await settingsOf(files);
    expect(settings.policy.decisionsFor("nginx.conf").rules.get("syntax")?.severity).toBe("info");
    expect(settings.policy.decisionsFor("nginx.conf").assume).toEqual({ edge: true, hsts: "here" });
  });

  it("of the command line wins over all, overrides too", async () => {
    const files = {
      ".nginx-lint.yaml": "preset: security\noverrides: [{ files: '**', rules: { syntax: off } }]\n",
    };
    const line = {
      rules: new Map([["syntax", "error"] as const]),
      presets: ["recommended"] as const,
      failOn: "never" as const,
    };
    expect(await told("rules.syntax", files, line)).toEqual({ value: "error", origin: "command line" });
    expect(await told("failOn", files, line)).toEqual({ value: "never", origin: "command line" });
    expect(await told("presets", files, line)).toEqual({ value: "recommended", origin: "command line" });
    expect(await told("rules.sample-secure", files, line)).toEqual({ value: "off", origin: "default" });
  });

  it("of a rule may come from a preset", async () => {
    const files = { ".nginx-lint.yaml": "extends: [recommended, security]" };
    expect(await told("rules.sample-secure", files)).toEqual({ value: "error", origin: "preset security" });
    expect(await told("rules.sample-options", files)).toEqual({
      value: "warning",
      origin: "preset recommended",
    });
  });

  it("of a rule left out by --only is off, by the command line", async () => {
    expect(await told("rules.alias-traversal", {}, { only: ["sample-secure"] })).toEqual({
      value: "off",
      origin: "command line",
    });
    expect(await told("rules.syntax", {}, { only: ["sample-secure"] })).toEqual({
      value: "error",
      origin: "preset recommended",
    });
    expect(await told("rules.sample-secure", {}, { only: ["sample-secure"] })).toEqual({
      value: "error",
      origin: "command line",
    });
  });
});

describe("paths in settings", () => {
  it("are relative to the file that names them", async () => {
    const { settings, folder } = await settingsOf({
      ".nginx-lint.yaml": "extends: shared/base.yaml\nbaseline: b.json",
      "shared/base.yaml": "root: ./rootfs\nexclude: [vendor/**]",
      "shared/rootfs/etc/nginx/nginx.conf": "",
    });
    expect(settings.root).toBe(join(folder, "shared/rootfs"));
    expect(settings.baseline).toBe(join(folder, "b.json"));
    expect(settings.policy.decisionsFor("shared/vendor/x.conf").included).toBe(false);
    expect(settings.policy.decisionsFor("vendor/x.conf").included).toBe(true);
  });

  it("lead to a root that is there", async () => {
    const root = { ".nginx-lint.yaml": "extends: strict\nroot: ./nope" };
    await expect(settingsOf(root)).rejects.toThrow(
      /^\.nginx-lint\.yaml:2:1: the root nope is not a directory$/,
    );
    await expect(settingsOf({ a: "" }, { root: "a" })).rejects.toThrow(
      /^--root: the root a is not a directory$/,
    );
  });

  it("hold wherever the tool is started", async () => {
    const folder = folderOf({
      ".nginx-lint.yaml": "overrides: [{ files: sites/*, rules: { syntax: off } }]",
      "sites/x": "",
    });
    const cwd = join(folder, "sites");
    const settings = createSettings(await loadSettings("../.nginx-lint.yaml", rules, cwd), {}, rules, cwd);
    expect(settings.policy.decisionsFor("x").rules.get("syntax")?.severity).toBe("off");
    expect(settings.files).toEqual(["../.nginx-lint.yaml"]);
  });

  it("of files outside (nginx -T names them) match as a whole", async () => {
    const { settings } = await settingsOf({
      ".nginx-lint.yaml": "exclude: [mime.types, /etc/nginx/modules/*]",
    });
    const included = (file: string) => settings.policy.decisionsFor(file).included;
    expect([
      included("/etc/nginx/mime.types"),
      included("/etc/nginx/modules/a"),
      included("/etc/nginx/nginx.conf"),
    ]).toEqual([false, false, true]);
  });

  it("with include, only what matches counts", async () => {
    const { settings } = await settingsOf({ ".nginx-lint.yaml": "include: sites/\nexclude: sites/old.conf" });
    const included = (file: string) => settings.policy.decisionsFor(file).included;
    expect([included("sites/a/x.conf"), included("sites/old.conf"), included("nginx.conf")]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("the policy that settings make", () => {
  it("decides a run of the linter", async () => {
    const { settings } = await settingsOf({
      ".nginx-lint.yaml": "rules: { sample-options: error, sample-secure: off }",
    });
    const { findings } = lint([treeOf("root /a;\nindex a;\n")], { rules, policy: settings.policy });
    expect(findings.map(({ ruleId, severity }) => [ruleId, severity])).toContainEqual([
      "sample-options",
      "error",
    ]);
    expect(findings.map(({ ruleId }) => ruleId)).not.toContain("sample-secure");
  });

  it("takes a version as written: 1.30 is not 1.3", async () => {
    const { settings } = await settingsOf({ ".nginx-lint.yaml": "nginxVersion: 1.30" });
    expect(settings.version).toMatchObject({ major: 1, minor: 30 });
  });

  it("keeps what --fail-on and --max-warnings are asked", async () => {
    const { settings } = await settingsOf(
      { ".nginx-lint.yaml": "failOn: error\nmaxWarnings: 7" },
      { failOn: "info" },
    );
    expect(settings.exit).toEqual({ failOn: "info", maxWarnings: 7 });
  });
});

describe("what settings files take away from what the command line asks for", () => {
  const tellsOf = async (text: string, line: Parameters<typeof settingsOf>[1] = {}) =>
    (await settingsOf({ ".nginx-lint.yaml": text }, line)).settings.concessions.map(({ message }) => message);

  it("is told of confidence, beside what would count without them", async () => {
    const strict = { presets: ["strict"] } as const;
    expect(await tellsOf("confidence: medium", strict)).toEqual([
      "only findings of medium or high confidence count",
    ]);
    expect(await tellsOf("preset: strict\nconfidence: medium")).toHaveLength(1);
    expect(await tellsOf("confidence: high", strict)).toEqual(["only findings of high confidence count"]);
    expect(await tellsOf("confidence: low", strict)).toEqual([]);
    expect(await tellsOf("confidence: medium")).toEqual([]);
    expect(await tellsOf("confidence: medium", { ...strict, confidence: "low" })).toEqual([]);
  });

  it("is told of rules that it names", async () => {
    const only = { only: ["sample-secure"] };
    expect(await tellsOf("rules: { sample-secure: info }", only)).toEqual([
      "`sample-secure` is no more than info",
    ]);
    // `--only` has it count all the same.
    expect(await tellsOf("rules: { sample-secure: off }", only)).toEqual([]);
    expect(await tellsOf("rules: { syntax: off }", only)).toEqual(["`syntax` is off"]);
    expect(await tellsOf("rules: { sample-options: off }", only)).toEqual([]);
  });

  it("is told of a rule's usual severity, which keeps its graver cases down", async () => {
    const message = "`sample-options` is no more than warning";
    expect(await tellsOf("rules: { sample-options: warning }")).toEqual([message]);
    expect(await tellsOf("rules: { sample-options: error }")).toEqual([]);
    expect(await tellsOf("rules: { sample-secure: warning }")).toEqual([]);
  });
});

describe("mistakes on the command line", () => {
  it("name the option, and suggest", () => {
    const line = { rules: new Map([["sintax", "off"] as const]), only: ["nosuch"], nginxVersion: "new" };
    expect(() => createSettings(null, line, rules, "/")).toThrow(SettingsError);
    try {
      createSettings(null, line, rules, "/");
    } catch (error) {
      expect(String((error as Error).message).split("\n")).toEqual([
        "--rule sintax: there is no rule called `sintax`; did you mean `syntax`?",
        "--only nosuch: there is no rule called `nosuch`",
        "--nginx-version new: expected an nginx version such as `1.28.0`, `1.28` or `mainline`",
      ]);
    }
  });
});

describe("--print-config", () => {
  it("prints settings that can be read again, each with its origin", async () => {
    const files = {
      ".nginx-lint.yaml":
        "extends: [strict]\nnginxVersion: 1.30\nassume: { spa: [/app/] }\nrules:\n  sample-options: [info, { limit: 9 }]\n",
    };
    const { settings, folder } = await settingsOf(files, { failOn: "error" });
    const text = explanationLines(explain(settings, rules, "x.conf", folder)).join("\n");
    expect(text).toContain("presets:\n  - strict                                # .nginx-lint.yaml:1\n");
    expect(text).toContain("failOn: error                             # command line\n");
    expect(text).toContain("    severity: info                        # .nginx-lint.yaml:5\n");
    expect(text).toContain("      limit: 9                            # .nginx-lint.yaml:5\n");
    const again = await settingsOf({ ".nginx-lint.yaml": text });
    const values = (one: typeof settings) =>
      explain(one, rules, "x.conf", folder).map(({ key, value }) => [key, value]);
    expect(values(again.settings)).toEqual(values(settings));
  });
});

describe("the file that init writes", () => {
  const nothing = {
    entries: [],
    nginxVersion: null,
    tls: false,
    servers: 0,
    spa: [],
    presets: [],
    metricsPaths: [],
    root: null,
    vendored: [],
  };

  it("is valid for a tree of which nothing is known, and changes little", async () => {
    const text = initialSettings(nothing);
    const { settings } = await settingsOf({ ".nginx-lint.yaml": text });
    expect(settings.policy).toMatchObject({ presets: ["recommended"], requireReason: false });
    expect(settings.version).toBeNull();
    expect(settings.policy.decisionsFor("x").assume).toEqual({});
  });

  it("says what was seen", async () => {
    const text = initialSettings({
      entries: ["nginx.conf"],
      nginxVersion: "1.22.1",
      tls: false,
      servers: 2,
      spa: ["/", "/admin/"],
      presets: ["django-react"],
      metricsPaths: ["/stats #1"],
      root: "./rootfs",
      vendored: ["h5bp/**"],
    });
    const { settings, folder } = await settingsOf({ ".nginx-lint.yaml": text, "rootfs/a": "" });
    expect(settings.version).toMatchObject({ major: 1, minor: 22, patch: 1 });
    expect(settings.root).toBe(join(folder, "rootfs"));
    expect(settings.policy.presets).toEqual(["recommended", "django-react"]);
    expect(text).toContain('# exclude: ["h5bp/**"]\n');
    expect(text).toMatch(/^# yaml-language-server: \$schema=https:\/\/\S+\n/);
    expect(settings.policy.decisionsFor("x").assume).toEqual({
      edge: false,
      spa: ["/", "/admin/"],
      metricsPaths: ["/stats #1"],
    });
  });

  it("names every configuration, or says that there is none", () => {
    expect(initialSettings(nothing)).toContain("# There is no nginx.conf here");
    expect(initialSettings({ ...nothing, entries: ["nginx.conf"] })).toContain(
      "# Linting starts at nginx.conf.\n",
    );
    expect(initialSettings({ ...nothing, entries: ["a", "b\nrules:"] })).toContain(
      "configurations:\n#   a\n#   b?rules:\n",
    );
  });

  it("stays valid when its suggestions are uncommented", async () => {
    const text = initialSettings({ ...nothing, tls: true, servers: 1 })
      .replace(/^# (?=(?:nginxVersion|root|exclude|assume|rules|overrides|suppressions|baseline):)/gm, "")
      .replace(/^#(?= {3}\S)/gm, "");
    const { settings } = await settingsOf({ ".nginx-lint.yaml": text, "rootfs/a": "" });
    expect(settings.policy.decisionsFor("x").rules.get("unused-suppression")?.severity).toBe("info");
  });
});

describe("`extends` without measure", () => {
  const named = (names: readonly string[]) => `extends: [${names.join(", ")}]\n`;

  it("holds the overrides of a file once, however many ways lead to it", async () => {
    const files: Record<string, string> = {
      "l20.yaml": "overrides: [{ files: a.conf, rules: { alias-traversal: off } }]\n",
    };
    for (let i = 0; i < 20; i++)
      files[i === 0 ? ".nginx-lint.yaml" : `l${i}.yaml`] = named([`./l${i + 1}.yaml`, `./l${i + 1}.yaml`]);
    const { settings } = await settingsOf(files);
    expect(settings.layer.overrides).toHaveLength(1);
    expect(settings.decidedFor("a.conf").rules.get("alias-traversal")?.severity?.value).toBe("off");
  });

  it("lets a file that is named again hold where it is named last", async () => {
    const level = (word: string) => `overrides: [{ files: a.conf, rules: { alias-traversal: ${word} } }]\n`;
    const { settings } = await settingsOf({
      ".nginx-lint.yaml": named(["./a.yaml", "./b.yaml", "./a.yaml"]),
      "a.yaml": level("info"),
      "b.yaml": level("off"),
    });
    expect(settings.decidedFor("a.conf").rules.get("alias-traversal")?.severity?.value).toBe("info");
  });

  it("ends after a hundred files and a mebibyte", async () => {
    const chain: Record<string, string> = {};
    for (let i = 0; i < 150; i++)
      chain[i === 0 ? ".nginx-lint.yaml" : `l${i}.yaml`] = named([`./l${i + 1}.yaml`]);
    const refusal =
      /^l99\.yaml:1:11: `extends` leads to more than 100 files, or to more than 1024 KiB: not settings$/;
    await expect(settingsOf(chain)).rejects.toThrow(refusal);
    const long = `# ${"a".repeat(250_000)}\n{}\n`;
    const wide = ["a", "b", "c", "d", "e", "f"].map((name) => `${name}.yaml`);
    await expect(
      settingsOf({
        ".nginx-lint.yaml": named(wide.map((name) => `./${name}`)),
        ...Object.fromEntries(wide.map((name) => [name, long])),
      }),
    ).rejects.toThrow("more than 1024 KiB");
  });
});
