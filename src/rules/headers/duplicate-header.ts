import type { Place, Statement } from "../../semantics/index.ts";
import { SINGLE_HEADERS } from "../../site/index.ts";
import { defineRule } from "../rule.ts";
import { capitalized, codeOf, titleOf } from "../wording.ts";

/** Headers that browsers take once, sent twice. */
export default defineRule({
  id: "duplicate-header",
  category: "headers",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "A header that must be unique is sent twice",
    why: "`add_header` adds: a second one of the same name makes a second line in the response. Browsers then drop the header (two different `X-Frame-Options`, two `Access-Control-Allow-Origin`), use only the first (HSTS), or enforce all of them (two Content Security Policies allow only what both allow).\n\n`add_header_inherit merge` also adds, and does not override.",
    bad: "server {\n    add_header X-Frame-Options DENY;\n    add_header X-Frame-Options SAMEORIGIN;\n}\n",
    good: "server {\n    add_header X-Frame-Options SAMEORIGIN;\n}\n",
    references: [
      "https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header",
      "https://www.rfc-editor.org/rfc/rfc6797#section-8.1",
    ],
  },
  check({ model, report }) {
    const told = new Set<Statement["directive"]>();
    for (const place of model.places) {
      for (const [first, second] of repeatedAt(place)) {
        if (told.has(second.directive)) continue;
        told.add(second.directive);
        const name = second.args[0] ?? "";
        // The same line at both ends: a file that is included twice.
        const again = first.directive === second.directive ? second.chain?.include : undefined;
        report({
          at: again ?? second,
          message: `${capitalized(titleOf(place.context))} sends \`${name}\` twice: ${EFFECTS.get(name.toLowerCase()) ?? "browsers ignore one of them, or both"}.`,
          help: "keep the intended one",
          related: [{ at: first, message: again ? "included twice" : `${codeOf(first)} is the other` }],
        });
      }
    }
  },
});

const EFFECTS: ReadonlyMap<string, string> = new Map([
  ["content-security-policy", "browsers enforce both policies and allow only what both allow"],
  ["strict-transport-security", "browsers use the first and ignore the other"],
  ["access-control-allow-origin", "browsers refuse the response to other origins"],
  ["x-frame-options", "browsers join the values, and ignore the header where they differ"],
]);

/** Pairs of headers of one name that a response from there carries both: written here, or merged with what is written here. */
function* repeatedAt(place: Place): Generator<[Statement, Statement]> {
  if (!place.context.has("add_header")) return;
  const seen = new Map<string, Statement>();
  for (const statement of place.list("add_header").statements) {
    const [name = "", value = ""] = statement.args;
    const lower = name.toLowerCase();
    // A value of variables alone may be empty, and is then not sent.
    if (!SINGLE_HEADERS.has(lower) || /^(\$\{?\w+\}?)*$/.test(value)) continue;
    const first = seen.get(lower);
    if (first === undefined) seen.set(lower, statement);
    else yield [first, statement];
  }
}
