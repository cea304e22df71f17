/**
 * The grammar, with embedded actions that build the tree.
 *
 * It accepts every sequence of tokens: what nginx refuses becomes a `SyntaxProblem`, and reading goes on behind it,
 * so no exception and no token recovery is ever needed.
 */
import { EmbeddedActionsParser, type IToken } from "chevrotain";
import type { Block, Comment, Item, Quote, RawBlock, SyntaxProblem, Word } from "./ast.ts";
import type { Template } from "./template.ts";
import {
  AnyWord,
  HashComment,
  LeftBrace,
  LuaBlock,
  MendedWord,
  OpenQuote,
  PlainWord,
  QuotedWord,
  RightBrace,
  Semicolon,
  TemplateTag,
  VOCABULARY,
} from "./tokens.ts";

const NO_COMMENTS: readonly Comment[] = [];
const NO_WORDS: readonly Word[] = [];
const NO_ITEMS: readonly Item[] = [];

export class Grammar extends EmbeddedActionsParser {
  #text = "";
  #template: Template | null = null;
  #problems: SyntaxProblem[] = [];
  /** Comments and template tags in order; those before `#nextTrivia` have their place in the tree. */
  #trivia: readonly IToken[] = [];
  #nextTrivia = 0;
  /** The items of the innermost block that is being read. */
  #items: Item[] = [];
  /** Names of the blocks that are being read, innermost last. */
  #blocks: string[] = [];
  /** The arguments that are being read. */
  readonly #args: Word[] = [];

  constructor() {
    super(VOCABULARY, { maxLookahead: 1, recoveryEnabled: false, skipValidations: true });
    this.performSelfAnalysis();
  }

  /** Reads a whole file from its tokens and the trivia between them. */
  read(
    tokens: IToken[],
    trivia: readonly IToken[],
    text: string,
    template: Template | null,
  ): { items: Item[]; problems: SyntaxProblem[] } {
    this.#text = text;
    this.#template = template;
    this.#problems = [];
    this.#trivia = trivia;
    this.#nextTrivia = 0;
    this.#items = [];
    this.#blocks = [];
    this.input = tokens;
    this.file();
    this.#placeTrivia(text.length);
    const read = { items: this.#items, problems: this.#problems };
    // The grammar lives as long as the process, and tokens take as much memory as the tree.
    this.input = [];
    this.#trivia = [];
    this.#items = [];
    this.#problems = [];
    this.#text = "";
    this.#template = null;
    return read;
  }

  // Functions are made once, since Chevrotain asks for them at every item. What they do besides reading does no harm while
  // Chevrotain records them, so that it needs no `ACTION`.
  readonly #itemAlternatives = [
    { ALT: () => this.#stray(this.CONSUME(Semicolon), "remove it: no directive is open here") },
    { ALT: () => this.#stray(this.CONSUME(LuaBlock)) },
    { ALT: () => this.SUBRULE(this.namelessBlock) },
  ];

  readonly #topAlternatives = [
    ...this.#itemAlternatives,
    { ALT: () => this.#stray(this.CONSUME(RightBrace), "remove it, or look for a missing `{` above") },
  ];

  readonly #readTop = (): void => {
    this.OR(this.#topAlternatives);
    this.#readDirectives();
  };
  readonly #readItem = (): void => {
    this.OR(this.#itemAlternatives);
    this.#readDirectives();
  };
  readonly #readClose = (): number => endOf(this.CONSUME(RightBrace));

  private readonly file = this.RULE("file", (): void => {
    this.#readDirectives();
    this.MANY(this.#readTop);
  });

  /** Most items are directives. They are taken in a plain loop, and Chevrotain chooses among the rest. */
  #readDirectives(): void {
    while (isWord(this.LA(1))) this.#readDirective();
  }

  #readDirective(): void {
    const first = this.CONSUME(AnyWord);
    this.#placeTrivia(first.startOffset);
    const name = this.#name(first);
    const args = this.#readArguments();
    const last = args.at(-1) ?? name;
    const comments = this.#triviaBefore(this.#endOfWords(last.end));
    this.#blocks.push(name.value);
    const close = this.#readEnd();
    this.#blocks.pop();
    if (close === null) {
      this.#report(
        last.end,
        last.end,
        `directive \`${name.value}\` is not terminated by \`;\``,
        "write `;` here",
      );
    }
    const block = typeof close === "number" ? null : close;
    this.#items.push({
      kind: "directive",
      name,
      args,
      comments,
      block,
      start: name.start,
      end: close === null ? last.end : typeof close === "number" ? close : close.end,
      terminated: close !== null,
    });
  }

  /** Where the `;` ends that ends a directive, or its block; null where neither follows. */
  #readEnd(): number | Block | RawBlock | null {
    switch (this.LA(1).tokenType) {
      case Semicolon:
        return endOf(this.CONSUME1(Semicolon));
      case LeftBrace:
        return this.SUBRULE(this.block);
      case LuaBlock:
        return this.SUBRULE(this.luaBlock);
      default:
        return null;
    }
  }

  /** Most of a file is words, so they are taken in a plain loop rather than by `MANY`. */
  #readArguments(): readonly Word[] {
    const args = this.#args;
    for (let token = this.LA(1); isWord(token); token = this.LA(1)) {
      args.push(this.#word(this.CONSUME1(AnyWord)));
    }
    if (args.length === 0) return NO_WORDS;
    // A list that grew has room for a dozen more.
    const read = args.slice();
    args.length = 0;
    return read;
  }

  private readonly block = this.RULE("block", (): Block => {
    const open = this.CONSUME(LeftBrace);
    const outer = this.#items;
    const items: Item[] = [];
    // What stands before the brace belongs to the directive's line.
    this.#items = items;
    this.#readDirectives();
    let end = this.LA(1).tokenType === RightBrace ? this.#readClose() : undefined;
    if (end === undefined) {
      this.MANY(this.#readItem);
      end = this.OPTION(this.#readClose);
    }
    if (end === undefined) {
      end = this.#text.length;
      const name = this.#blocks.at(-1) ?? "{";
      this.#report(
        open.startOffset,
        open.startOffset + 1,
        `the block of \`${name}\` is not closed: unexpected end of file, expecting "}"`,
        "close it with `}`",
      );
    }
    this.#placeTrivia(end);
    this.#items = outer;
    return {
      kind: "block",
      open: open.startOffset,
      end,
      items: items.length === 0 ? NO_ITEMS : items.slice(),
    };
  });

  /** A block that no directive opens: what is in it is read as if it stood outside. */
  private readonly namelessBlock = this.RULE("namelessBlock", (): void => {
    this.ACTION(() => this.#blocks.push("{"));
    const block = this.SUBRULE(this.block);
    this.ACTION(() => {
      this.#blocks.pop();
      this.#report(
        block.open,
        block.open + 1,
        'unexpected "{": a block needs a directive before it',
        "remove it, or write the directive that opens the block",
      );
      this.#placeTrivia(block.open);
      for (const item of block.items) this.#items.push(item);
    });
  });

  private readonly luaBlock = this.RULE("luaBlock", (): RawBlock => {
    const token = this.CONSUME(LuaBlock);
    return this.ACTION(() => {
      if (!token.image.endsWith("}")) {
        const name = this.#blocks.at(-1) ?? "";
        this.#report(
          token.startOffset,
          token.startOffset + 1,
          `the Lua block of \`${name}\` is not closed: unexpected end of file, expecting "}"`,
          "close it with `}`, and look for a string or long bracket that is not closed",
        );
      }
      return { kind: "raw", language: "lua", open: token.startOffset, end: endOf(token) };
    });
  });

  #name(token: IToken): Word {
    const word: { -readonly [Key in keyof Word]: Word[Key] } = this.#word(token);
    word.value = sharedName(word.value);
    return word;
  }

  #word(token: IToken): Word {
    const { image: raw, startOffset: start, tokenType } = token;
    const end = start + raw.length;
    if (tokenType === PlainWord) {
      if (raw.length > 1000) this.#refuseLongWord(token);
      return { kind: "word", start, end, raw, value: raw.includes("\\") ? decode(raw) : raw, quote: "none" };
    }
    const quote: Quote = raw.startsWith('"') ? "double" : "single";
    if (tokenType === QuotedWord) {
      const inner = raw.slice(1, -1);
      if (raw.length > 1000) this.#refuseLongWord(token);
      const next = this.#text.charCodeAt(end);
      if (!MAY_FOLLOW_QUOTE.has(next) && !Number.isNaN(next) && !this.#template?.tagAt(end)) {
        this.#report(
          end,
          end + 1,
          `unexpected "${this.#text[end]}" after the closing quote of ${shorten(raw)}`,
          'put white space there, or write a quote inside the string as `\\"`',
        );
      }
      return { kind: "word", start, end, raw, value: inner.includes("\\") ? decode(inner) : inner, quote };
    }
    const [line = raw] = raw.split("\n", 1);
    if (tokenType === MendedWord && raw[0] !== '"' && raw[0] !== "'") {
      this.#report(
        start,
        end,
        `the \`{\` in the pattern \`${shorten(raw)}\` opens a block`,
        `put the pattern in quotes: \`"${raw}"\``,
      );
      return { kind: "word", start, end, raw, value: decode(raw), quote: "none" };
    }
    this.#report(
      start,
      start + line.length,
      "the quoted string that opens here is not closed",
      `close it with ${raw[0]}`,
    );
    return { kind: "word", start, end, raw, value: decode(raw.slice(1)), quote };
  }

  /** Where the words of a directive end: at the `;` or block that follows, else behind the last of them. */
  #endOfWords(lastEnd: number): number {
    const next = this.LA(1);
    const closes =
      next.tokenType === Semicolon || next.tokenType === LeftBrace || next.tokenType === LuaBlock;
    return closes ? next.startOffset : lastEnd;
  }

  /** Puts the comments before `offset` that have no place yet into the block that is being read. */
  #placeTrivia(offset: number): void {
    for (const comment of this.#triviaBefore(offset)) this.#items.push(comment);
  }

  #triviaBefore(offset: number): readonly Comment[] {
    let token = this.#trivia[this.#nextTrivia];
    if (token === undefined || token.startOffset >= offset) return NO_COMMENTS;
    const comments: Comment[] = [];
    while (token !== undefined && token.startOffset < offset) {
      const template = token.tokenType === TemplateTag;
      if (!template && token.image.length > 1000) this.#refuseLongWord(token);
      comments.push({
        kind: "comment",
        start: token.startOffset,
        end: endOf(token),
        raw: token.image,
        template,
        writes: template && this.#template?.isSilent(token.startOffset) !== true,
      });
      this.#nextTrivia++;
      token = this.#trivia[this.#nextTrivia];
    }
    return comments;
  }

  /** nginx reads words and comments through a buffer of NGX_CONF_BUFFER (4096) bytes. */
  #refuseLongWord(token: IToken): void {
    const { image } = token;
    const inner = token.tokenType === QuotedWord ? image.length - 1 : image.length;
    const extra = image.length - inner;
    // How long it becomes is not known.
    if (this.#template?.hasTagBetween(token.startOffset, endOf(token))) return;
    if (byteLength(image) - extra < 4096) return;
    const end = endOf(token);
    // A comment that is the rest of the file is never refilled into the buffer.
    if (token.tokenType === HashComment && end === this.#text.length && byteLength(image) <= 4096) return;
    this.#problems.push({
      start: token.startOffset,
      end,
      message: `too long parameter "${image.slice(0, 10)}..." started: nginx reads at most 4095 bytes at once`,
      help: token.tokenType === HashComment ? "break the comment into several lines" : "shorten it",
      code: "too-long",
    });
  }

  #stray(token: IToken, help?: string): void {
    this.ACTION(() => {
      const sign = token.image[0] ?? "";
      this.#report(token.startOffset, token.startOffset + 1, `unexpected "${sign}"`, help);
    });
  }

  #report(start: number, end: number, message: string, help?: string): void {
    this.#problems.push({ start, end, message, ...(help === undefined ? {} : { help }) });
  }
}

/** Space, tab, CR, LF, `;`, `{`, `)`; and `}`, which gets its own problem. */
const MAY_FOLLOW_QUOTE = new Set([0x20, 0x09, 0x0d, 0x0a, 0x3b, 0x7b, 0x29, 0x7d]);

const ESCAPE = /\\(["'\\trn])/g;
const CONTROL: Record<string, string> = { t: "\t", r: "\r", n: "\n" };

function isWord({ tokenType }: IToken): boolean {
  return (
    tokenType === PlainWord || tokenType === QuotedWord || tokenType === MendedWord || tokenType === OpenQuote
  );
}

const names = new Map<string, string>();

/** Of more names than nginx has directives, the first ones: who knows what a file is full of. */
const MOST_NAMES = 2000;

/**
 * The same string for every directive of a name. A name is compared with others more often than anything else; V8 tells two of
 * those that have been property keys apart by their addresses, without a look at their letters.
 */
function sharedName(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const [shared = name] = Object.keys({ [name]: 0 });
  if (names.size < MOST_NAMES) names.set(shared, shared);
  return shared;
}

/** Undoes the escapes that nginx knows; any other backslash stays. */
function decode(raw: string): string {
  return raw.replace(ESCAPE, (_, letter: string) => CONTROL[letter] ?? letter);
}

function endOf(token: IToken): number {
  return token.startOffset + token.image.length;
}

function byteLength(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // A surrogate pair is four bytes, two for each half.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
  }
  return bytes;
}

function shorten(raw: string): string {
  return raw.length > 24 ? `${raw.slice(0, 20)}…` : raw;
}
