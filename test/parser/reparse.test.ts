import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ConfigFile, parse, reparse } from "../../src/parser/index.ts";

const SERVER = (n: number) => `# Site ${n}
upstream app${n} { server 127.0.0.1:80${n}; }
server {
    listen 80;  # for all
    server_name "site${n}.example" www.site${n}.example;
    location ~ \\.css$ { expires 1d; add_header X-One 'a b'; }
    location / {
        # inner
        try_files $uri
            /index.html;  # last
        content_by_lua_block { return 1 }
    }
}
`;

const TEXT = `# Top\nevents {}\nhttp {\n${[1, 2, 3, 4, 5].map(SERVER).join("\n")}}\n`;

const PIECES = [
  "",
  "x",
  " ",
  "\n",
  "#",
  ";",
  " # y\n",
  "listen 81;\n",
  "}",
  "{",
  "'",
  '"',
  "\\",
  "{{ x }}",
  "\r\n",
  "ab c",
  "@if",
];

const same = ({ items, problems, template, text, name }: ConfigFile) => ({
  items,
  problems,
  template,
  text,
  name,
});

describe("reparse", () => {
  it("reads an edited text as if it had never been read", () => {
    const edit = fc.record({
      at: fc.nat(TEXT.length),
      length: fc.nat(6),
      piece: fc.constantFrom(...PIECES),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), (edits) => {
        let file = parse(TEXT, "nginx.conf");
        for (const { at, length, piece } of edits) {
          const text = file.text.slice(0, at) + piece + file.text.slice(at + length);
          file = reparse(file, text);
          expect(same(file)).toEqual(same(parse(text, "nginx.conf")));
        }
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it("keeps what stands before the change", () => {
    const before = parse(TEXT, "nginx.conf");
    const after = reparse(before, TEXT.replace("# Site 4", "# Another"));
    expect(after.items[1]).toBe(before.items[1]);
  });
});
