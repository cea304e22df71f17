/** What `--fix=unsafe` writes. */
import { describe, expect, it } from "vitest";
import { treeOf } from "../tree.ts";
import { reportsOf } from "./ask.ts";

const ID = "add-header-inheritance";

/** The text with all fixes applied. */
function mended(text: string, version?: string): string {
  let result = text;
  for (const { fix } of reportsOf(ID, text, { version })) {
    for (const { offset, length, text } of fix?.edits ?? []) {
      result = result.slice(0, offset) + text + result.slice(offset + length);
    }
  }
  return result;
}

const site = (inner: string) => `server {
    add_header X-Frame-Options "DENY" always;
    location / {
${inner}
        root /srv;
    }
}
`;

describe("the message", () => {
  it("counts the places of a snippet that several servers include", () => {
    const server = (port: number) =>
      `server { listen ${port}; add_header X-Frame-Options DENY; include cache.conf; }\n`;
    const messages = reportsOf(ID, {
      "site.conf": server(8001) + server(8002),
      "cache.conf": "location /static/ { add_header Cache-Control public; root /srv; }",
    }).map(({ message }) => message);
    expect(messages).toEqual([
      expect.stringMatching(/^The 2 `location \/static\/` set .* so responses under them lose/),
    ]);
  });
});

describe("the fix", () => {
  it("repeats the lost headers as they are written, behind the location's own", () => {
    expect(mended(site("        add_header Cache-Control no-store; # no caching"))).toBe(
      site(
        '        add_header Cache-Control no-store; # no caching\n        add_header X-Frame-Options "DENY" always;',
      ),
    );
  });

  it("keeps to one line where all stands on one line", () => {
    expect(mended("server { add_header A 1; location / { add_header B 2; root /srv; } }")).toBe(
      "server { add_header A 1; location / { add_header B 2; add_header A 1; root /srv; } }",
    );
  });

  it("keeps CRLF line ends", () => {
    const text = site("        add_header Cache-Control no-store;").replaceAll("\n", "\r\n");
    expect(mended(text)).not.toMatch(/[^\r]\n/);
  });

  it("merges since 1.29.3", () => {
    expect(mended(site("        add_header Cache-Control no-store;"), "1.29.3")).toBe(
      site("        add_header Cache-Control no-store;\n        add_header_inherit merge;"),
    );
  });

  it("does not merge where a header would be sent twice", () => {
    const text = `server {
    add_header X-Frame-Options DENY;
    add_header X-Served-By edge;
    location / {
        add_header X-Frame-Options SAMEORIGIN;
    }
}
`;
    expect(mended(text, "1.29.3")).toContain("SAMEORIGIN;\n        add_header X-Served-By edge;\n");
  });

  it("is not recommended to merge there either", () => {
    const text = "server { add_header A 1; add_header B 2; location / { add_header A 3; } }";
    const helps = reportsOf(ID, text).map(({ help }) => help);
    expect(helps).toEqual([expect.not.stringContaining("merge")]);
  });

  it("leaves files alone that others share, and repeats beside their includes", () => {
    const text =
      "server { add_header A 1; location /a { include cache.conf; } location /b { include cache.conf; } }";
    const tree = treeOf({ "site.conf": text, "cache.conf": "add_header B 2;" }, "http");
    const edits = reportsOf(ID, tree).flatMap(({ fix }) => fix?.edits ?? []);
    expect(edits.map(({ file, offset, text }) => [file.name, offset, text])).toEqual([
      ["site.conf", text.indexOf("; } location /b") + 1, " add_header A 1;"],
      ["site.conf", text.lastIndexOf("; } }") + 1, " add_header A 1;"],
    ]);
  });

  it("keeps out of a location that servers share where they do not lose the same", () => {
    const server = (value: string) => `server { add_header A ${value}; include location.conf; }`;
    const fixes = (first: string, second: string) =>
      reportsOf(
        ID,
        treeOf(
          {
            "site.conf": server(first) + server(second),
            "location.conf": "location / { add_header B 2; root /srv; }",
          },
          "http",
        ),
      ).map(({ fix }) => fix?.edits.length);
    expect(fixes("1", "1")).toEqual([1]);
    expect(fixes("1", "3")).toEqual([undefined]);
  });
});
