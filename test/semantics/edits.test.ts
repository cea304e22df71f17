import { describe, expect, it } from "vitest";
import { parse } from "../../src/parser/index.ts";
import { Configuration, editedText, type TextEdit, withEdits } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";

const MAIN = `events {}
http {
    include sites/*.conf;
    server { listen 80; include snippet; include snippet; }
}
`;
const TREE = { "nginx.conf": MAIN, snippet: "add_header A 1;\n", "sites/a.conf": "server { listen 81; }\n" };

function edit(text: string, from: string, to: string, file: string): TextEdit {
  return { file, offset: text.indexOf(from), length: from.length, text: to };
}

describe("a tree with edits", () => {
  it("reads the changed file again, wherever it is included, and no other", () => {
    const tree = treeOf({ ...TREE, "nginx.conf": MAIN.replace("sites/*.conf", "sites/a.conf") });
    const edited = withEdits(tree, [edit(TREE.snippet, "1", "2", "snippet")]);
    const values = new Configuration(edited).all("add_header").map(({ args }) => args.join(" "));
    expect(values).toEqual(["A 2", "A 2"]);
    expect(edited.entry).toBe(tree.entry);
    expect(edited.files.map(({ name }) => name)).toEqual(tree.files.map(({ name }) => name));
    expect(edited.files.find(({ name }) => name === "snippet")?.text).toBe("add_header A 2;\n");
    expect(tree.files.find(({ name }) => name === "snippet")?.text).toBe(TREE.snippet);
  });
  it("follows an include that moves, drops the files of one that goes, and follows no new one", () => {
    const tree = treeOf(TREE);
    const moved = withEdits(tree, [
      edit(MAIN, "    include sites/*.conf;\n", "", "nginx.conf"),
      edit(MAIN, "include snippet; include snippet;", "location / { include snippet; }", "nginx.conf"),
    ]);
    const configuration = new Configuration(moved);
    expect(configuration.all("listen").map(({ args }) => args[0])).toEqual(["80"]);
    expect(configuration.all("add_header").map(({ context }) => context.kind)).toEqual(["location"]);
    expect(moved.files.map(({ name }) => name)).not.toContain("sites/a.conf");
    const widened = new Configuration(
      withEdits(tree, [edit(MAIN, "events", "include other; events", "nginx.conf")]),
    );
    expect(widened.root.incomplete).toBe(true);
  });
  it("is what the edited texts would be read as", () => {
    const tree = treeOf(TREE);
    const edits = [
      edit(MAIN, "listen 80", "listen 8080", "nginx.conf"),
      edit(MAIN, "events {}", "events { }", "nginx.conf"),
    ];
    const edited = withEdits(tree, edits);
    expect(edited.entry.items).toEqual(parse(editedText(MAIN, edits), "nginx.conf").items);
  });
});
