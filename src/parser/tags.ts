/**
 * Finds the tags of template languages in a text, as their engines do: before nginx's words, quotes and comments mean
 * anything. Those that nginx would read otherwise are told by `as-it-stands.ts`.
 */
import { type Role, roleOfCode, roleOfExpression, roleOfStatement } from "./tag-roles.ts";

export interface Tag {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly role: Role;
  /** Tags of one family open and close each other. */
  readonly family: Family;
}

export type Family = "statement" | "expression" | "code" | "line" | "directive" | "shell";

/** Longer tags are none, so that a hostile text costs no more than its length times a constant. */
const LONGEST = 4000;

/** What may begin a tag. */
const BEGINNING =
  /\{\{|\{%|\{#|\{!!|<%|<\?(?:php\b|=)|<\/?#|\[\[-?[ .]|%\{~?[ \t]*\w|\$\{[A-Za-z_]\w*[^\w}]|^[ \t]*(?:[%>][ \t]*(?=(?:if|for|else|elif|end|while)\b|end|--)|@(?=(?:if|else|end|for|unless|isset|empty|switch|php)\w*\b))/gm;

/** The tags of a text in order; none lies in another. @param isNone what only looks like one */
export function findTags(text: string, isNone: (tag: Tag) => boolean = () => false): readonly Tag[] {
  BEGINNING.lastIndex = 0;
  if (!BEGINNING.test(text)) return NO_TAGS;
  return new Finder(text).find(isNone);
}

const NO_TAGS: readonly Tag[] = [];

/** A text with more that only looks like tags is no template. */
const MOST_MISLEADING = 1_000;

/** What pieces of programs do is found out when somebody asks: they may be as long as the text. */
class CodeTag implements Tag {
  readonly family = "code";
  readonly start: number;
  readonly end: number;
  readonly #content: () => string;
  #role: Role | undefined;

  constructor(start: number, end: number, content: () => string) {
    this.start = start;
    this.end = end;
    this.#content = content;
  }

  get role(): Role {
    this.#role ??= roleOfCode(this.#content());
    return this.#role;
  }
}

class Finder {
  readonly #text: string;
  readonly #ends = new Map<string, number>();
  /** Words that have an `end` in this file, as `macro` has `endmacro`. */
  readonly #ended: ReadonlySet<string>;
  /** `{#` is a comment in Jinja; elsewhere a block may begin with a comment of nginx. */
  readonly #isJinja: boolean;
  /** What only looked like tags. */
  #misleading = 0;
  /** How many sections of `{{ if x }}` are open. */
  #inside = 0;

  constructor(text: string) {
    this.#text = text;
    this.#ended = new Set(Array.from(text.matchAll(/\{%[-+~]?\s*end(\w+)/g), ([, word = ""]) => word));
    this.#isJinja = /\{%[-+~]?\s*\w|\{\{[^{}]+\}\}/.test(text);
  }

  find(isNone: (tag: Tag) => boolean): readonly Tag[] {
    const tags: Tag[] = [];
    const text = this.#text;
    BEGINNING.lastIndex = 0;
    for (let found = BEGINNING.exec(text); found !== null; found = BEGINNING.exec(text)) {
      const start = found.index + found[0].length - found[0].trimStart().length;
      const read = this.#read(start);
      const tag = read === null || isNone(read) ? null : read;
      if (read !== null && tag === null && ++this.#misleading > MOST_MISLEADING) return NO_TAGS;
      // The next one may begin with the second letter of this one.
      BEGINNING.lastIndex = tag?.end ?? start + 1;
      if (tag === null) continue;
      if (tag.family === "expression") {
        if (tag.role.kind === "open") this.#inside++;
        else if (tag.role.kind === "close" && this.#inside > 0) this.#inside--;
      }
      tags.push(tag);
      const rest = this.#literal(tag);
      if (rest !== null) BEGINNING.lastIndex = rest;
    }
    return tags;
  }

  /** Where tags are looked for again behind `{% raw %}`: those of Jinja are text up to its end. */
  #literal({ start, end }: Tag): number | null {
    const name = /^\{%[-+~]?\s*(raw|verbatim)\b/.exec(
      this.#text.slice(start, Math.min(end, start + 30)),
    )?.[1];
    if (name === undefined) return null;
    const close = this.#plainEnd(end, `end${name}`);
    return close < 0 ? null : Math.max(end, this.#text.lastIndexOf("{%", close));
  }

  #read(start: number): Tag | null {
    const text = this.#text;
    const two = text.slice(start, start + 2);
    switch (two) {
      case "{{":
        return this.#expression(start);
      case "{%": {
        const end = this.#quotedEnd(start + 2, "%}");
        if (end < 0 || !/^[-+~]?\s*[A-Za-z_]/.test(text.slice(start + 2, start + 40))) return null;
        return this.#statement(start, end);
      }
      case "{#":
        return this.#comment(start);
      case "{!": {
        const end = this.#plainEnd(start + 3, "!!}");
        return end < 0 ? null : { start, end, family: "expression", role: { kind: "fill" } };
      }
      case "<%": {
        if (text[start + 2] === "%") return null;
        const end = this.#plainEnd(start + 2, "%>");
        if (end < 0) return null;
        return new CodeTag(start, end, () => text.slice(start + 2, end - 2));
      }
      case "<?": {
        const close = this.#plainEnd(start + 2, "?>");
        const end = close < 0 ? text.length : close;
        return new CodeTag(start, end, () =>
          text.slice(start + 2, close < 0 ? end : end - 2).replace(/^php\b/, ""),
        );
      }
      case "<#":
      case "</":
        return this.#markup(start);
      case "[[": {
        const end = this.#plainEnd(start + 2, "]]");
        if (
          end < 0 ||
          /[\n;]/.test(text.slice(start, end)) ||
          !/\s\]\]$|\[\[-?\./.test(text.slice(start, end))
        )
          return null;
        return this.#goTag(start, end, text.slice(start + 2, end - 2));
      }
      case "%{": {
        const end = this.#plainEnd(start + 2, "}");
        if (end < 0) return null;
        const content = text.slice(start + 2, end - 1).replace(/^~|~$/g, "");
        if (!/^\s*(?:if|else|endif|for|endfor)\b/.test(content)) return null;
        return { start, end, family: "directive", role: roleOfStatement(content, this.#ended) };
      }
      default:
        return text[start] === "$" ? this.#shell(start) : this.#line(start);
    }
  }

  #statement(start: number, end: number): Tag | null {
    const content = this.#text.slice(start + 2, end - 2);
    const role = roleOfStatement(content, this.#ended);
    // What stands between these is written nowhere.
    if (role.kind === "open" && role.name === "comment") {
      const word = this.#plainEnd(end, "endcomment");
      const close = word < 0 ? -1 : this.#plainEnd(word, "%}");
      if (close > 0) return { start, end: close, family: "statement", role: { kind: "mute" } };
    }
    return { start, end, family: "statement", role };
  }

  #expression(start: number): Tag | null {
    const text = this.#text;
    const head = text.slice(start, start + 8);
    const comment = /^\{\{~?!--/.test(head) ? "--" : /^\{\{-?\s?\/\*/.test(head) ? "*/" : null;
    if (comment !== null) {
      const inner = this.#plainEnd(start + 4, comment === "--" ? "--}}" : "*/");
      const end = inner < 0 ? -1 : comment === "--" ? inner : this.#plainEnd(inner, "}}");
      const tilde = comment === "--" && end < 0 ? this.#plainEnd(start + 4, "--~}}") : end;
      return tilde < 0 ? null : { start, end: tilde, family: "expression", role: { kind: "mute" } };
    }
    // `{{{x}}}` of Mustache is not escaped; in Jinja `{{{'a': 1}['a']}}` is a dictionary.
    const isLoud = text.startsWith("{{{", start) && text[this.#plainEnd(start + 3, "}}")] === "}";
    const braces = isLoud ? 3 : 2;
    const end = this.#quotedEnd(start + braces, "}".repeat(braces));
    if (end < 0) return null;
    const content = text.slice(start + braces, end - braces);
    if (/^\s*$/.test(content)) return null;
    // No expression has a `;`, but `server {{ listen {port}; }}` has, which doubles its braces for Python.
    if (content[0] !== "!" && withoutQuoted(content).includes(";")) return null;
    return this.#goTag(start, end, content);
  }

  #goTag(start: number, end: number, content: string): Tag {
    return { start, end, family: "expression", role: roleOfExpression(content, this.#inside > 0) };
  }

  #comment(start: number): Tag | null {
    const text = this.#text;
    const end = this.#plainEnd(start + 2, "#}");
    if (end < 0) return null;
    if (!this.#isJinja && !(startsItsLine(text, start) && endsItsLine(text, end))) return null;
    return { start, end, family: "statement", role: { kind: "mute" } };
  }

  /** FreeMarker: `<#if x>`, `</#if>`, `<#-- note -->`. */
  #markup(start: number): Tag | null {
    const text = this.#text;
    if (text.startsWith("<#--", start)) {
      const end = this.#plainEnd(start + 4, "-->");
      return end < 0 ? null : { start, end, family: "directive", role: { kind: "mute" } };
    }
    const [image, slash = "", word = "", rest = ""] =
      /^<(\/?)#(\w+)(?!\w)([^\n>]*)>/.exec(text.slice(start, start + 400)) ?? [];
    if (image === undefined) return null;
    const content = slash === "/" ? `end${word}` : `${word === "list" ? "for" : word}${rest}`;
    const role = roleOfStatement(content === "endlist" ? "endfor" : content, this.#ended);
    return { start, end: start + image.length, family: "directive", role };
  }

  /** `${VAR:-default}`, which nginx does not know: its own names are followed by `}`. */
  #shell(start: number): Tag | null {
    const text = this.#text;
    if (!/^\$\{\w+(?::?[-=?+]|%|#|\/|\^|,|!|\[|\.)/.test(text.slice(start, start + 100))) return null;
    let depth = 0;
    for (let at = start + 1; at < Math.min(text.length, start + LONGEST / 8); at++) {
      const letter = text[at];
      if (letter === "\n") return null;
      if (letter === "{") depth++;
      else if (letter === "}" && --depth === 0)
        return { start, end: at + 1, family: "shell", role: { kind: "fill" } };
    }
    return null;
  }

  /** `% if x:` of Mako, `> if x then` of Penlight, `@if (x)` of Blade: the line is the tag. */
  #line(start: number): Tag | null {
    const newline = this.#text.indexOf("\n", start);
    const line = this.#text.slice(start, newline < 0 ? undefined : newline).trimEnd();
    if (/[;{]$/.test(line) && !/^>[ \t]*--/.test(line)) return null;
    const content = line
      .slice(1)
      .trim()
      .replace(/:$|\bthen$|\bdo$/, "");
    if (content.startsWith("--"))
      return { start, end: start + line.length, family: "line", role: { kind: "mute" } };
    const role = /^end\b(?!\w)/.test(content)
      ? ({ kind: "close", name: "" } as const)
      : roleOfStatement(content, this.#ended);
    return { start, end: start + line.length, family: "line", role };
  }

  /** Behind the next `close`; -1 where there is none. No text is searched twice. */
  #plainEnd(from: number, close: string): number {
    let at = this.#ends.get(close) ?? -1;
    if (at < from) {
      at = this.#text.indexOf(close, from);
      if (at < 0) at = Number.POSITIVE_INFINITY;
      this.#ends.set(close, at);
    }
    return Number.isFinite(at) ? at + close.length : -1;
  }

  /** Behind the next `close` that stands in no string and no braces of the tag. */
  #quotedEnd(from: number, close: string): number {
    const text = this.#text;
    const plain = this.#plainEnd(from, close);
    if (plain < 0 || plain - from > LONGEST) return -1;
    let depth = 0;
    for (let at = from; at < Math.min(text.length, from + LONGEST); at++) {
      const letter = text[at];
      if (letter === '"' || letter === "'" || letter === "`") {
        const end = endOfQuoted(text, at, from + LONGEST);
        if (end < 0) return plain;
        at = end;
      } else if (depth === 0 && text.startsWith(close, at)) return at + close.length;
      else if (letter === "{") depth++;
      else if (letter === "}" && depth > 0) depth--;
    }
    return plain;
  }
}

/** Offset of the closing quote; -1 where there is none in the tag. */
function endOfQuoted(text: string, start: number, bound: number): number {
  const quote = text[start];
  for (let at = start + 1; at < Math.min(text.length, bound); at++) {
    if (text[at] === "\\" && quote !== "`") at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}

function withoutQuoted(content: string): string {
  return content.replace(/"(?:[^"\\]|\\[\s\S]){0,300}"|'(?:[^'\\]|\\[\s\S]){0,300}'|`[^`]*`/g, "");
}

export function startsItsLine(text: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && (text[before] === " " || text[before] === "\t")) before--;
  return before < 0 || text[before] === "\n";
}

export function endsItsLine(text: string, at: number): boolean {
  let after = at;
  while (text[after] === " " || text[after] === "\t" || text[after] === "\r") after++;
  return after >= text.length || text[after] === "\n";
}
