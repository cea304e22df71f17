import { greatest } from "../../lists/index.ts";
import type { Word } from "../../parser/index.ts";
import type { Refusal } from "../anchor.ts";
import type { Configuration } from "../configuration.ts";
import { isFixedVariable } from "../directives/variables.ts";
import { readLocation } from "../location.ts";
import { checkPcre } from "../regex/index.ts";
import type { Context, Statement } from "../tree.ts";

/** Patterns that PCRE does not compile, or that nginx does not take. */
export function refusePatterns(configuration: Configuration, refuse: (refusal: Refusal) => void): void {
  const holders = HOLDERS.flatMap((name) => configuration.all(name));
  const entries = configuration.all("map").flatMap(({ block }) => block?.statements ?? []);
  for (const statement of [...holders, ...entries]) {
    for (const written of patternsOf(statement)) {
      const { pattern, word } = written;
      const problem = problemOf(written, statement);
      if (problem === null) continue;
      refuse({
        at: { file: statement.file, start: word.start, end: word.end },
        message: `${problem.message}: nginx does not start.`,
        help: problem.help,
        identity: pattern,
      });
    }
  }
}

/** What PCRE says of `*.php`, the commonest slip: a glob of the shell. */
const NOTHING_TO_REPEAT = "quantifier does not follow a repeatable item";

/** The directives that hold patterns; those of `map` are its entries. */
const HOLDERS = [
  "location",
  "server_name",
  "rewrite",
  "if",
  "valid_referers",
  "gzip_disable",
  "fancyindex_ignore",
  "fastcgi_split_path_info",
  "subs_filter",
  "proxy_redirect",
  "proxy_cookie_path",
  "proxy_cookie_domain",
  "proxy_cookie_flags",
];

interface WrittenPattern {
  readonly pattern: string;
  readonly word: Word;
  /** So many capture groups nginx asks for. */
  readonly groups?: number;
  /** The highest `$1` to `$9` that is to be filled in. */
  readonly captured?: number;
  /** Its named groups become variables (`ngx_http_regex_compile`). */
  readonly defines: boolean;
}

function problemOf(
  { pattern, groups, captured = 0, defines }: WrittenPattern,
  { context }: Statement,
): { message: string; help: string } | null {
  const verdict = checkPcre(pattern);
  if (verdict.ok === "unknown") return null;
  if (!verdict.ok && verdict.message === NOTHING_TO_REPEAT) {
    const sign = pattern.charAt(verdict.offset);
    const ending = /^\*(\.[\w.-]+)\$?$/.exec(pattern)?.[1];
    return {
      message: `\`${sign}\` has nothing before it to repeat in the pattern \`${pattern}\``,
      help:
        ending === undefined
          ? `write what \`${sign}\` repeats before it (\`.${sign}\` for any text), or \`\\${sign}\` for the character itself`
          : `a pattern is no shell glob: write \`${ending.replaceAll(".", "\\.")}$\``,
    };
  }
  if (!verdict.ok) {
    return {
      message: verdict.nginxMessage,
      help: `correct the pattern at character ${verdict.offset + 1}: ${verdict.message}`,
    };
  }
  if (groups !== undefined && verdict.groups !== groups) {
    return {
      message: `pattern "${pattern}" must have ${groups} captures`,
      help: `it has ${verdict.groups}; write two groups that keep what they match, such as \`^(.+\\.php)(/.*)$\``,
    };
  }
  if (captured > verdict.groups) {
    return {
      message: `You want to capture too many regex substrings, more than ${verdict.groups} in "${pattern}"`,
      help: `put what \`$${captured}\` stands for into parentheses`,
    };
  }
  const family = isStream(context) ? "stream" : "http";
  const fixed = defines ? verdict.names.find((name) => isFixedVariable(name, family)) : undefined;
  return fixed === undefined
    ? null
    : {
        message: `the duplicate "${fixed}" variable`,
        help: `nginx sets \`$${fixed}\` itself; choose another name for the group`,
      };
}

function captureOf(text: string): number {
  return greatest([0, ...[...text.matchAll(/\$\{?([1-9])/g)].map(([, digit]) => Number(digit))]);
}

function isStream(context: Context): boolean {
  return [...context.outward()].some(({ kind }) => kind.startsWith("stream"));
}

function* patternsOf(statement: Statement): Generator<WrittenPattern> {
  const { args: words, name: nameWord } = statement.directive;
  const { args, context } = statement;
  const [first] = words;
  if (context.kind === "map") {
    if (nameWord.value.startsWith("~")) {
      yield { pattern: nameWord.value.replace(/^~\*?/, ""), word: nameWord, defines: true };
    }
    return;
  }
  switch (statement.name) {
    case "location": {
      const word = words.at(-1);
      const { modifier, pattern } = readLocation(args);
      if (word !== undefined && (modifier === "~" || modifier === "~*"))
        yield { pattern, word, defines: true };
      return;
    }
    case "server_name":
    case "valid_referers":
      if (context.kind === "mail" || context.kind === "mail-server") return;
      for (const word of words) {
        if (!word.value.startsWith("~") || word.value.length === 1) continue;
        yield { pattern: word.value.slice(1), word, defines: statement.name === "server_name" };
      }
      return;
    case "gzip_disable":
      for (const word of words) {
        if (word.value !== "msie6") yield { pattern: word.value, word, defines: false };
      }
      return;
    case "fancyindex_ignore":
      for (const word of words) yield { pattern: word.value, word, defines: false };
      return;
    case "subs_filter":
      if (first !== undefined && /[ir]/.test(args[2] ?? ""))
        yield { pattern: first.value, word: first, captured: captureOf(args[1] ?? ""), defines: false };
      return;
    case "rewrite":
      if (first !== undefined) yield { pattern: first.value, word: first, defines: true };
      return;
    case "fastcgi_split_path_info":
      if (first !== undefined) yield { pattern: first.value, word: first, groups: 2, defines: false };
      return;
    case "proxy_redirect":
    case "proxy_cookie_path":
    case "proxy_cookie_domain":
    case "proxy_cookie_flags":
      if (first?.value.startsWith("~") && words.length > 1) {
        // Those of cookies' domains and flags never know letter case; the others mark it by an asterisk.
        const mark = /redirect|path/.test(statement.name) ? /^~\*?/ : /^~/;
        yield { pattern: first.value.replace(mark, ""), word: first, defines: true };
      }
      return;
    case "if": {
      // Cut short by a `;`, it is no condition.
      if (statement.directive.block === null) return;
      const [, operator, word] = words;
      if (word === undefined || !/^!?~\*?$/.test(operator?.value ?? "")) return;
      // The closing parenthesis belongs to the condition, as its own word or at the end of this one.
      const last = words.at(-1);
      const pattern = last === word && word.value.endsWith(")") ? word.value.slice(0, -1) : word.value;
      yield { pattern, word, defines: true };
      return;
    }
  }
}
