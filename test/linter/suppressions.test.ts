import { describe, expect, it } from "vitest";
import { lint } from "../../src/linter/index.ts";
import { applyEdits } from "./apply-edits.ts";
import { ruleFor, treeOf } from "./sample.ts";

const rules = [ruleFor("no-root", "root"), ruleFor("no-index", "index"), ruleFor("no-location", "location")];

/** `line:rule` of what stands, of what is silenced, and of what the linter says about the comments. */
function judge(text: string, more: { requireReason?: boolean; only?: string[] } = {}) {
  const policy = {
    presets: ["strict"] as const,
    only: more.only === undefined ? null : new Set(more.only),
    confidence: null,
    requireReason: more.requireReason ?? false,
    decisionsFor: () => ({ rules: new Map(), assume: {}, included: true }),
  };
  const result = lint([treeOf(`events {}\nhttp {\n${text}\n}\n`)], { rules, policy });
  const own = ["unused-suppression", "unknown-rule", "missing-suppression-reason"];
  const place = (finding: { line: number; ruleId: string }) => `${finding.line - 2}:${finding.ruleId}`;
  return {
    standing: result.findings.filter((finding) => !own.includes(finding.ruleId)).map(place),
    silenced: result.suppressed.map(place),
    reports: result.findings.filter((finding) => own.includes(finding.ruleId)),
    own: result.findings.filter((finding) => own.includes(finding.ruleId)).map(place),
    suppressed: result.suppressed,
  };
}

describe("a suppression of the next line", () => {
  it("silences the rule it names, and no other", () => {
    const { standing, silenced } = judge(
      "# nginx-lint-disable-next-line no-root -- public\nroot /a; index a;\nroot /b;",
    );
    expect(silenced).toEqual(["2:no-root"]);
    expect(standing).toEqual(["2:no-index", "3:no-root"]);
  });

  it("takes several rules, and all rules where none is named", () => {
    expect(judge("# nginx-lint-disable-next-line no-root, no-index\nroot /a; index a;").standing).toEqual([]);
    expect(judge("# nginx-lint-disable-next-line\nroot /a; index a;").standing).toEqual([]);
  });

  it("looks past comments and blank lines", () => {
    const { silenced } = judge("# nginx-lint-disable-next-line no-root\n\n  # the files\n\t\nroot /a;");
    expect(silenced).toEqual(["5:no-root"]);
  });

  it("covers a directive that goes on over further lines", () => {
    expect(judge("# nginx-lint-disable-next-line no-index\nindex a\n  b\n  c;\nindex d;").standing).toEqual([
      "5:no-index",
    ]);
  });

  it("at the opener of a block covers the opener alone", () => {
    const text = "# nginx-lint-disable-next-line no-location, no-root\nlocation / {\n  root /a;\n}";
    expect(judge(text)).toMatchObject({
      silenced: ["2:no-location"],
      standing: ["3:no-root"],
      own: ["1:unused-suppression"],
    });
  });

  it("works with CRLF line ends", () => {
    expect(judge("# nginx-lint-disable-next-line no-root\r\n\r\nroot /a;\r\nroot /b;\r").standing).toEqual([
      "4:no-root",
    ]);
  });

  it("keeps its reason and place with the finding", () => {
    const [finding] = judge("# nginx-lint-disable-next-line no-root -- a -- b\nroot /a;").suppressed;
    expect(finding?.suppression).toEqual({ kind: "inSource", reason: "a -- b", file: "nginx.conf", line: 3 });
  });
});

describe("a suppression of its own line", () => {
  it("stands behind the directive", () => {
    expect(judge("root /a; # nginx-lint-disable-line no-root -- why\nroot /b;").standing).toEqual([
      "2:no-root",
    ]);
  });

  it("covers the start of a directive that ends on its line", () => {
    expect(judge("index a\n  b; # nginx-lint-disable-line no-index").standing).toEqual([]);
  });

  it("stands behind the opener of a block", () => {
    expect(judge("location / { # nginx-lint-disable-line no-location\n root /a;\n}").standing).toEqual([
      "2:no-root",
    ]);
  });
});

describe("a suppression of a region", () => {
  it("holds until it is enabled", () => {
    const text = "# nginx-lint-disable no-root\nroot /a;\n# nginx-lint-enable no-root\nroot /b;";
    expect(judge(text)).toMatchObject({ silenced: ["2:no-root"], standing: ["4:no-root"], own: [] });
  });

  it("holds to the end of the file where nothing enables it", () => {
    expect(judge("location / {\n # nginx-lint-disable no-root\n root /a;\n}\nroot /b;").standing).toEqual([
      "1:no-location",
    ]);
  });

  it("of all rules lets single rules speak again", () => {
    const text = "# nginx-lint-disable\nroot /a; index a;\n# nginx-lint-enable no-index\nroot /b; index b;";
    expect(judge(text).standing).toEqual(["4:no-index"]);
  });

  it("ends for all rules where none is named", () => {
    expect(
      judge("# nginx-lint-disable no-root, no-index\nroot /a; index a;\n# nginx-lint-enable\nroot /b;")
        .standing,
    ).toEqual(["4:no-root"]);
  });
});

describe("a suppression in a snippet", () => {
  it("silences the finding wherever the file is included", () => {
    const whole = treeOf("events {}\nhttp {\n server { include s; }\n server { include s; }\n}\n");
    const snippet = treeOf("# nginx-lint-disable-next-line no-root -- shared\nroot /a;\n", "s").entry;
    const http = whole.entry.items[1];
    if (http?.kind !== "directive" || http.block?.kind !== "block") throw new Error("no http block");
    const includes = new Map(
      http.block.items.flatMap((server) => {
        const include =
          server.kind === "directive" && server.block?.kind === "block" ? server.block.items[0] : undefined;
        return include?.kind === "directive" ? [[include, { files: [snippet], problems: [] }] as const] : [];
      }),
    );
    const result = lint([{ ...whole, includes, files: [whole.entry, snippet] }], { rules });
    expect(includes.size).toBe(2);
    expect(result.findings).toEqual([]);
    expect(result.suppressed.map((finding) => finding.file)).toEqual(["s"]);
  });
});

describe("the linter's own reports", () => {
  it("tell of a suppression that silences nothing, and delete it", () => {
    const text =
      "events {}\nhttp {\n  # nginx-lint-disable-next-line no-root -- old\n  index a; # nginx-lint-disable-line\n}\n";
    const [first] = lint([treeOf(text)], { rules }).findings;
    expect(first).toMatchObject({
      ruleId: "unused-suppression",
      line: 3,
      message: expect.stringContaining("`no-root`"),
    });
    expect(applyEdits(text, first?.fix?.edits ?? [])).toBe(
      "events {}\nhttp {\n  index a; # nginx-lint-disable-line\n}\n",
    );
  });

  it("say where the finding is that a comment above its block was meant for, and delete nothing", () => {
    const { reports } = judge(
      "# nginx-lint-disable-next-line no-root -- public\nlocation / {\n  root /a;\n}",
    );
    expect(reports.map(({ help, fix }) => [help, fix])).toEqual([
      ["put it above line 5, where the finding is, or delete it", undefined],
    ]);
  });

  it("are one a comment, naming what is needless and what to keep", () => {
    const { reports } = judge("# nginx-lint-disable-next-line no-root, no-index, no-location\nroot /a;");
    expect(reports.map((finding) => [finding.message, finding.help])).toEqual([
      [expect.stringMatching(/`no-index`, `no-location`/), "keep `no-root` only"],
    ]);
  });

  it("spare what did not run", () => {
    expect(
      judge("# nginx-lint-disable-next-line no-root\nindex a;", { only: ["no-index", "unused-suppression"] })
        .own,
    ).toEqual([]);
    expect(
      judge("# nginx-lint-disable-next-line\nlisten 80;", { only: ["no-index", "unused-suppression"] }).own,
    ).toEqual([]);
    expect(
      judge("# nginx-lint-disable-next-line no-root\nindex a;", { only: ["no-root", "unused-suppression"] })
        .own,
    ).toEqual(["1:unused-suppression"]);
  });

  it("are unsure on a fragment, where rules that need the whole are silent", () => {
    const fragment = {
      ...treeOf("# nginx-lint-disable no-root\nindex a;\n"),
      top: "server" as const,
      fragment: true,
    };
    const own = lint([fragment], { rules }).findings.filter(
      (finding) => finding.ruleId === "unused-suppression",
    );
    expect(own.map((finding) => finding.confidence)).toEqual(["low"]);
  });

  it("is quoted in a few words, however long it is", () => {
    const { reports } = judge(`# nginx-lint-disable-next-line ${"no".repeat(5_000)}\nroot /a;`);
    const [stranger] = reports.filter(({ ruleId }) => ruleId === "unknown-rule");
    expect(stranger?.message).toContain("no rule `nono");
    expect(stranger?.message.length).toBeLessThan(300);
  });

  it("suggest the rule that was meant", () => {
    const { reports, standing } = judge("# nginx-lint-disable-next-line no-rooot -- x\nroot /a;");
    expect(standing).toEqual(["2:no-root"]);
    expect(reports).toMatchObject([
      {
        ruleId: "unknown-rule",
        line: 3,
        column: 32,
        message: "There is no rule `no-rooot`; did you mean `no-root`?",
      },
    ]);
  });

  it("say where a reason goes that stands among the rules", () => {
    const { reports, silenced } = judge(
      "# nginx-lint-disable-next-line no-root because it is public\nroot /a;",
    );
    expect(silenced).toEqual(["2:no-root"]);
    expect(reports.map((finding) => finding.message)).toEqual([
      "`because it is public` is not the name of a rule; write a reason after ` -- `.",
    ]);
  });

  it("tell of a misspelt comment", () => {
    const { reports } = judge("# nginx-lint-disable-nextline no-root\nroot /a;");
    expect(reports.map((finding) => finding.message)).toEqual([
      "`nginx-lint-disable-nextline` is not a suppression comment and has no effect; did you mean `nginx-lint-disable-next-line`?",
    ]);
  });

  it("tell of a comment that is too long, which silences nothing", () => {
    const { standing, reports } = judge(
      `# nginx-lint-disable-next-line ${"no-root, ".repeat(4_000)}\nroot /a;`,
    );
    expect(standing).toEqual(["2:no-root"]);
    expect(reports.map((finding) => finding.message)).toEqual([
      "This `nginx-lint-disable-next-line` is too long to be read and has no effect.",
    ]);
  });

  it("tell of an enable that ends nothing", () => {
    expect(judge("# nginx-lint-enable no-root").own).toEqual(["1:unused-suppression"]);
    expect(judge("# nginx-lint-enable").own).toEqual(["1:unused-suppression"]);
  });

  it("ask for a reason where the settings demand one", () => {
    const text =
      "# nginx-lint-disable-next-line no-root\nroot /a;\nroot /b; # nginx-lint-disable-line no-root -- why";
    expect(judge(text, { requireReason: true }).own).toEqual(["1:missing-suppression-reason"]);
    expect(judge(text).own).toEqual([]);
  });

  it("do not mind comments that only mention the linter", () => {
    expect(
      judge(
        "# see nginx-lint-disable in the manual\n#nginx-lint is used here\n# nginx-lint-baseline.json knows the rest",
      ).own,
    ).toEqual([]);
  });
});
