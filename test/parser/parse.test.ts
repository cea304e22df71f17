import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Directive, type Item, parse, print } from "../../src/parser/index.ts";

function directives(text: string): Directive[] {
  return parse(text, "test.conf").items.filter((item): item is Directive => item.kind === "directive");
}

function words(text: string): string[][] {
  return directives(text).map(({ name, args }) => [name.value, ...args.map((arg) => arg.value)]);
}

function problems(text: string): string[] {
  const file = parse(text, "test.conf");
  return file.problems.map(({ start, message }) => {
    const { line, column } = file.position(start);
    return `${line}:${column} ${message}`;
  });
}

describe("comments that end with CR LF", () => {
  it("are read in linear time, however many come first", () => {
    const file = parse(`${"# a comment\r\n".repeat(5_000)}gzip on;\r\n`, "test.conf");
    expect(file.problems).toEqual([]);
    expect(file.items).toHaveLength(5_001);
  });
  it("do not hide YAML below them", () => {
    const [problem] = parse("# a\r\n---\r\n\r\napiVersion: v1\r\nkind: ConfigMap\r\n", "a.conf").problems;
    expect(problem?.message).toContain("YAML");
  });
});

describe("words", () => {
  it("treats only space, tab, CR and LF as white space", () => {
    expect(words("a\tb\r\nc\u000bd\u0000e\u00a0f;")).toEqual([["a", "b", "c\u000bd\u0000e\u00a0f"]]);
  });
  it("starts a comment only where a word could start", () => {
    expect(words("return 200 a#b; # c;\nd;")).toEqual([["return", "200", "a#b"], ["d"]]);
  });
  it("opens a string only at the start of a word", () => {
    expect(words(`a it's say"hi";`)).toEqual([["a", "it's", 'say"hi"']]);
  });
  it("lets a closing quote be followed by `)`, which starts a word", () => {
    expect(words(`if ($a = "b") { }`)).toEqual([["if", "($a", "=", "b", ")"]]);
  });
  it("ends a word at `;` and `{`, but not at `}`", () => {
    expect(words("a /b};")).toEqual([["a", "/b}"]]);
    expect(words("map a{b c;}")).toEqual([["map", "a"]]);
  });
  it("keeps `${name}` in one word", () => {
    expect(words("a x${host}y$z;")).toEqual([["a", "x${host}y$z"]]);
  });
  it("decodes the six escapes of nginx and keeps any other backslash", () => {
    expect(words(String.raw`a "\"\'\\\t\r\n\d" \;b;`)).toEqual([["a", "\"'\\\t\r\n\\d", "\\;b"]]);
  });
  it("takes a byte order mark for a part of the first word", () => {
    expect(words("\ufeffuser www;")).toEqual([["\ufeffuser", "www"]]);
  });
  it("refuses a word or comment of 4096 bytes", () => {
    expect(problems(`a ${"b".repeat(4095)};`)).toEqual([]);
    expect(problems(`a ${"b".repeat(4096)};`)).toEqual([expect.stringContaining("1:3 too long parameter")]);
    expect(problems(`a ${"é".repeat(2048)};`)).toEqual([expect.stringContaining("too long parameter")]);
    expect(problems(`#${"b".repeat(4095)}\na;`)).toEqual([expect.stringContaining("1:1 too long parameter")]);
  });
});

describe("embedded Lua", () => {
  it("reads braces in strings, comments and long brackets as Lua does", () => {
    const lua = `{ local a = "}" .. '}' -- }\n --[==[ } ]] ]==] local t = { b = [[ } ]] } }`;
    const [block, after] = directives(`content_by_lua_block ${lua} next on;`);
    expect(block?.block?.kind).toBe("raw");
    expect(after?.name.value).toBe("next");
  });
  it("takes an argument before the block", () => {
    expect(directives("set_by_lua_block $x { return 1 }")[0]?.block?.kind).toBe("raw");
  });
  it("says when the block is not closed", () => {
    expect(problems("content_by_lua_block { if x then")).toEqual([
      expect.stringContaining("1:22 the Lua block"),
    ]);
  });
});

describe("mistakes", () => {
  it.each([
    ["listen 80\n}", ["1:10 directive `listen` is not terminated by `;`", '2:1 unexpected "}"']],
    ["server {\n  listen 80\n}\n", ["2:12 directive `listen` is not terminated by `;`"]],
    ["a;;", ['1:3 unexpected ";"']],
    ['a "b"c;', ['1:6 unexpected "c" after the closing quote of "b"']],
    ['a "b;\nc "d";\ne;', ["1:3 the quoted string that opens here is not closed"]],
    ["location ~ ^/a{2} { b; }", ["1:12 the `{` in the pattern `^/a{2}` opens a block"]],
  ])("%j gives %j", (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it("finds a missing brace by the indentation", () => {
    const text = "http {\n  server {\n    location / {\n      root x;\n    location /b {\n    }\n  }\n}\n";
    expect(problems(text)).toEqual([expect.stringContaining("3:16 the block that opens here is not closed")]);
    const server = parse(text, "t").items[0] as Directive;
    expect(blockNames(server)).toEqual(["server"]);
  });
  it("finds a brace too many by the indentation, and keeps what follows in its block", () => {
    const text = "server {\n  location / {\n    a b;\n  }\n  }\n  c d;\n}\n";
    expect(problems(text)).toEqual([expect.stringContaining('5:3 unexpected "}"')]);
    expect(blockNames(parse(text, "t").items[0] as Directive)).toEqual(["location", "c"]);
  });
  it("reports each of several mistakes and reads the rest", () => {
    const text = 'server {\n  a "b"c;\n  listen 80\n}\n;\nserver { root /x; }\n';
    expect(problems(text)).toEqual([
      expect.stringContaining("2:8"),
      expect.stringContaining("3:12"),
      expect.stringContaining("5:1"),
    ]);
    expect(directives(text)).toHaveLength(2);
  });
  it("bounds the nesting", () => {
    expect(problems("a {".repeat(5000) + "}".repeat(5000))).toEqual([
      expect.stringContaining("more than 200 deep"),
    ]);
  });
});

function blockNames(directive: Directive): string[] {
  const block = directive.block;
  if (block?.kind !== "block") return [];
  return block.items.flatMap((item: Item) => (item.kind === "directive" ? [item.name.value] : []));
}

describe("placeholders of templates", () => {
  it.each([
    ["server_name {{ domain }};", [["server_name", "{{ domain }}"]]],
    ["listen {{ port }}0 ssl;", [["listen", "{{ port }}0", "ssl"]]],
    ["{% if tls %}\nlisten 443;\n{% endif %}\n", [["listen", "443"]]],
    ["{{- range .Hosts }}\nserver_name {{ . }};\n{{- end }}", [["server_name", "{{ . }}"]]],
    ["server_name <%= @name %>;", [["server_name", "<%= @name %>"]]],
    ["<% if x %>\nlisten 80;\n<% end %>\n", [["listen", "80"]]],
    ["server_name ${DOMAIN};", [["server_name", "${DOMAIN}"]]],
    [
      "listen 80;\n${LOCATIONS}\nroot /a;",
      [
        ["listen", "80"],
        ["root", "/a"],
      ],
    ],
    ["server_name\n${A}\n${B};", [["server_name", "${A}", "${B}"]]],
    ["{# one;\n two { #}\nlisten 80;", [["listen", "80"]]],
  ])("%j", (text, expected) => {
    const file = parse(text, "t");
    expect(file.problems).toEqual([]);
    expect(file.template).toBe(true);
    expect(words(text)).toEqual(expected);
  });
  it("takes `{#` for a comment in a block where no `#}` ends its line", () => {
    expect(problems("server\n{# first\n listen 80; #} not the end\n}")).toEqual([]);
    expect(problems("{# never closed\n}")).toEqual([expect.stringContaining("needs a directive before it")]);
  });
  it.each([
    ["{% if a %}\ngeo $a {\n{% elif b %}\ngeo $b {\n{% else %}\ngeo $c {\n{% endif %}\nx 1;\n}", "geo"],
    ["<% if a %>\nserver {\n<% else %>\nserver { listen 80;\n<% end %>\n}", "server"],
    ["{{ if .A }}\nserver {\n{{ else }}\nserver { # {\n{{ end }}\n}", "server"],
    [
      "{% for a in b %}\n{% if a %}\nserver {\n{% else %}\n{% if c %}\nserver {\n{% else %}\nhttp {\n{% endif %}\n{% endif %}\n}\n{% endfor %}",
      "server",
    ],
  ])("reads the first branch where the braces of all do not fit: %j", (text, name) => {
    const file = parse(text, "t");
    expect(file.problems).toEqual([]);
    expect(directives(text).map((each) => each.name.value)).toEqual([name]);
    expect(print(file)).toBe(text);
  });
  it("reads all branches where their braces fit", () => {
    expect(words("{% if a %}\na { }\n{% else %}\nb { }\n{% endif %}")).toEqual([["a"], ["b"]]);
  });
  it("still finds the brace that is missing in a template", () => {
    const text = "{% if a %}\nserver {\n{% else %}\nlisten 80;\n{% endif %}\nroot /a;";
    expect(problems(text)).toEqual([expect.stringContaining("nothing closes it")]);
  });
  it("reads a comment of a template however long it is", () => {
    expect(problems(`{# ${"long ".repeat(2000)}\n #}\nlisten 80;`)).toEqual([]);
  });
});

describe("printing", () => {
  const word = fc.oneof(
    fc.stringMatching(/^[a-z/$.^*~=_-][a-z0-9/$.^*~={}_"'#-]{0,12}$/),
    fc.string({ maxLength: 12 }).map((s) => JSON.stringify(s)),
    fc.constantFrom("'it is'", '"a;b"', "${x}", "\\;"),
  );
  const space = fc.constantFrom(" ", "  ", "\t", "\n", "\r\n", " # note ; {\n", "\n\n");
  const { node } = fc.letrec<{ node: string; block: string; line: string }>((tie) => ({
    line: fc
      .tuple(word, fc.array(fc.tuple(space, word), { maxLength: 4 }), space)
      .map(([name, args, end]) => `${name}${args.flat().join("")}${end};`),
    block: fc
      .tuple(word, space, fc.array(tie("node"), { maxLength: 4 }), space)
      .map(([name, before, items, end]) => `${name}${before}{${items.join("\n")}${end}}`),
    node: fc.oneof({ maxDepth: 4 }, tie("line"), tie("block")),
  }));

  it("gives back what was read, whatever it was", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(node, fc.string()), { maxLength: 6 }), (parts) => {
        const text = parts.join("\n");
        expect(print(parse(text, "t"))).toBe(text);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it("comes to an end where a quantifier follows a tag", () => {
    for (const text of ["{{ x }}a{3} ", "x {{ end }}{3,9}a", "b\n{{ end }}1[a-f]{3,9}\t"])
      expect(print(parse(text, "t"))).toBe(text);
  });

  it("writes no brace where one was missing", () => {
    for (const text of [
      "r\n a\n}",
      "server;\n listen 80;\n}\n",
      "http {\n  server\n    listen 80;\n  }\n}\n",
    ]) {
      expect(print(parse(text, "t"))).toBe(text);
    }
  });

  const corpus = join(import.meta.dirname, "../../../shared/corpus");
  const present = statSync(corpus, { throwIfNoEntry: false }) !== undefined;
  it.skipIf(!present)("gives back every file of the corpus (skipped where it is missing)", () => {
    const files = readdirSync(corpus, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    for (const { parentPath, name } of files) {
      const text = readFileSync(join(parentPath, name), "latin1");
      expect(print(parse(text, name))).toBe(text);
    }
    expect(files.length).toBeGreaterThan(50);
  });
});
