/**
 * Patterns against nginx itself: what it compiles, what it says where it refuses, and what it matches and captures.
 * Everything generated is seeded.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  checkPcre,
  compilePcre,
  includesUri,
  languageOf,
  requestTarget,
  toBytes,
} from "../../src/semantics/index.ts";

const NGINX = (process.env.NGINX_BINARIES ?? "/usr/sbin/nginx").split(":")[0] ?? "";
const isThere = existsSync(NGINX);
if (!isThere) console.warn(`skipped: there is no nginx at ${NGINX}`);

/** A word of the configuration that nginx reads as exactly this text. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}

function writeConfig(folder: string, http: string): string {
  const file = join(folder, "nginx.conf");
  const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http { access_log off; map_hash_max_size 16384; variables_hash_max_size 16384; ${temp.join(" ")}
${http}
}`,
  );
  return file;
}

/** What `nginx -t` says: null where it accepts. */
function refusal(folder: string, patterns: readonly string[]): string | null {
  const locations = patterns.map((pattern) => `location ~ ${quoted(pattern)} {}`).join("\n");
  const file = writeConfig(folder, `server { listen unix:${folder}/t; ${locations} }`);
  const result = spawnSync(NGINX, ["-t", "-q", "-p", folder, "-c", file, "-g", "error_log stderr;"], {
    encoding: "utf8",
  });
  return result.status === 0 ? null : result.stderr;
}

const REFUSED_BY_HAND = [
  ..."( ) a) (a (?:a (?=a a|( )( (?<n>a (?<n a) (?<>a) (?<1>a) (?<n>a)(?<n>b) (?P<n (?Pn>a) (?P=n) (?P>n) (?&n) (?q) (?i (?i-q) (?-i-s) (?^-i)".split(
    " ",
  ),
  ..."* + ? a** a++* a{2}{3} ^* $+ \\b+ \\A? (* (?i)* |* (*) a|+ \\G{2} (?:*) {2}".split(" "),
  ..."a{4,2} a{70000} a{1,70000} a{65536,}".split(" "),
  ..."[ [a [^ [] [^] [a-z [z-a] [\\d-z] [a-\\d] [[:alpha:]-z] [[:foo:]] [[:^foo:]] [:alpha:] [.a.] [=a=] [[.a.]] [\\A] [\\B] [\\R] [\\N] [b-a-c]".split(
    " ",
  ),
  ..."a\\ \\i \\j \\y \\q \\F \\L \\l \\U \\u \\c \\400 \\777 \\x{100} \\x{4 \\x{g} \\x{} \\o \\o9 \\o{8} \\o{} \\o{400} \\k \\kn \\k<n> \\k{n \\g \\gx".split(
    " ",
  ),
  ..."\\1 (a)\\2 (a)\\9 \\8 (?1) (a)(?2) (?+1) (?-1) (?+x) \\g{-1} \\g{2} (?R (?Rx)".split(" "),
  ..."(?<=a+) (?<!a*b) (?<=.*) (?# (?#a a(?#".split(" "),
  "(".repeat(251) + ")".repeat(251),
  "^/caf\u00e9(",
];

const ACCEPTED_BY_HAND = [
  ..."a a* a*? a*+ a{2} a{2,} a{2,3} a{2,3}? a{2,3}+ a{ a} a{} a{x} a{2 a{2,x} a{,x} {x} } ] () (|a) | a| (?:) (?=a)* (?!a)? (?<=ab|c)d (?<!a)b".split(
    " ",
  ),
  ..."[]a] [^]a] [a-] [-a] [a\\]] [\\d-] [[:alpha:]_-] [[:^digit:]] [a[b] [[] [\\b] [\\x41-\\x5a] [\\w.-] [a\\Q]\\E] [a-\\x7a] [[:a] [[:alpha] [=a] [a-c-e]".split(
    " ",
  ),
  ..."\\. \\/ \\_ \\- \\% \\@ \\e \\t \\0 \\08 \\12 \\377 \\x4 \\x41 \\x{41} \\o{101} \\cA \\c[ \\Q(\\E \\Qa(b \\E \\h\\H\\v\\V\\N\\R \\K \\A\\z\\Z\\b\\B\\G \\C".split(
    " ",
  ),
  ..."(a)\\1 (a)\\g1 (a)\\g{1} (a)\\g{-1} (?<n>a)\\k<n>\\k'n'\\k{n}\\g{n}(?P=n) (?'n'a) (?P<n>a) \\1(a) (?1)(a) (?+1)(a) (a)(?-1) (?R)? (?0)? (?<n>a)(?&n)(?P>n)\\g<n>".split(
    " ",
  ),
  ..."(?i) (?-i) (?i:a) (?im-sx:a) (?^) (?^i:a) (?s).* (?U)a* (?n)(a) (?>a) (?#c)a a(?#c)* (*F) (*FAIL)|a".split(
    " ",
  ),
  "(?x) a b # comment\n c *",
  "(".repeat(250) + ")".repeat(250),
  "^/caf\u00e9$",
  "(?:abc){1000}",
];

const PIECES = [
  ..."a b / . - _ 0 9 ^ $ | ( ) (?: (?= (?! (?<= (?<! (?<n> (?P<m> (?'q' (?i) (?-i) (?s) (?x) (?i: (?^ (?# (?> (?P=m) (?P>m) (?R) (?1) (?P".split(
    " ",
  ),
  ..."* + ? {2} {2,} {2,4} {4,2} { } {x} [ ] [^ [a-z] [^/] [] [^] [:alpha:] [[:alpha:]] [[:foo:]] \\ \\d \\w \\S \\h \\b \\B \\A \\z \\1 \\2 \\10".split(
    " ",
  ),
  ..."\\377 \\400 \\0 \\x41 \\x{41} \\x{100} \\cA \\Q \\E \\g1 \\g{1} \\k<n> \\k{m} \\j \\i \\e \\t \\. \\/ -z a- z-a # : = ! < > ' n P x , é".split(
    " ",
  ),
];

describe.skipIf(!isThere)("patterns that nginx compiles", () => {
  const folder = isThere ? mkdtempSync(join(tmpdir(), "regex-")) : "";
  afterAll(() => folder && rmSync(folder, { recursive: true, force: true }));
  const generated = fc
    .sample(
      fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 7 }).map((parts) => parts.join("")),
      { seed: 7_001, numRuns: 400 },
    )
    .filter((pattern, at, all) => all.indexOf(pattern) === at);

  it("are those that the check accepts", () => {
    expect(ACCEPTED_BY_HAND.filter((pattern) => checkPcre(pattern).ok !== true)).toEqual([]);
    const accepted = [...ACCEPTED_BY_HAND, ...generated.filter((pattern) => checkPcre(pattern).ok === true)];
    expect(accepted.length).toBeGreaterThan(150);
    // One configuration holds them all; where it is refused, each is asked alone.
    const refused =
      refusal(folder, accepted) === null
        ? []
        : accepted.filter((pattern) => refusal(folder, [pattern]) !== null);
    expect(refused).toEqual([]);
  });

  it("are refused in the words of the check", () => {
    expect(REFUSED_BY_HAND.filter((pattern) => checkPcre(pattern).ok !== false)).toEqual([]);
    const candidates = [...REFUSED_BY_HAND, ...generated];
    const differences: string[] = [];
    let asked = 0;
    for (const pattern of candidates) {
      const check = checkPcre(pattern);
      if (check.ok !== false) continue;
      asked++;
      const said = /\[emerg\] (?:\d+#\d+: )?([\s\S]*?) in \S+\/nginx\.conf:\d+\n/.exec(
        refusal(folder, [pattern]) ?? "",
      )?.[1];
      if (said !== check.nginxMessage) differences.push(`${said} --- not --- ${check.nginxMessage}`);
    }
    expect(differences).toEqual([]);
    expect(asked).toBeGreaterThan(250);
  });
});

const FIXED = [
  ["\\.(css|js)$", false],
  ["\\.(gif|jpe?g|png)$", true],
  ["^/([a-z]+)/(\\d+)$", false],
  ["/\\.(?!well-known)", false],
  ["^/(?!api|static).*$", false],
  ["^/api(/.*)?$", false],
  ["^/a(.*)?(b)?", false],
  ["^(/[^/]+)*$", false],
  ["(?<!\\.min)\\.js$", false],
  ["(?i)^/A[b-c]", false],
  ["^/[^[:^lower:]]+$", true],
  ["^/.$", false],
  ["^/a$", false],
  ["^/a\\z", false],
  ["(?s)^/a.b", false],
  ["(?m)^b$", false],
  ["\\bab\\b", false],
  ["^/é", true],
  ["[\\xc3]\\W$", false],
  ["^(?>/a|/ab)c", false],
  ["^/a++ab|^/[^/]++/b$", false],
  ["^/(a|b)+\\1", false],
  ["(a)|(b)|(/1)", false],
  ["^/(?:(a+)-)?(b*)$", false],
] as const;

const atom = fc.constantFrom(
  ..."a b B / \\. . [ab] [^/] [a-c] \\w \\d 1 \\s [[:alpha:]] [^a] \\n \\b ^ $ \\B \\z \\Z ab (?i) é \\h \\S _ - (?s). (?m)$ (?m)^".split(
    " ",
  ),
);
const count = fc.constantFrom(
  "",
  "",
  "",
  "",
  "*",
  "+",
  "?",
  "{2}",
  "{1,2}",
  "{0}",
  "*?",
  "+?",
  "??",
  "*+",
  "?+",
);
const { pattern: generatedPattern } = fc.letrec<{ pattern: string; piece: string; group: string }>((tie) => ({
  pattern: fc
    .array(fc.oneof({ maxDepth: 3, depthSize: "small" }, tie("piece"), tie("group")), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => parts.join("")),
  piece: fc
    .tuple(atom, count)
    .map(([part, times]) => (/^(\\[bBzZ]|\^|\$|\(\?i\)|\(\?m\).)$/.test(part) ? part : part + times)),
  group: fc
    .tuple(
      fc.constantFrom("(", "(", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i:"),
      tie("pattern"),
      tie("pattern"),
      fc.boolean(),
      count,
    )
    .map(([open, left, right, both, times]) => `${open}${left}${both ? `|${right}` : ""})${times}`),
}));
const uri = fc
  .array(
    fc.constantFrom(
      "a",
      "b",
      "A",
      "B",
      "/",
      ".",
      "1",
      "_",
      "-",
      "c",
      "\n",
      "é",
      " ",
      ".css",
      ".min.js",
      "ab",
    ),
    {
      maxLength: 7,
    },
  )
  .map((parts) => `/${parts.join("")}`)
  // Only URIs that nginx leaves as they are.
  .filter((text) => !/\/\/|\/\.\.?(\/|$)/.test(text));

describe.skipIf(!isThere)("what nginx matches and captures", () => {
  const folder = isThere ? mkdtempSync(join(tmpdir(), "regex-")) : "";
  const socket = join(folder, "http");
  let server: ChildProcess | null = null;
  const patterns: { text: string; caseless: boolean }[] = [
    ...FIXED.map(([text, caseless]) => ({ text, caseless })),
    ...fc
      .sample(fc.record({ text: generatedPattern, caseless: fc.boolean() }), { seed: 7_002, numRuns: 900 })
      .filter(
        ({ text, caseless }) =>
          checkPcre(text).ok === true && compilePcre(text, { caseless }).kind === "exact",
      ),
  ];
  const uris = fc.sample(uri, { seed: 7_003, numRuns: 120 });

  beforeAll(async () => {
    const maps = patterns.map(
      ({ text, caseless }, at) =>
        `map $uri $m${at} { default "no"; ${quoted(`~${caseless ? "*" : ""}${text}`)} "[$1|$2|$3|$4]"; }`,
    );
    const answer = patterns.map((_, at) => `$m${at}`).join("\x01");
    const http = `${maps.join("\n")}\nserver { listen unix:${socket}; location / { return 200 "${answer}"; } }`;
    const file = writeConfig(folder, http);
    server = spawn(NGINX, ["-p", folder, "-c", file], { stdio: "ignore" });
    for (let turn = 0; turn < 200 && !existsSync(socket); turn++)
      await new Promise((done) => setTimeout(done, 20));
  });

  afterAll(() => {
    server?.kill();
    if (folder !== "") rmSync(folder, { recursive: true, force: true });
  });

  function ask(target: string): Promise<string> {
    return new Promise((done, failed) => {
      request({ socketPath: socket, path: target, agent: false }, (response) => {
        let body = "";
        response.setEncoding("latin1");
        response.on("data", (part: string) => {
          body += part;
        });
        response.on("end", () => done(body));
      })
        .on("error", failed)
        .end();
    });
  }

  it("is what the translation matches and captures", async () => {
    expect(patterns.length).toBeGreaterThan(200);
    const differences: string[] = [];
    const translations = patterns.map(({ text, caseless }) => compilePcre(text, { caseless }));
    for (const one of uris) {
      const bytes = toBytes(one);
      const answers = (await ask(requestTarget(bytes))).split("\x01");
      translations.forEach((compiled, at) => {
        if (compiled.kind !== "exact") return;
        const match = compiled.exec(bytes);
        const groups = [1, 2, 3, 4].map((group) => match?.captures[group] ?? "");
        const ours = match === null ? "no" : `[${groups.join("|")}]`;
        if (answers[at] !== ours)
          differences.push(`${patterns[at]?.text} on ${one}: ${answers[at]}, not ${ours}`);
      });
    }
    expect(differences).toEqual([]);
  });

  it("is what the languages hold, control characters apart", async () => {
    const differences: string[] = [];
    const languages = patterns.map(({ text, caseless }) => languageOf(text, { caseless }));
    expect(languages.filter(({ kind }) => kind === "language").length).toBeGreaterThan(200);
    for (const one of uris.filter((text) => !text.includes("\n"))) {
      const bytes = toBytes(one);
      const answers = (await ask(requestTarget(bytes))).split("\x01");
      languages.forEach((made, at) => {
        if (made.kind !== "language") return;
        const nginx = answers[at] !== "no";
        if (includesUri(made.language, bytes) !== nginx) differences.push(`${patterns[at]?.text} on ${one}`);
      });
    }
    expect(differences).toEqual([]);
  });
});
