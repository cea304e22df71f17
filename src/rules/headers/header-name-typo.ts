import { didYouMean, type Statement } from "../../semantics/index.ts";
import { replaceArgument } from "../fix.ts";
import { defineRule, type Fix } from "../rule.ts";
import { codeOf } from "../wording.ts";
import { KNOWN_NAMES } from "./header-names-known.ts";

/** Directives whose first argument is the name of a header. */
const DIRECTIVES = [
  "add_header",
  "proxy_set_header",
  "grpc_set_header",
  "proxy_hide_header",
  "proxy_pass_header",
  "fastcgi_hide_header",
  "uwsgi_hide_header",
  "real_ip_header",
] as const;

/** Headers that nobody looks for, one letter from one that somebody does. */
export default defineRule({
  id: "header-name-typo",
  category: "headers",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  fix: "unsafe",
  docs: {
    summary: "The name of a header is misspelt",
    why: "nginx accepts any name. A misspelt header has no effect, and nothing complains: the browser does not protect the page, the application does not find the client's address.",
    bad: `server {
    listen 80;
    root /srv/www;
    add_header Strict-Transport-Securiy "max-age=31536000" always;
}
`,
    good: `server {
    listen 80;
    root /srv/www;
    add_header Strict-Transport-Security "max-age=31536000" always;
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header"],
  },
  check({ configuration, report }) {
    const known = new Set(KNOWN_NAMES.map((name) => name.toLowerCase()));
    const told = new Set<unknown>();
    // A thousand sites write the same few names.
    const meanings = new Map<string, string | null>();
    for (const statement of DIRECTIVES.flatMap((name) => configuration.all(name))) {
      const [name = ""] = statement.args;
      let meant = meanings.get(name);
      if (meant === undefined) {
        meant = meantBy(name, known);
        meanings.set(name, meant);
      }
      if (meant === null || told.has(statement.directive)) continue;
      told.add(statement.directive);
      report({
        at: statement,
        message: `The header in ${codeOf(statement)} has no effect: it is spelt \`${meant}\`.`,
        help: `write \`${meant}\``,
        ...(isOnlyOne(statement) ? fixOf(statement, meant) : {}),
        witness: { kind: "header", value: statement.args[0] ?? "" },
      });
    }
  },
});

/** The well-known name that is written with a slip; null for names of one's own. */
function meantBy(name: string, known: ReadonlySet<string>): string | null {
  const lower = name.toLowerCase();
  if (name.length < 6 || known.has(lower) || !/^[a-z-]+$/.test(lower)) return null;
  const meant = didYouMean(name, KNOWN_NAMES);
  if (meant === null || meant.charAt(0).toLowerCase() !== lower.charAt(0)) return null;
  const wanted = meant.toLowerCase();
  // A plural is a name of its own.
  if (lower === `${wanted}s`) return null;
  return isOneSlip(lower, wanted) || (wanted.length >= 12 && isCutShort(lower, wanted)) ? meant : null;
}

/** No other well-known name is as near: `X-Forwarded-Porto` may be a port or a protocol. */
function isOnlyOne({ args: [name = ""] }: Statement): boolean {
  const near = KNOWN_NAMES.filter((each) => isOneSlip(name.toLowerCase(), each.toLowerCase()));
  return new Set(near.map((each) => each.toLowerCase())).size < 2;
}

function fixOf(statement: Statement, meant: string): { fix: Fix } {
  const edits = [replaceArgument(statement, 0, meant)];
  return { fix: { description: `write \`${meant}\``, safe: false, edits } };
}

/** One letter more, less or another, or two neighbours swapped. */
function isOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}

/** Two letters left out, as in `X-Forward-For`. */
function isCutShort(name: string, wanted: string): boolean {
  if (wanted.length - name.length !== 2) return false;
  let at = 0;
  for (const letter of wanted) if (letter === name[at]) at++;
  return at === name.length;
}
