import {
  bounded,
  differenceOf,
  type Location,
  languageOf,
  type UriWitness,
  witnessOf,
} from "../../semantics/index.ts";
import { replaceArgument } from "../fix.ts";
import { defineRule } from "../rule.ts";

/** A dot that means a dot, and matches any character. */
export default defineRule({
  id: "regex-unescaped-dot",
  category: "routing",
  severity: "info",
  confidence: "high",
  presets: ["strict"],
  fix: "unsafe",
  docs: {
    summary: "A dot before a file extension is not escaped",
    why: "In a regex `.` matches any character: `.php$` also passes `/blog/telephp` to the interpreter, and `.js$` caches `/about/njs` like a script. Write `\\.`.",
    bad: "server {\n    location ~ .php$ {\n        fastcgi_pass 127.0.0.1:9000;\n    }\n}\n",
    good: "server {\n    location ~ \\.php$ {\n        fastcgi_pass 127.0.0.1:9000;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#location"],
  },
  check({ servers, report }) {
    const witnesses = new Map<string, UriWitness | null>();
    for (const server of servers) {
      for (const location of server.locations) {
        if (!location.isRegex) continue;
        const dots = literalDots(location.pattern);
        if (dots.length === 0) continue;
        const key = location.title;
        let witness = witnesses.get(key);
        if (witness === undefined) {
          witness = witnessFor(location, dots);
          witnesses.set(key, witness);
        }
        if (witness === null) continue;
        const escaped = escapeAt(location.pattern, dots);
        const last = location.statement.directive.args.length - 1;
        const isPlain = location.statement.directive.args[last]?.raw === location.pattern;
        report({
          at: location.statement,
          message: `The dot in \`${location.pattern}\` matches any character, so \`${location.title}\` also matches \`${witness.uri}\`.`,
          help: `write \`${escaped}\``,
          witness: { kind: "uri", value: witness.target },
          ...(isPlain
            ? {
                fix: {
                  description: `Write \`${escaped}\``,
                  safe: false,
                  edits: [replaceArgument(location.statement, last, escaped)],
                },
              }
            : {}),
        });
      }
    }
  },
});

/** Where unescaped dots stand before the name of an extension or of a hidden file. */
function literalDots(pattern: string): number[] {
  const dots: number[] = [];
  let isClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at];
    if (char === "\\") at++;
    else if (isClass) isClass = char !== "]";
    else if (char === "[") {
      isClass = true;
      // A bracket at the start of a class is one of its characters.
      if (pattern[at + 1] === "^") at++;
      if (pattern[at + 1] === "]") at++;
    } else if (char === "." && isBeforeName(pattern.slice(at + 1))) dots.push(at);
  }
  return dots;
}

const NAMES = /^(?:[A-Za-z]\w|\((?:\?:|\?!)?[A-Za-z][\w-]*(?:(?:\?\|?|\|)[A-Za-z][\w-]*)*(?:\?\|?|\|)?\))/;

/** A word, or a choice of words: `php`, `(css|js)`, `(?:git|svn)`. */
function isBeforeName(rest: string): boolean {
  return NAMES.test(rest);
}

function escapeAt(pattern: string, dots: readonly number[]): string {
  let escaped = "";
  let from = 0;
  for (const dot of dots) {
    escaped += `${pattern.slice(from, dot)}\\`;
    from = dot;
  }
  return escaped + pattern.slice(from);
}

/** A URI that matches only because a dot is not escaped; null where there is none, or where nobody can tell. */
function witnessFor({ pattern, isCaseless }: Location, dots: readonly number[]): UriWitness | null {
  const written = languageOf(pattern, { caseless: isCaseless });
  const meant = languageOf(escapeAt(pattern, dots), { caseless: isCaseless });
  if (written.kind !== "language" || meant.kind !== "language") return null;
  const found = bounded(() => witnessOf(differenceOf(written.language, meant.language)));
  return found === "undecidable" ? null : found;
}
