import type { Statement } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Ranges of characters that hold more than their author meant. */
export default defineRule({
  id: "regex-range",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "A character range in a regex matches more than intended",
    why: "A range in brackets goes by character codes. `[A-z]` also matches `[ \\ ] ^ _` and the backtick, which are between `Z` and `a`; in `[+-_]` the dash makes a range that holds digits, capital letters, `/`, `:` and `?`.",
    bad: "server {\n    listen 80;\n    location ~ ^/users/[A-z]+$ {\n        root /srv/www;\n    }\n}\n",
    good: "server {\n    listen 80;\n    location ~ ^/users/[A-Za-z]+$ {\n        root /srv/www;\n    }\n}\n",
    references: ["https://www.pcre.org/current/doc/html/pcre2pattern.html#SEC9"],
  },
  check({ configuration, report }) {
    const holders = HOLDERS.flatMap((name) => configuration.all(name));
    const entries = configuration.all("map").flatMap(({ block }) => block?.statements ?? []);
    for (const statement of [...holders, ...entries]) {
      for (const pattern of patternsOf(statement)) {
        const found = rangeOf(pattern);
        if (found === null) continue;
        const { range, extra, spelling } = found;
        report({
          at: statement,
          message: `\`[${range}]\` in ${codeOf(statement)} also matches \`${extra}\`: a range includes every character between its ends.`,
          help: `write \`${spelling}\``,
          witness: { kind: "value", value: extra },
        });
        break;
      }
    }
  },
});

/** Directives with patterns; those of `map` are its entries. */
const HOLDERS = ["location", "rewrite", "server_name", "if"];

function patternsOf({ name, args, context }: Statement): readonly string[] {
  if (name === "location")
    return /^~\*?$/.test(args[0] ?? "") ? args.slice(1) : args.filter((word) => word.startsWith("~"));
  if (name === "rewrite") return args.slice(0, 1);
  if (name === "server_name") return args.filter((word) => word.startsWith("~"));
  if (name === "if") {
    const at = args.findIndex((word) => /^!?~\*?$/.test(word));
    return at < 0 ? [] : args.slice(at + 1);
  }
  return context.kind === "map" && name.startsWith("~") ? [name] : [];
}

interface Found {
  readonly range: string;
  /** A character that it holds. */
  readonly extra: string;
  readonly spelling: string;
}

function rangeOf(pattern: string): Found | null {
  // A bracket that is not closed takes the rest with it.
  for (const [, inside = "", close] of pattern.matchAll(/\\.|\[\^?((?:\\.|[^\]\\])+)(\]?)/g)) {
    // A POSIX class has brackets of its own.
    if (close !== "]" || inside.includes("[:")) continue;
    const letters = /(?<![\\-])([A-Z0-9])-([a-zA-Z])/.exec(inside);
    if (letters !== null) {
      const [range, from = "", to = ""] = letters;
      const isDigit = /\d/.test(from);
      if (isDigit || /[a-z]/.test(to))
        return {
          range,
          extra: isDigit ? ":" : "_",
          spelling: isDigit ? `[0-9${/[a-z]/.test(to) ? "A-Za-" : "A-"}${to}]` : `[${from}-Za-${to}]`,
        };
    }
    const signs = /(?:^|[\w\\.])?(\\?[+,._/:;=@&])-(\\?[+,._/:;=@&])/.exec(inside);
    if (signs === null || isEndOfRange(inside, signs.index + signs[0].lastIndexOf(`${signs[1]}-`))) continue;
    const [from, to] = [signs[1]?.at(-1) ?? "", signs[2]?.at(-1) ?? ""];
    const extra = between(from, to);
    if (extra !== null) return { range: `${from}-${to}`, extra, spelling: `[${from}${to}-]` };
  }
  return null;
}

/** `a-z.-_`: what stands before the dash may be free, but not where it ends a range itself. */
function isEndOfRange(text: string, at: number): boolean {
  return text[at - 1] === "-" && at > 1;
}

/** A character between two that is neither; a dash alone was meant, then. */
function between(from: string, to: string): string | null {
  const [start, end] = [from.charCodeAt(0), to.charCodeAt(0)];
  for (const sample of ["A", "5", "/", ":"]) {
    const code = sample.charCodeAt(0);
    if (code > start && code < end) return sample;
  }
  return null;
}
