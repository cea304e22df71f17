import type { IToken } from "chevrotain";
import { mayHide, readAsItStands } from "./as-it-stands.ts";
import type { ConfigFile, Position, SyntaxProblem } from "./ast.ts";
import { type MendedTokens, mendBraces } from "./braces.ts";
import { type Balanced, balanceBranches } from "./branch-braces.ts";
import { Branches } from "./branches.ts";
import { Grammar } from "./grammar.ts";
import { LineIndex } from "./line-index.ts";
import { isFilledIn } from "./placeholders.ts";
import { type Scanned, scan } from "./scan.ts";
import { readTemplate, type Template } from "./template.ts";
import {
  LeftBrace,
  OpenQuote,
  PlainWord,
  QuotedWord,
  RightBrace,
  Semicolon,
  TemplateTag,
  tokenOf,
} from "./tokens.ts";

/** Blocks inside blocks; nginx has no bound but its stack, people need four or five. */
const DEEPEST_NESTING = 200;

/** Forgotten quotes that are looked for one by one before the file is taken as it is. */
const MOST_MENDED_WORDS = 20;
/** For each of them the text is read again: so many characters in all. */
const MOST_READ_AGAIN = 20_000_000;

let grammar: Grammar | undefined;

/**
 * Reads one file. Never throws for its content: what nginx would refuse is in `problems`, and the rest is there.
 *
 * @param text the whole file; a file that is not UTF-8 comes decoded as Latin-1
 * @param name the name to show
 * @param end where reading ends, at the start of a line: the length of the text, or less where that is too much for a run
 */
export function parse(text: string, name: string, end = text.length): ConfigFile {
  if (end >= text.length) return parseWhole(text, name, null);
  const { items, problems, template, branches } = parseWhole(text.slice(0, end), name, end);
  const cut: SyntaxProblem = {
    start: end,
    end,
    message: "what follows is not read: there are more directives than a run takes",
    help: "lint parts of it by themselves",
    code: "cut",
  };
  const unread = items.length === 0 && problems.some(({ code }) => code === "unreadable");
  return new ParsedFile(name, text, items, unread ? problems : [...problems, cut], template, branches, end);
}

/** @param cut where it ends because the rest is not read; null where nothing is left out */
function parseWhole(text: string, name: string, cut: number | null): ParsedFile {
  const tagged = readTemplate(text);
  const foreign = foreignTo(text, tagged);
  const mayMislead = foreign !== null || (tagged !== null && mayHide(text, tagged.tags));
  const plain = mayMislead ? readAsItStands(text) : null;
  let read: ParsedFile | Foreign;
  if (plain === null) read = foreign ?? readWith(tagged, text, name, cut);
  else {
    read = readWith(
      readTemplate(text, (tag) => plain.isHiding(tag)),
      text,
      name,
      cut,
    );
    // nginx takes it, whatever its tags would be to others.
    if (!(read instanceof ParsedFile)) read = readWith(null, text, name, cut);
  }
  return read instanceof ParsedFile ? read : unreadable(text, name, read);
}

/** The file with these tags, or why it cannot be read with them. */
function readWith(
  template: Template | null,
  text: string,
  name: string,
  cut: number | null,
): ParsedFile | Foreign {
  const scanned = tokenize(text, template);
  const balanced = template === null ? null : balanceIn(template, scanned.tokens);
  if (template !== null && balanced?.isBalanced === false && mayWriteBraces(template, balanced))
    return { at: 0, reason: "which blocks open and close depends on what its tags write" };
  const readable = mendTokens(closed(balanced?.tokens ?? scanned.tokens, cut), text);
  grammar ??= new Grammar();
  const { items, problems } = grammar.read(readable.tokens, scanned.trivia, text, template);
  const all = [...problems, ...readable.problems, ...(balanced?.problems ?? [])];
  all.sort((a, b) => a.start - b.start);
  const doubtful = template === null ? undefined : all.find((problem) => isDoubtful(problem, template, text));
  if (doubtful !== undefined) {
    const reason = `${doubtful.message}, unless a tag writes what is missing`;
    return { at: doubtful.start, reason };
  }
  const isTemplate = scanned.trivia.some(isTag) || template !== null || isFilledIn(text);
  return new ParsedFile(name, text, items, all, isTemplate, template?.branches ?? NO_BRANCHES);
}

const NO_BRANCHES = new Branches([]);

/** The tokens, with those that end the directive and the blocks that are open where reading ends. */
function closed(tokens: IToken[], cut: number | null): IToken[] {
  if (cut === null) return tokens;
  let depth = 0;
  for (const { tokenType } of tokens) {
    if (tokenType === LeftBrace) depth++;
    else if (tokenType === RightBrace && depth > 0) depth--;
  }
  const last = tokens.at(-1)?.tokenType;
  const isOpen = last === PlainWord || last === QuotedWord;
  const added = isOpen ? [tokenOf(Semicolon, "", cut)] : [];
  while (depth-- > 0) added.push(tokenOf(RightBrace, "", cut));
  return added.length === 0 ? tokens : tokens.concat(added);
}

function isTag({ tokenType }: IToken): boolean {
  return tokenType === TemplateTag;
}

/** Why a file cannot be read at all, and where that shows. */
interface Foreign {
  readonly at: number;
  readonly reason: string;
}

function unreadable(text: string, name: string, { at, reason }: Foreign): ParsedFile {
  const line = text.indexOf("\n", at);
  const problem: SyntaxProblem = {
    start: at,
    end: Math.max(at, line < 0 ? text.length : line),
    message: `cannot read this template: ${reason}`,
    help: "lint the rendered file",
    code: "unreadable",
  };
  return new ParsedFile(name, text, [], [problem], true, NO_BRANCHES);
}

/** What is no text with tags for nginx, whatever is filled in. */
function foreignTo(text: string, template: Template | null): Foreign | null {
  const first =
    /^(?:[ \t]*(?:#[^\n]*|\{\{[^\n]*\}\}[ \t\r]*|---[ \t\r]*|\r?)\n)*(?:apiVersion|kind|metadata):[ \t]/.exec(
      text,
    );
  if (first !== null) return { at: 0, reason: "it is YAML, and the nginx configuration is a value in it" };
  if (template === null && !text.includes("{{")) return null;
  const nested = /\{\{-?\s*(["'`])\{[{%#]-?\1/.exec(text);
  if (nested !== null) return { at: nested.index, reason: "its tags write the tags of another template" };
  const delimiters = /\{\{=\s{0,9}\S{1,9}\s{1,9}\S{1,9}\s{0,9}=\}\}/.exec(text);
  if (delimiters !== null)
    return { at: delimiters.index, reason: "it chooses delimiters of its own for its tags" };
  // `server {{` with `listen {port};` in it.
  const doubled = /\{\{[ \t\r]*(?:#[^\n]{0,200})?\n/.exec(text);
  if (doubled === null || template?.tagAt(doubled.index) !== undefined) return null;
  return /\}\}[ \t]*\r?(?:\n|$)/.test(text) ? { at: doubled.index, reason: "its braces are doubled" } : null;
}

function balanceIn(template: Template, tokens: IToken[]): Balanced {
  return balanceBranches(tokens, template.branches, (from, to) => template.writesText(from, to));
}

function mayWriteBraces(template: Template, { isConditional }: Balanced): boolean {
  return isConditional || template.branches.isBroken || template.writesText(0, Number.POSITIVE_INFINITY);
}

/** A tag stands so near that it may write what is missing there. */
function isDoubtful({ start, code, isCertain }: SyntaxProblem, template: Template, text: string): boolean {
  if (code !== undefined || isCertain) return false;
  const line = text.lastIndexOf("\n", start - 1);
  const before = text.lastIndexOf("\n", line - 1);
  const end = text.indexOf("\n", start);
  const own = end < 0 ? text.length : end;
  const next = text.indexOf("\n", own + 1);
  return template.hasTagBetween(line, own) || template.writesText(before, next < 0 ? text.length : next);
}

export class ParsedFile implements ConfigFile {
  readonly kind = "file";
  readonly name: string;
  readonly text: string;
  readonly items: ConfigFile["items"];
  readonly problems: readonly SyntaxProblem[];
  readonly template: boolean;
  readonly branches: Branches;
  readonly readTo: number;
  #lines: LineIndex | undefined;

  constructor(
    name: string,
    text: string,
    items: ConfigFile["items"],
    problems: readonly SyntaxProblem[],
    template: boolean,
    branches: Branches,
    readTo = text.length,
  ) {
    this.name = name;
    this.text = text;
    this.items = items;
    this.problems = problems;
    this.template = template;
    this.branches = branches;
    this.readTo = readTo;
  }

  position(offset: number): Position {
    this.#lines ??= new LineIndex(this.text);
    return this.#lines.position(offset);
  }
}

function tokenize(text: string, template: Template | null): Scanned {
  let scanned = scan(text, template);
  const mends = new Set<number>();
  const most = Math.min(MOST_MENDED_WORDS, Math.floor(MOST_READ_AGAIN / Math.max(text.length, 1)));
  for (let broken = firstBrokenWord(scanned.tokens, text, template); broken !== null; ) {
    if (mends.has(broken) || mends.size >= most) break;
    mends.add(broken);
    scanned = scan(text, template, mends);
    broken = firstBrokenWord(scanned.tokens, text, template);
  }
  return scanned;
}

/**
 * Offset of the first string that is not closed, or that closes only where the next string of a later line
 * opens (so that a letter follows its closing quote), or of the first pattern whose `{2}` opens a block.
 */
function firstBrokenWord(tokens: readonly IToken[], text: string, template: Template | null): number | null {
  let previous: IToken | undefined;
  for (const token of tokens) {
    const { tokenType, startOffset } = token;
    if (tokenType === OpenQuote) return startOffset;
    if (tokenType === QuotedWord) {
      const end = startOffset + token.image.length;
      const next = template?.tagAt(end) ? undefined : text[end];
      if (next !== undefined && !/[ \t\r\n;{)}]/.test(next) && token.image.includes("\n")) return startOffset;
    }
    if (
      tokenType === LeftBrace &&
      previous?.tokenType === PlainWord &&
      previous.startOffset + previous.image.length === startOffset
    ) {
      QUANTIFIER.lastIndex = startOffset;
      if (QUANTIFIER.test(text)) return previous.startOffset;
    }
    previous = token;
  }
  return null;
}

const QUANTIFIER = /\{\d+(?:,\d*)?\}/y;

/** Asks for the repairs that a file with unbalanced or too deep blocks needs; others pass as they are. */
function mendTokens(tokens: IToken[], text: string): MendedTokens {
  let depth = 0;
  let deepest = 0;
  let stray = false;
  for (const { tokenType } of tokens) {
    if (tokenType === LeftBrace) {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (tokenType === RightBrace) {
      if (depth === 0) stray = true;
      else depth--;
    }
  }
  if (deepest > DEEPEST_NESTING) return cutDeepBlocks(tokens);
  return depth > 0 || stray ? mendBraces(tokens, text) : { tokens, problems: [] };
}

/** Empties blocks that are nested deeper than anyone means, so that reading them needs no deep stack. */
function cutDeepBlocks(tokens: IToken[]): MendedTokens {
  const kept: IToken[] = [];
  const problems: SyntaxProblem[] = [];
  let depth = 0;
  for (const token of tokens) {
    if (token.tokenType === RightBrace && depth > 0) depth--;
    if (depth <= DEEPEST_NESTING) kept.push(token);
    if (token.tokenType !== LeftBrace) continue;
    depth++;
    if (depth === DEEPEST_NESTING + 1 && problems.length === 0) {
      problems.push({
        start: token.startOffset,
        end: token.startOffset + 1,
        message: `blocks are nested more than ${DEEPEST_NESTING} deep; what is in this one is not read`,
      });
    }
  }
  return { tokens: kept, problems };
}
