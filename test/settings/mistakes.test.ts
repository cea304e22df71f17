import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadSettings, publishedSchema, SettingsError } from "../../src/settings/index.ts";
import { folderOf, rules } from "./folder.ts";

/** The lines that a settings file earns; other files beside it may be given. */
async function mistakes(
  content: string | Uint8Array,
  others: Readonly<Record<string, string>> = {},
  name = ".nginx-lint.yaml",
): Promise<string[]> {
  const folder = folderOf({ ...others, [name]: content });
  try {
    await loadSettings(name, rules, folder);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    expect(error.problems).toHaveLength(error.message.split("\n").length);
    return error.message.split("\n");
  }
}

const ajv = new Ajv({ strict: true });
const published = ajv.compile(JSON.parse(JSON.stringify(publishedSchema(rules))));

/** What a file says, and the one line that it earns. */
const againstSchema: [name: string, content: string, line: string][] = [
  ["an unknown key", "rulez: {}", "1:1: there is no key called `rulez`; did you mean `rules`?"],
  ["a key of other case", "failon: error", "1:1: there is no key called `failon`; did you mean `failOn`?"],
  [
    "a misspelt rule",
    "rules:\n  sintax: off",
    "2:3: there is no rule called `sintax`; did you mean `syntax`?",
  ],
  [
    "a severity of another linter",
    "rules:\n  syntax: warn",
    "2:11: `rules.syntax` is `warn`, expected one of `off`, `info`, `warning`, `error`, or a list of severity and options, or keys with values; did you mean `warning`?",
  ],
  [
    "a severity as a number",
    "rules:\n  syntax: 2",
    "2:11: `rules.syntax` is the number `2`, expected one of `off`, `info`, `warning`, `error`, or a list of severity and options, or keys with values; did you mean `error`?",
  ],
  [
    "a severity as false",
    "rules: { syntax: false }",
    "1:18: `rules.syntax` is the boolean `false`, expected one of `off`, `info`, `warning`, `error`, or a list of severity and options, or keys with values; did you mean `off`?",
  ],
  [
    "a severity of no linter",
    "rules: { syntax: constructor }",
    "1:18: `rules.syntax` is `constructor`, expected one of `off`, `info`, `warning`, `error`, or a list of severity and options, or keys with values",
  ],
  ["rules as a list", "rules: [syntax]", "1:8: `rules` is a list, expected keys with values"],
  ["rules without a value", "rules:\nfailOn: error", "1:7: `rules` has no value, expected keys with values"],
  [
    "an unknown option",
    "rules:\n  sample-options: [error, { path: [] }]",
    "2:29: there is no option of `sample-options` called `path`; did you mean `paths`?",
  ],
  [
    "an option for a rule without",
    "rules:\n  syntax: [error, { deep: true }]",
    "2:21: there is no option of `syntax` called `deep`",
  ],
  [
    "an option of the wrong type",
    "rules:\n  sample-options:\n    options:\n      limit: many",
    "4:14: `rules.sample-options.options.limit` is `many`, expected a number",
  ],
  [
    "an item of the wrong type",
    "rules:\n  sample-options: [off, { paths: [a, 1] }]",
    "2:38: `rules.sample-options[1].paths[1]` is the number `1`, expected a text",
  ],
  ["an empty list for a rule", "rules: { syntax: [] }", "1:18: `rules.syntax` has 0 items, expected 1 to 2"],
  [
    "an unknown key of a rule",
    "rules: { syntax: { level: off } }",
    "1:20: there is no key of `syntax` called `level`",
  ],
  [
    "a bad version",
    "nginxVersion: latest",
    "1:15: `nginxVersion` is `latest`, expected an nginx version such as `1.28.0`, `1.28` or `mainline`",
  ],
  [
    "a version of the wrong type",
    "nginxVersion: [1, 28]",
    "1:15: `nginxVersion` is a list, expected an nginx version such as `1.28.0`, `1.28` or `mainline`",
  ],
  [
    "a misspelt preset",
    "preset: recomended",
    "1:9: `preset` is `recomended`, expected one of `recommended`, `django-react`, `security`, `strict`, or a list; did you mean `recommended`?",
  ],
  [
    "a misspelt preset to extend",
    "extends:\n  - security\n  - stric",
    "3:5: `extends[1]` is `stric`, expected one of `recommended`, `django-react`, `security`, `strict`, or a settings file (`./base.yaml`), relative to this one; did you mean `strict`?",
  ],
  [
    "an unknown failOn",
    "failOn: errors",
    "1:9: `failOn` is `errors`, expected one of `error`, `warning`, `info`, `never`; did you mean `error`?",
  ],
  [
    "fewer than no warnings",
    "maxWarnings: -1",
    "1:14: `maxWarnings` is the number `-1`, expected a whole number from 0",
  ],
  ["an override without files", "overrides:\n  - rules: {}", "2:5: `overrides[0]` needs the key `files`"],
  ["an override that is a mapping", "overrides: {}", "1:12: `overrides` is a mapping, expected a list"],
  [
    "a misspelt rule in an override",
    "overrides: [{ files: a, rules: { sintax: off } }]",
    "1:34: there is no rule called `sintax`; did you mean `syntax`?",
  ],
  [
    "an unknown assumption",
    "assume: { egde: false }",
    "1:11: there is no assumption called `egde`; did you mean `edge`?",
  ],
  [
    "an assumption of the wrong type",
    "assume: { edge: no }",
    "1:17: `assume.edge` is `no`, expected `true` or `false`",
  ],
  [
    "a URI without slash",
    "assume:\n  spa: [app/]",
    "2:9: `assume.spa[0]` is `app/`, expected a URI path such as `/app/`",
  ],
  [
    "a place for HSTS",
    "assume: { hsts: false }",
    "1:17: `assume.hsts` is the boolean `false`, expected one of `here`, `elsewhere`",
  ],
  [
    "an unknown key of suppressions",
    "suppressions: { requireReasons: true }",
    "1:17: there is no key of `suppressions` called `requireReasons`; did you mean `requireReason`?",
  ],
  ["an empty path", 'root: ""', "1:7: `root` is empty, expected a non-empty text"],
  [
    "a text in place of everything",
    "recommended",
    "1:1: a settings file is `recommended`, expected keys with values",
  ],
  [
    "a list in place of everything",
    "- extends: strict",
    "1:1: a settings file is a list, expected keys with values",
  ],
];

describe("a mistake against the schema", () => {
  it.each(againstSchema)("gives one line with its place: %s", async (_name, content, line) => {
    expect(await mistakes(content)).toEqual([`.nginx-lint.yaml:${line}`]);
  });

  it.each(againstSchema)("is seen by an editor that has the published schema: %s", (_name, content) => {
    expect(published(parse(content))).toBe(false);
  });
});

describe("a mistake in the text", () => {
  const cases: [string, string | Uint8Array, string][] = [
    [
      "nothing at all",
      "",
      "1:1: is empty; `nginx-lint init` writes a commented one, and `{}` stands for no settings",
    ],
    [
      "blanks alone",
      "\n \n",
      "1:1: is empty; `nginx-lint init` writes a commented one, and `{}` stands for no settings",
    ],
    [
      "a key given twice",
      "failOn: error\nrules: {}\nfailOn: info",
      "3:1: `failOn` is given twice; the first is at line 1",
    ],
    [
      "a rule given twice",
      "rules:\n  syntax: off\n  syntax: info",
      "3:3: `syntax` is given twice; the first is at line 2",
    ],
    ["tabs", "rules:\n\tsyntax: off", "2:1: indent YAML with spaces, not tabs"],
    [
      "two colons",
      "root: a: b",
      "1:7: two `:` on one line, or wrong indentation; quote a value that holds `: `",
    ],
    [
      "a range in a pattern",
      "exclude: [a, 'site{1..3}.conf']",
      "1:14: `exclude: site{1..3}.conf`: `{1..3}` is no range here: write what it stands for, as in `{1,2,3}`",
    ],
    [
      "a pattern that takes something back",
      "include: '!a'",
      "1:10: `include: !a`: `!` takes nothing back here: write patterns for what is meant",
    ],
    [
      "a pattern that leads out",
      "overrides: [{ files: a/../../b }]",
      "1:22: `files: a/../../b`: leads out of the folder that patterns start from: put the settings above what is meant",
    ],
    ["a quote left open", 'root: "x\n', '2:1: not YAML: Missing closing "quote'],
    [
      "several documents",
      "failOn: error\n---\nfailOn: info",
      "2:1: holds several documents (`---`); write one",
    ],
    ["a tag", "root: !!js/function x", "1:7: Unresolved tag: !!js/function; settings are plain data"],
    ["an alias of nothing", "root: *here", "1:7: there is no anchor `&here` before this alias"],
    ["a key that is a list", "[a]: b", "1:1: a key must be a plain word"],
    [
      "Latin-1",
      Uint8Array.from(Buffer.from("failOn: error\n# caf\xe9\n", "latin1")),
      "2:6: is not UTF-8; save it as UTF-8",
    ],
    ["UTF-16", Uint8Array.from([0xff, 0xfe, 0x61, 0]), "1:1: is UTF-16; save it as UTF-8"],
    ["a binary", "a\0b", "1:1: contains NUL bytes: not a text file"],
    ["too much", `# ${"x".repeat(300_000)}`, "1:1: is larger than 256 KiB: not a settings file"],
    [
      "deep nesting",
      `rules: ${"[".repeat(100)}${"]".repeat(100)}`,
      "1:40: is nested too deeply: not a settings file",
    ],
  ];
  it.each(cases)("gives one line with its place: %s", async (_name, content, line) => {
    expect(await mistakes(content)).toEqual([`.nginx-lint.yaml:${line}`]);
  });

  it("a bomb of aliases is put out", async () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) =>
        `  a${i}: &a${i} [${
          i === 0
            ? "x"
            : Array(9)
                .fill(`*a${i - 1}`)
                .join(", ")
        }]`,
    );
    const lines = await mistakes(`assume:\n${levels.join("\n")}\n`);
    expect(lines).toEqual([expect.stringMatching(/: is too large with its aliases expanded$/)]);
  });

  it("brackets by the ten thousand do not end the process", async () => {
    expect(await mistakes("[".repeat(100_000))).toHaveLength(1);
  });

  it("an alias within itself ends", async () => {
    expect(await mistakes("assume: &a { x: *a }")).toEqual([expect.stringMatching(/is nested too deeply/)]);
  });
});

describe("a mistake in JSON", () => {
  it("has its place, too", async () => {
    const text = '{\n  "rules": {\n    "sintax": "off"\n  }\n}\n';
    expect(await mistakes(text, {}, ".nginx-lint.json")).toEqual([
      ".nginx-lint.json:3:5: there is no rule called `sintax`; did you mean `syntax`?",
    ]);
  });

  it("is looked for in the own key of package.json only", async () => {
    const text = '{\n  "name": "x",\n  "nginxLint": { "failOn": 1 }\n}\n';
    expect(await mistakes(text, {}, "package.json")).toEqual([
      "package.json:3:28: `failOn` is the number `1`, expected one of `error`, `warning`, `info`, `never`",
    ]);
  });
});

describe("a mistake in what is extended", () => {
  it("a missing file is told where it is asked for, with the neighbour that was meant", async () => {
    expect(await mistakes("extends: ./bse.yaml", { "base.yaml": "{}" })).toEqual([
      ".nginx-lint.yaml:1:10: cannot extend `./bse.yaml`: there is no such file; did you mean `base.yaml`?",
    ]);
  });

  it("a folder is no settings file", async () => {
    expect(await mistakes("extends: ./base.yaml", { "base.yaml/x": "" })).toEqual([
      ".nginx-lint.yaml:1:10: cannot extend `./base.yaml`: is a folder, not a settings file",
    ]);
  });

  it("a circle is told once, with the way round", async () => {
    expect(
      await mistakes("extends: a.yaml", { "a.yaml": "extends: b.yaml", "b.yaml": "extends: [a.yaml]" }),
    ).toEqual(["b.yaml:1:11: `extends` forms a loop: a.yaml → b.yaml → a.yaml"]);
    expect(await mistakes("extends: .nginx-lint.yaml")).toEqual([
      ".nginx-lint.yaml:1:10: `extends` forms a loop: .nginx-lint.yaml → .nginx-lint.yaml",
    ]);
  });

  it("a mistake in an extended file names that file", async () => {
    expect(await mistakes("extends: base.yaml", { "base.yaml": "failOn: x" })).toEqual([
      "base.yaml:1:9: `failOn` is `x`, expected one of `error`, `warning`, `info`, `never`",
    ]);
  });
});

describe("several mistakes", () => {
  it("are all told, of all files", async () => {
    const lines = await mistakes("extends: base.yaml\nfailOn: x\nrulez: {}\n", {
      "base.yaml": "nginxVersion: x\n",
    });
    expect(lines.map((line) => line.split(": ")[0])).toEqual([
      ".nginx-lint.yaml:2:9",
      ".nginx-lint.yaml:3:1",
      "base.yaml:1:15",
    ]);
  });
});

describe("whatever stands in the file", () => {
  const valid = `rules:
  syntax: error
  sample-options: [off, { paths: [/a], limit: 2.5 }]
overrides:
  - { files: [a], rules: &r { syntax: off } }
  - { files: b, rules: *r }
assume: { edge: false }
`;
  const pieces = [
    "{",
    "}",
    "[",
    ": ",
    "\n",
    "\t",
    "&a ",
    "*a",
    "*r",
    "!!x ",
    "'",
    '"',
    "|",
    "- ",
    "? ",
    "#",
    "%",
    "@",
    "null",
  ];
  const odd = ["<<: *r\n", "---\n", "...\n", "__proto__: 1\n", "constructor", "0x10", ".inf", "é", "\u2028"];
  const edit = fc.tuple(fc.nat(valid.length), fc.nat(8), fc.constantFrom(...pieces, ...odd));

  it("every mistake is one line with a place in it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        const text = edits.reduce(
          (now, [at, cut, piece]) => now.slice(0, at) + piece + now.slice(at + cut),
          valid,
        );
        for (const line of await mistakes(text)) {
          const place = /^\.nginx-lint\.yaml:(\d+):\d+: \S/.exec(line);
          expect(place, line).not.toBeNull();
          expect(Number(place?.[1])).toBeLessThanOrEqual(text.split("\n").length);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});

describe("what is no mistake", () => {
  const cases: [string, string][] = [
    ["no settings", "{}"],
    ["a version as a number", "nginxVersion: 1.30"],
    [
      "everything at once",
      `
$schema: ./nginx-lint.schema.json
extends: [recommended, security]
presets: [django-react]
rules:
  syntax: error
  unknown-rule: [warning]
  sample-options: [off, { paths: [/a], limit: 2.5, strict: true }]
  sample-secure: { severity: info }
  missing-include: { options: {} }
nginxVersion: mainline
root: ./rootfs
include: ["**"]
exclude: vendor/**
overrides:
  - files: [a, b]
    rules: { syntax: off }
    assume: { edge: true }
assume: { edge: false, spa: [/], metricsPaths: [/x], hsts: elsewhere }
failOn: never
maxWarnings: 0
confidence: low
suppressions: { requireReason: true }
baseline: b.json
`,
    ],
    [
      "anchors and aliases",
      "overrides:\n  - { files: a, rules: &r { syntax: off } }\n  - { files: b, rules: *r }",
    ],
  ];
  it.each(cases)("%s", async (_name, content) => {
    expect(await mistakes(content)).toEqual([]);
    expect(published(parse(content)), JSON.stringify(published.errors)).toBe(true);
  });

  it("comments alone", async () => {
    expect(await mistakes("# failOn: error\n")).toEqual([]);
  });
});
