import type { IToken } from "chevrotain";
import type { ConfigFile, Position, SyntaxProblem } from "./ast.ts";
import { type MendedTokens, mendBraces } from "./braces.ts";
import { firstBranches, isBalanced } from "./branches.ts";
import { Grammar } from "./grammar.ts";
import { LineIndex } from "./line-index.ts";
import { type Scanned, scan } from "./scan.ts";
import { LeftBrace, OpenQuote, PlainWord, QuotedWord, RightBrace, TemplateTag } from "./tokens.ts";

/** Blocks inside blocks; nginx has no bound but its stack, people need four or five. */
const DEEPEST_NESTING = 200;

/** Forgotten quotes that are looked for one by one before the file is taken as it is. */
const MOST_MENDED_WORDS = 20;

let grammar: Grammar | undefined;

/**
 * Reads one file. Never throws for its content: what nginx would refuse is in `problems`, and the rest is there.
 *
 * @param text the whole file; a file that is not UTF-8 comes decoded as Latin-1
 * @param name the name to show
 */
export function parse(text: string, name: string): ConfigFile {
  const { tokens, trivia } = withoutSecondBranches(tokenize(text), text);
  const readable = mendTokens(tokens, text);
  grammar ??= new Grammar();
  const { items, problems } = grammar.read(readable.tokens, trivia, text);
  const all = [...problems, ...readable.problems].sort((a, b) => a.start - b.start);
  return new ParsedFile(name, text, items, all, isTemplate(text, trivia));
}

function isTemplate(text: string, trivia: readonly IToken[]): boolean {
  return trivia.some((token) => token.tokenType === TemplateTag) || PLACEHOLDER.test(text);
}

/** `{{ x }}`, `<%= x %>`, `${DOMAIN}` (nginx's own variables are lower case by convention). */
const PLACEHOLDER = /\{\{[^{}\n;]{1,1000}\}\}|<%=[^\n]{1,1000}?%>|\$\{[A-Z][A-Z0-9_]*\}/;

class ParsedFile implements ConfigFile {
  readonly kind = "file";
  readonly name: string;
  readonly text: string;
  readonly items: ConfigFile["items"];
  readonly problems: readonly SyntaxProblem[];
  readonly template: boolean;
  #lines: LineIndex | undefined;

  constructor(
    name: string,
    text: string,
    items: ConfigFile["items"],
    problems: readonly SyntaxProblem[],
    template: boolean,
  ) {
    this.name = name;
    this.text = text;
    this.items = items;
    this.problems = problems;
    this.template = template;
  }

  position(offset: number): Position {
    this.#lines ??= new LineIndex(this.text);
    return this.#lines.position(offset);
  }
}

function tokenize(text: string): Scanned {
  let scanned = scan(text);
  const mends = new Set<number>();
  for (let broken = firstBrokenWord(scanned.tokens, text); broken !== null; ) {
    if (mends.has(broken) || mends.size >= MOST_MENDED_WORDS) break;
    mends.add(broken);
    scanned = scan(text, mends);
    broken = firstBrokenWord(scanned.tokens, text);
  }
  return scanned;
}

/**
 * Offset of the first string that is not closed, or that closes only where the next string of a later line
 * opens (so that a letter follows its closing quote), or of the first pattern whose `{2}` opens a block.
 */
function firstBrokenWord(tokens: readonly IToken[], text: string): number | null {
  let previous: IToken | undefined;
  for (const token of tokens) {
    const { tokenType, startOffset } = token;
    if (tokenType === OpenQuote) return startOffset;
    if (tokenType === QuotedWord) {
      const next = text[startOffset + token.image.length];
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

/** Branches of a template are all read, unless their braces only fit one by one. */
function withoutSecondBranches(scanned: Scanned, text: string): Scanned {
  const { tokens, trivia } = scanned;
  if (!trivia.some(({ tokenType }) => tokenType === TemplateTag) || isBalanced(tokens)) return scanned;
  return firstBranches(scanned, text) ?? scanned;
}

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
