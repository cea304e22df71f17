/** How nginx cuts a file into words (`ngx_conf_read_token`), line by line: what it accepts and what a word means. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "../../src/parser/index.ts";
import { errorsIn } from "./validity/errors.ts";
import { BINARIES, startJudge } from "./validity/judges.ts";

const inHttp = (text: string) => `events {}\nhttp {\n${text}\n}\n`;
const inServer = (text: string) => inHttp(`server { listen 8080;\n${text}\n}`);
const inLocation = (text: string) => inServer(`location / {\n${text}\n}`);
/** A directive whose argument may be any text. */
const answer = (word: string) => inLocation(`return 200 ${word}`);

const ACCEPTED: readonly [what: string, text: string][] = [
  ["tabs between words", inLocation("return\t200\tx;")],
  ["carriage returns between words", inLocation("return\r200\rx;")],
  ["line breaks of Windows", inLocation("return 200 x;").replaceAll("\n", "\r\n")],
  ["line breaks between words", inLocation("return\n200\n\n\nx\n;")],
  ["a directive and a block on one line", "events{}http{server{listen 8080;location /{return 200 x;}}}"],
  ["a vertical tab inside a word", answer("a\vb;")],
  ["a form feed inside a word", answer("a\fb;")],
  ["a no-break space inside a word", answer("a\u00a0b;")],
  ["a comment at the end of a line", answer("x; # comment")],
  ["a comment between words", answer('# comment ; { } "\n x;')],
  ["a comment before the block", inServer("location / # comment {\n{ return 200 x; }")],
  ["a comment right after a semicolon", answer("x;# comment")],
  ["a comment right after a brace", inServer("location / {# comment\nreturn 200 x; }# comment")],
  ["a comment that ends the file without a line break", `${answer("x;")}# end`],
  ["an empty comment", `${answer("x;")}#\n#`],
  ["a quote in a comment", answer("x; # it's")],
  ["a hash inside a word", answer("a#b;")],
  ["a hash inside a string", answer('"a # b";')],
  ["a quote inside a word", answer("it's;")],
  ["two quotes inside a word", answer('a"b"c;')],
  ["a quote at the end of a word", answer("a';")],
  ["a string with the other quote in it", answer(`"it's";`)],
  ["a string with an escaped quote", answer('"a\\"b";')],
  ["a string over lines", answer('"a\nb";')],
  ["a string with braces and semicolons", answer('"{ a; } # b";')],
  ["an empty string", answer('"";')],
  ["a semicolon right after a string", answer('"a";')],
  ["a block right after a string", inServer('location "/a"{ return 200 x; }')],
  ["a closing parenthesis right after a string", inLocation('if ($uri = "/a") { return 200 x; }')],
  ["a line break right after a string", answer('"a"\n;')],
  ["a directive's name in quotes", inLocation('"return" 200 x;')],
  ["a name in single quotes", inLocation("'return' 200 x;")],
  ["a pattern with braces in quotes", inServer('location ~ "^/a{2}$" { return 200 x; }')],
  ["a pattern that ends with a dollar before the block", inServer("location ~ ^/a$ { return 200 x; }")],
  ["a variable in braces", answer("${uri};")],
  ["a variable in braces inside a word", answer("a${uri}b;")],
  ["a variable in braces after another", answer("${uri}${host};")],
  ["a closing brace inside a word", inServer("location /a} { return 200 x; }")],
  ["a closing brace at the end of a word", answer("a};")],
  ["a backslash before a space", answer("a\\ b;")],
  ["a backslash before a semicolon", answer("a\\;b;")],
  ["a backslash before a brace", answer("a\\{2\\};")],
  ["a backslash before a line break", answer("a\\\nb;")],
  ["a backslash before a quote that would open a string", answer('\\"a;')],
  ["a backslash before a hash that would open a comment", answer("\\#a;")],
  ["a backslash before a backslash", answer("a\\\\;")],
  ["a backslash before a backslash in a string", answer('"a\\\\";')],
  ["a backslash in front of a brace at the start", answer("\\{a;")],
  ["a dollar before a semicolon", inServer("location ~ a$ { return 200 x; }\nrewrite a$ /b;")],
  ["a dollar before a space", inServer("rewrite ^/a$ /b;")],
  ["an empty block", "events {}"],
  ["an empty block over lines", "events\n{\n}"],
  ["blocks in a row", "events{}http{}"],
  ["a word of 4,000 bytes", answer(`${"a".repeat(4000)};`)],
  ["a word of 4,095 bytes", answer(`${"a".repeat(4095)};`)],
  ["a string of 4,095 bytes", answer(`"${"a".repeat(4094)}";`)],
  ["a comment of 4,095 bytes", answer(`x;\n#${"c".repeat(4094)}`)],
  ["invalid UTF-8 read as Latin-1 in a comment", answer("x; # \u00ff\u00fe")],
  ["letters outside of ASCII in a word", answer("é😀;")],
  ["entries of types", inHttp("types { text/html html htm; }")],
  ["types that override", inHttp("types { text/html html; }\nserver { types { } }")],
  ["entries of map", inHttp('map $uri $x { default 0; "" 1; ~^/a 2; volatile; hostnames; *.a 3; }')],
  ["entries of geo", inHttp("geo $x { default 0; 10.0.0.0/8 1; proxy 10.1.1.1; ::1 3; }")],
  ["entries of split_clients", inHttp("split_clients $uri $x { 0.5% a; 50% b; * c; }")],
  ["entries of charset_map", inHttp("charset_map koi8-r windows-1251 { 80 88; C0 FE; }")],
  ["an entry named like a directive", inHttp("map $uri $x { listen 1; server_name 2; }")],
  ["an entry in quotes", inHttp("map $uri $x { \"a b\" 1; 'c;d' 2; }")],
];

const REFUSED: readonly [what: string, text: string][] = [
  ["a hash that starts a comment after the words", answer("a #b;")],
  ["a letter after the closing quote", answer('"a"b;')],
  ["a letter after a closing single quote", answer("'a'b;")],
  ["a string after a string", answer(`"a""b";`)],
  ["a comment right after a string", answer('"a"# comment\n;')],
  ["a closing brace right after a string", inServer('location / { return 200 "a"}')],
  ["a string that is not closed", answer('"a;')],
  ["a single quote that is not closed", answer("'a;")],
  ["a string whose quote is escaped", answer('"a\\";')],
  ["a pattern with braces", inServer("location ~ ^/a{2}$ { return 200 x; }")],
  ["a brace inside a word", answer("a{b;")],
  ["a lone semicolon", inServer(";")],
  ["a semicolon twice", inLocation("return 200 x;;")],
  ["a semicolon after a block", inServer("location / { };")],
  ["a semicolon at the top", `;${answer("x;")}`],
  ["a semicolon as the first in a block", inServer("location / { ; return 200 x; }")],
  ["a missing semicolon before the end of the block", answer("x")],
  ["a missing semicolon at the end of the file", "events {}\nuser"],
  ["words at the end of the file", "events {}\nworker_processes 1"],
  ["a block without a name", "events {}\n{ }"],
  ["a block without a name in a block", inServer("{ return 200 x; }")],
  ["a block that is not closed", "events {"],
  ["a block in a block that is not closed", "events {}\nhttp { server { listen 8080; }"],
  ["a closing brace too many", "events {} }"],
  ["a closing brace alone", "}"],
  ["a closing brace in a directive", inLocation("return 200 }")],
  ["a semicolon in place of the block", inServer("location / ;")],
  ["a block in place of the semicolon", inServer("root /srv { }")],
  ["a block in place of the end", inServer("listen 8081 { }")],
  ["a vertical tab between words", inLocation("return\v200 x;")],
  ["a no-break space between words", inLocation("return\u00a0200 x;")],
  ["a NUL between words", inLocation("return\x100 x;")],
  ["a byte order mark", `\ufeff${answer("x;")}`],
  ["a word of 4,096 bytes", answer(`${"a".repeat(4096)};`)],
  ["a word of 5,000 bytes", answer(`${"a".repeat(5000)};`)],
  ["a string of 5,000 bytes", answer(`"${"a".repeat(5000)}";`)],
  ["a comment of 5,000 bytes", `#${"c".repeat(5000)}\n${answer("x;")}`],
  ["a comment of 4,096 bytes", answer(`x;\n#${"c".repeat(4095)}\n`)],
  ["a directive in types", inHttp("types { text/html { } }")],
  ["an entry of map with a block", inHttp("map $uri $x { a { } }")],
  ["an entry of map without its semicolon", inHttp("map $uri $x { a 1 }")],
  ["a map that is not closed", "events {}\nhttp {\nmap $uri $x { a 1;\n"],
  ["an unknown name", inServer("lisen 80;")],
  ["a name in upper case", inServer("LISTEN 80;")],
];

/** Words as they stand in the file. */
const WORDS: readonly string[] = [
  "a",
  "a#b",
  "it's",
  'a"b"c',
  "a}",
  '"a b"',
  "'a b'",
  `"it's"`,
  `'say "x"'`,
  '"a\\"b"',
  "'a\\'b'",
  '"a\\\'b"',
  "a\\'b",
  'a\\"b',
  '"a\\\\b"',
  "a\\\\b",
  '"a\\tb"',
  "a\\tb",
  '"a\\nb"',
  '"a\\rb"',
  '"a\\0b"',
  '"a\\x41"',
  "a\\.b",
  '"a\\.b"',
  '"\\d+\\."',
  "\\d+\\.",
  "a\\ b",
  "a\\;b",
  "a\\{b\\}",
  '"a\\ b"',
  '"a\\;b"',
  '"a\\$b"',
  "a\\$b",
  "\\#a",
  '\\"a',
  "\\'a",
  "${a}",
  "a${b}c",
  "$a.b",
  "a$",
  "$$",
  '"${a"',
  '"a\nb"',
  "a\\\nb",
  "a\vb",
  "a\u00a0b",
  "é😀",
  '"\\\\\\""',
  "\\\\\\\\",
  '"\\\\n"',
  "a\\\\nb",
  '""',
  "(a)",
  '"a")',
  "*/a",
  "a=b:c,d",
];

describe.skipIf(BINARIES.length === 0).each(BINARIES)("the words of a file, to %s", (binary) => {
  const nginx = startJudge(binary);

  it.each(ACCEPTED)("may have %s", (_, text) => {
    expect(nginx.ask(text).refusal).toBeNull();
    expect(errorsIn(text, nginx.version).map(({ message }) => message)).toEqual([]);
  });

  it.each(REFUSED)("may not have %s", (_, text) => {
    expect(nginx.ask(text).refusal).not.toBeNull();
    expect(errorsIn(text, nginx.version)).not.toEqual([]);
  });

  it.each(WORDS)("mean what nginx reads: %j", (word) => {
    const file = join(nginx.folder, "word.conf");
    writeFileSync(file, `events { use ${word}; }\n`);
    const globals = `pid ${nginx.folder}/pid; error_log stderr;`;
    const { stderr } = spawnSync(binary, ["-t", "-q", "-p", nginx.folder, "-c", file, "-g", globals], {
      encoding: "utf8",
    });
    // nginx repeats the word in its complaint.
    const said =
      /(?:invalid event type|invalid number of arguments in) "([\s\S]*)" (?:directive )?in \S+\/word\.conf:\d+\n/.exec(
        stderr,
      )?.[1];
    const [events] = parse(`events { use ${word}; }\n`, "word.conf").items;
    const use = events?.kind === "directive" && events.block?.kind === "block" ? events.block.items[0] : null;
    const args = use?.kind === "directive" ? use.args.map(({ value }) => value) : [];
    if (args.length === 1) expect(args[0]).toBe(said);
    else expect(said).toBe("use");
  });
});
