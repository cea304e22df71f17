import { describe, expect, it } from "vitest";
import { parse } from "../../src/parser/index.ts";

const around = (before: string, after: string) =>
  `server {\n    ${before}\n    location /files { alias /data/; }\n    ${after}\n}\n`;

/** The names of the directives in the server. */
function namesIn(text: string): readonly string[] {
  const { items, problems } = parse(text, "a.conf");
  expect(problems).toEqual([]);
  const [server] = items.filter((item) => item.kind === "directive");
  if (server?.block?.kind !== "block") throw new Error("no server");
  return server.block.items.flatMap((item) => (item.kind === "directive" ? [item.name.value] : []));
}

describe("a text that nginx takes as it stands", () => {
  it.each([
    ["ERB", "# <%#", "# %>"],
    ["Jinja's comments", "# {% x %} {#", "# #}"],
    ["Liquid's comments", "# {% comment %}", "# {% endcomment %}"],
    ["Handlebars' comments", "# {{!--", "# --}}"],
    ["Go's comments", "# {{/*", "# */}}"],
    ["Blade", "# {!!", "# !!}"],
    ["FreeMarker", "# <#--", "# -->"],
    ["PHP", "# <?php", "# ?>"],
    ["PHP without an end", "# <?php", ""],
    ["PHP in a word", "set $a <?=;", ""],
    ["a tag of several lines", "# {% note", "# %}"],
    ["a macro", "# {% macro a() %}", "# {% endmacro %}"],
    ["a block that is kept for later", "# {% set a %}", "# {% endset %}"],
    ["a definition", '# {{ define "x" }}', "# {{ end }}"],
    ["an inline part", '# {{#*inline "a"}}', "# {{/inline}}"],
    ["strings", 'add_header X "{#"; # {% x %}', 'add_header Y "#}";'],
    ["tags of tags", '# {{ "{{" }}', ""],
    ["delimiters", "# {{= a b =}}", ""],
    ["doubled braces", "# {{", "# }}"],
    ["a branch", "# {% if a %}", "# {% endif %}"],
    ["a name that is filled in", "set $z 1; #{y}", ""],
  ])("keeps what stands between its comments: %s", (_, before, after) => {
    expect(namesIn(around(before, after))).toContain("location");
  });

  it("is no template where thousands of its comments look like tags", () => {
    expect(namesIn(around("# <?php\n".repeat(5_000), ""))).toContain("location");
  });
});

describe("a text that nginx would refuse", () => {
  it("has comments of its template", () => {
    const text = around("listen {{ port }};\n# {#", "#}").replace("}\n    #}", "}\n    # #}");
    expect(namesIn(text)).toEqual(["listen"]);
  });

  it("has tags that a comment holds, too", () => {
    const text = "server {\n    # {{ managed }}\n    {% if a %}\n    listen 80;\n    {% endif %}\n}\n";
    const { branches } = parse(text, "a.conf");
    expect(branches.sections).toHaveLength(1);
    expect(namesIn(text)).toEqual(["listen"]);
  });
});
