/** Whether PCRE compiles a pattern: what `nginx -t` says of a `location ~`, `rewrite`, `if`, `map` or `server_name` regex. */
import { fromBytes, toBytes } from "./bytes.ts";
import { Memo } from "./memo.ts";
import { parsePattern } from "./parse-pattern.ts";

export type PatternCheck =
  | {
      readonly ok: true;
      /** How many capture groups there are. */
      readonly groups: number;
      /** Names of groups, in order of appearance. */
      readonly names: readonly string[];
    }
  | {
      readonly ok: false;
      /** PCRE's own words, such as `missing closing parenthesis`. */
      readonly message: string;
      /** Where in the pattern, in UTF-16 units. */
      readonly offset: number;
      /** The line nginx prints: `pcre2_compile() failed: … in "…" at "…"`. */
      readonly nginxMessage: string;
    }
  /** Versions of PCRE differ here, or it cannot be judged without PCRE. */
  | { readonly ok: "unknown"; readonly reason: string };

/** Checks a pattern (text as it stands in the file, after nginx's own unquoting) against PCRE2's syntax. */
export function checkPcre(pattern: string): PatternCheck {
  return checked.get(pattern, () => check(pattern));
}

const checked = new Memo<PatternCheck>(500);

function check(pattern: string): PatternCheck {
  const bytes = toBytes(pattern);
  const parsed = parsePattern(bytes, false);
  if (parsed.kind === "pattern") {
    const { groups, names } = parsed.pattern;
    return { ok: true, groups, names: names.map(([name]) => name) };
  }
  if (parsed.kind === "unsure") return { ok: "unknown", reason: parsed.reason };
  const { message } = parsed;
  const rest = fromBytes(bytes.slice(parsed.offset));
  const at = rest === "" ? "" : ` at "${rest}"`;
  return {
    ok: false,
    message,
    offset: fromBytes(bytes.slice(0, parsed.offset)).length,
    nginxMessage: `pcre2_compile() failed: ${message} in "${pattern}"${at}`,
  };
}
