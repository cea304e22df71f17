/** What other files of the run say of definitions that nothing uses. */
import { expect, it } from "vitest";
import { lint } from "../../src/linter/index.ts";
import { treeOf } from "../tree.ts";

const MAIN = `events {}
http {
    map $sent_http_content_type $cache_control {
        default "no-cache";
    }
    server {
        listen 80;
        return 404;
    }
}
`;

function unusedBeside(...parts: string[]): readonly string[] {
  const trees = [treeOf(MAIN), ...parts.map((text, index) => treeOf({ [`snippets/${index}.conf`]: text }))];
  return lint(trees)
    .findings.filter(({ ruleId }) => ruleId === "unused-definition")
    .map(({ message }) => message);
}

it("counts what a snippet uses that sites are to include", () => {
  expect(unusedBeside("add_header Cache-Control $cache_control;\n")).toEqual([]);
  expect(
    unusedBeside('location / {\n    add_header Cache-Control "${cache_control}, private";\n}\n'),
  ).toEqual([]);
});

it("reports what no file uses", () => {
  const all = ["Nothing uses `map $sent_http_content_type $cache_control`."];
  expect(unusedBeside()).toEqual(all);
  // Another variable, and a comment.
  expect(unusedBeside("add_header A $cache_control_b;\n", "# $cache_control\nadd_header B c;\n")).toEqual(
    all,
  );
  // Another main file is another configuration.
  expect(unusedBeside(MAIN.replace("return 404", "return 200 $cache_control"))).toEqual(all);
});
