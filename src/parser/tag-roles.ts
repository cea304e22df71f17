/** What the tags of template languages do: begin, change or end a branch, write text, or nothing that is seen. */

/** What becomes of the text between an opening tag and its end. */
export type Section =
  /** Written or left out. */
  | "branch"
  /** Written any number of times. */
  | "loop"
  /** Written elsewhere, where another tag names it. */
  | "part"
  /** Written once, where it stands. */
  | "always";

export type Role =
  | { readonly kind: "open"; readonly section: Section; readonly name: string; readonly condition: string }
  | { readonly kind: "else"; readonly condition: string }
  | { readonly kind: "close"; readonly name: string }
  /** Text is written in its place. */
  | { readonly kind: "fill" }
  | { readonly kind: "mute" };

const FILL: Role = { kind: "fill" };
const MUTE: Role = { kind: "mute" };

function open(section: Section, name: string, condition: string): Role {
  return { kind: "open", section, name, condition: normalized(condition) };
}

/** A condition without what does not change it, so that the same one is known again. */
function normalized(condition: string): string {
  return condition.replace(/\s+/g, " ").trim();
}

/** What a condition asks, and whether it holds where that does not: `not a` asks for `a`, `a != b` for `a == b`. */
export function questionOf(condition: string): { question: string; isNegated: boolean } {
  const asked = (question: string) => ({ question, isNegated: true });
  // What joins several conditions is its own question.
  if (/\b(?:and|or)\b|&&|\|\|/.test(condition)) return { question: condition, isNegated: false };
  const inner = /^(?:not |! ?)(.*)$/.exec(condition)?.[1];
  if (inner !== undefined) return asked(inner.replace(/^\((.*)\)$/, "$1"));
  if (condition.includes(" is not ")) return asked(condition.replace(" is not ", " is "));
  if (condition.includes(" != ")) return asked(condition.replace(" != ", " == "));
  if (condition.startsWith("ne ")) return asked(`eq ${condition.slice(3)}`);
  return { question: condition, isNegated: false };
}

/** Jinja, Django, Twig, Liquid: `{% if x %}`. Unknown words open a section where the file has their `end`. */
export function roleOfStatement(content: string, ended: ReadonlySet<string>): Role {
  const [, word = "", rest = ""] = /^[-+~]?\s*(\w*)([\s\S]*)/.exec(content) ?? [];
  const condition = rest.replace(/[-+~]$/, "");
  if (word === "if") return open("branch", word, condition);
  if (word === "unless") return open("branch", word, `not ${condition.trim()}`);
  if (word === "case" || word === "switch") return open("branch", word, condition);
  if (word === "else" || word === "elif" || word === "elsif" || word === "elseif" || word === "when")
    return { kind: "else", condition: normalized(condition) };
  if (word === "empty" && ended.has("for")) return { kind: "else", condition: "" };
  if (word === "for" || word === "foreach") return open("loop", word, condition);
  if (word.startsWith("end") && word.length > 3) return { kind: "close", name: word.slice(3) };
  if (word === "macro" || word === "capture") return open("part", word, condition);
  if (word === "set" && !/^[^=]*=/.test(condition)) return open("part", word, condition);
  if (word === "set" || word === "do" || word === "import" || word === "from" || word === "assign")
    return MUTE;
  if (ended.has(word)) return open("always", word, condition);
  return FILL;
}

/** Go's templates, Handlebars, Mustache: `{{ if .X }}`, `{{#if x}}`; else an expression, as Jinja has them. */
export function roleOfExpression(content: string, isInside: boolean): Role {
  const text = content.replace(/^[-~]/, "").replace(/[-~]$/, "").trim();
  const first = text[0];
  if (first === undefined || first === "!" || text.startsWith("/*")) return MUTE;
  if (first === "#") return roleOfSection(text.slice(1).replace(/^[*>]?\s*/, ""));
  if (first === "^") return text.length === 1 ? { kind: "else", condition: "" } : inverted(text.slice(1));
  if (first === "/" && /^\/[\w./-]+$/.test(text)) return { kind: "close", name: text.slice(1) };
  const [, word = "", rest = ""] = /^(\w+)(?:\s+([\s\S]*)|$)/.exec(text) ?? [];
  if (isInside && word === "else")
    return { kind: "else", condition: normalized(rest.replace(/^(?:if|with)\s/, "")) };
  if (isInside && word === "end" && rest === "") return { kind: "close", name: "" };
  if (/^\$[\w.]+(?:\s*,\s*\$\w+)?\s*:?=/.test(text)) return MUTE;
  if (rest === "") return FILL;
  if (word === "if" || word === "with") return open("branch", "", rest);
  if (word === "range") return open("loop", "", rest);
  if (word === "define") return open("part", "", rest);
  if (word === "block" && /^["`]/.test(rest)) return open("always", "", rest);
  return FILL;
}

function roleOfSection(text: string): Role {
  const [, word = "", rest = ""] = /^([\w./-]+)\s*([\s\S]*)/.exec(text) ?? [];
  if (word === "if" || word === "with") return open("branch", word, rest);
  if (word === "unless") return open("branch", word, `not ${rest.trim()}`);
  if (word === "inline") return open("part", word, rest);
  if (word === "each") return open("loop", word, rest);
  // A section of Mustache is a branch or a loop, by what its name stands for.
  return open("loop", word, rest === "" ? word : `${word} ${rest}`);
}

function inverted(text: string): Role {
  const name = text.trim();
  return open("branch", name, `not ${name}`);
}

/** ERB, EEx, EJS, PHP: pieces of a program, of which only the beginnings and ends of blocks are looked for. */
export function roleOfCode(content: string): Role {
  const isOutput = content.startsWith("=");
  const code = content.replace(/^[=_-]+/, "").replace(/[_-]$/, "");
  if (/^\s*(?:#|\/\*|\|)/.test(code)) return MUTE;
  let depth = 0;
  let opener: Role | undefined;
  let otherwise: Role | undefined;
  let closes = false;
  for (const line of withoutStrings(code).split(/[\n;]/)) {
    const statement = line.trim();
    const role = roleOfLine(statement);
    if (role === null) continue;
    if (role.kind === "open") {
      depth++;
      opener ??= role;
    } else if (role.kind === "close") {
      depth--;
      if (depth < 0) closes = true;
    } else if (depth === 0) otherwise = role;
  }
  // The words between quotes tell conditions apart.
  if (depth > 0 && opener?.kind === "open") return { ...opener, condition: conditionOf(code, opener) };
  if (depth < 0) return { kind: "close", name: "" };
  if (otherwise !== undefined || closes) return otherwise ?? { kind: "else", condition: "" };
  return isOutput ? FILL : MUTE;
}

function conditionOf(code: string, opener: Role & { kind: "open" }): string {
  const first = (code.trim().split("\n", 1)[0] ?? "").slice(0, 300);
  const condition = /^(?:if|unless|case|for|foreach|while|until)\b(.*)/.exec(first)?.[1];
  const bare = condition
    ?.trimEnd()
    .replace(/(?:\bthen|\bdo|[{:])$/, "")
    .trim();
  const text = normalized((bare ?? first).replace(/^\((.*)\)$/, "$1"));
  return /^unless\b/.test(first) ? `not ${text}` : opener.condition === "" ? "" : text;
}

function withoutStrings(code: string): string {
  return code
    .replace(/"(?:[^"\\\n]|\\.){0,300}"|'(?:[^'\\\n]|\\.){0,300}'/g, "''")
    .replace(/(?:^|\s)#[^\n]*/g, "");
}

const CODE_OTHERWISE =
  /^(?:else|elsif|elif|elseif|when|rescue|ensure|in\b.*(?:then)?$|case\s.*:$|default\s*:)(?:\b|:)|^\}\s*(?:else|elsif|elseif|catch)\b/;

/** The role of one line of a program; null for one that neither begins nor ends a block. */
function roleOfLine(line: string): Role | null {
  if (/^end(?:if|for|foreach|while|switch)?\b/.test(line)) return { kind: "close", name: "" };
  if (CODE_OTHERWISE.test(line)) return { kind: "else", condition: "" };
  if (/^\w[\w, .{}]*\s->$/.test(line)) return { kind: "else", condition: "" };
  if (/^\}/.test(line))
    return /\{\s*(?:\|[^|]*\|)?$/.test(line) ? { kind: "else", condition: "" } : { kind: "close", name: "" };
  const [, word = ""] = /^(?:@?\w+\s*\|?\|?=\s*)?(\w+)/.exec(line) ?? [];
  if (word === "if" || word === "unless" || word === "case") {
    return /\bend$/.test(line) && /\bthen\b/.test(line)
      ? null
      : open("branch", word === "case" ? word : "", line);
  }
  if (word === "while" || word === "until" || word === "for" || word === "foreach")
    return open("loop", "", line);
  if (word === "begin" || word === "def") return open("always", "", line);
  if (/\bdo\s*(?:\|[^|]*\|)?$/.test(line) || /(?:\{|->|=>\s*\{)\s*(?:\|[^|]*\|)?$/.test(line))
    return open(/^(?:if|else)|\bif_/.test(line) ? "branch" : "loop", "", line);
  return null;
}
