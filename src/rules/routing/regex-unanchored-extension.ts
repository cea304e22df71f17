import {
  bounded,
  differenceOf,
  type Location,
  languageOf,
  type UriWitness,
  witnessOf,
} from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** Extensions that a pattern finds in the middle of a name. */
export default defineRule({
  id: "regex-unanchored-extension",
  category: "routing",
  severity: "info",
  confidence: "high",
  presets: ["strict"],
  docs: {
    summary: "A regex for a file extension does not end with `$`",
    why: "Without `$` the extension may be anywhere in the URI: `\\.php` passes the upload `/photo.php.jpg` to the interpreter, and `\\.js` caches `/app.json` for a year. If a path may follow the script, write `\\.php(/|$)`.",
    bad: "server {\n    location ~ \\.php {\n        fastcgi_pass 127.0.0.1:9000;\n    }\n}\n",
    good: "server {\n    location ~ \\.php$ {\n        fastcgi_pass 127.0.0.1:9000;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#location"],
  },
  check({ servers, report }) {
    const witnesses = new Map<string, UriWitness | null>();
    for (const server of servers) {
      for (const location of server.locations) {
        if (!location.isRegex) continue;
        const [, before = "", extensions] = EXTENSION.exec(location.pattern) ?? [];
        if (extensions === undefined || isHiddenFile(before)) continue;
        const key = location.title;
        let witness = witnesses.get(key);
        if (witness === undefined) {
          witness = witnessFor(location, extensions);
          witnesses.set(key, witness);
        }
        if (witness === null) continue;
        const isScript = location.context.has("fastcgi_split_path_info");
        report({
          at: location.statement,
          message: `\`${location.title}\` has no \`$\` after the extension, so it also matches \`${witness.uri}\`.`,
          help: `write \`${location.pattern}${isScript ? "(/|$)" : "$"}\``,
          witness: { kind: "uri", value: witness.target },
        });
      }
    }
  },
});

/** `\.php` or `\.(css|js)` at the end of a pattern, and what stands before it. */
const EXTENSION = /^(.*)\\\.([a-z]\w*|\((?:\?:)?[a-z][\w|?]*\))$/i;

/** A URI with the extension in its middle; null where there is none, or where nobody can tell. */
function witnessFor({ pattern, isCaseless }: Location, extensions: string): UriWitness | null {
  const written = languageOf(pattern, { caseless: isCaseless });
  const meant = languageOf(`${pattern}$`, { caseless: isCaseless });
  if (written.kind !== "language" || meant.kind !== "language") return null;
  const [extension = ""] = /[a-z]\w*/i.exec(extensions) ?? [];
  const samples = [`/photo.${extension}.jpg`, `/app.${extension}on`, `/index.${extension}.bak`];
  const found = bounded(() => witnessOf(differenceOf(written.language, meant.language), { samples }));
  return found === "undecidable" ? null : found;
}

/** `/\.git`, `(^|/)\.ht`: the name begins with the dot. */
function isHiddenFile(before: string): boolean {
  return before === "^" || before.replace(/(?<![()|?:^])[()|?:^]+$/, "").endsWith("/");
}
