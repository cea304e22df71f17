/** Parses a text again of which most has been parsed before. */
import {
  type Block,
  type Comment,
  type ConfigFile,
  type Directive,
  type Item,
  isCut,
  type Word,
} from "./ast.ts";
import { ParsedFile, parse } from "./parse.ts";
import { changeBetween, type TextChange } from "./text-change.ts";

/**
 * The same as `parse(text, before.name)`. Where the texts differ within one block, and nothing is wrong with either, that block
 * alone is read again; what follows it only stands somewhere else.
 */
export function reparse(before: ConfigFile, text: string): ConfigFile {
  const change = changeBetween(before.text, text);
  const items = isPlain(before, text, change) ? replaced(before.items, text, change) : null;
  if (items === null) {
    const end = isCut(before) ? before.readTo + text.length - before.text.length : text.length;
    return parse(text, before.name, end);
  }
  return new ParsedFile(before.name, text, items, [], false, before.branches);
}

/** What changed opens and closes nothing, and is part of no template. */
function isPlain({ problems, template, text }: ConfigFile, now: string, change: TextChange): boolean {
  if (problems.length > 0 || template) return false;
  const { start, oldEnd, newEnd } = change;
  const from = Math.max(start - 1, 0);
  const touched = `${text.slice(from, oldEnd + 1)}\n${now.slice(from, newEnd + 1)}`;
  return !/[{}<>[%@"'\\]/.test(touched);
}

/** The items with the one that holds the change read again; null where that cannot be done. */
function replaced(items: readonly Item[], text: string, change: TextChange): readonly Item[] | null {
  const index = items.findIndex(({ end }) => end > change.start);
  const item = items[index];
  const now = item?.kind === "comment" ? rewritten(item, text, change) : blockAgain(item, text, change);
  if (now === null) return null;
  const delta = change.newEnd - change.oldEnd;
  const after = items.slice(index + 1);
  return [
    ...items.slice(0, index),
    now,
    ...(delta === 0 ? after : after.map((each) => shifted(each, delta))),
  ];
}

/** A comment with other words; null where the change is not in it alone. */
function rewritten(comment: Comment, text: string, { start, oldEnd, newEnd }: TextChange): Comment | null {
  if (comment.template || start <= comment.start || oldEnd > comment.end) return null;
  if (/[\r\n]/.test(text.slice(start, newEnd))) return null;
  const end = comment.end + newEnd - oldEnd;
  return { ...comment, end, raw: text.slice(comment.start, end) };
}

function blockAgain(item: Directive | undefined, text: string, change: TextChange): Directive | null {
  if (item?.block?.kind !== "block") return null;
  const { open, end, items } = item.block;
  if (change.start <= open || change.oldEnd >= end) return null;
  const delta = change.newEnd - change.oldEnd;
  const inside = replaced(items, text, change);
  if (inside === null) return readAlone(text, item.start, item.end + delta);
  return { ...item, end: item.end + delta, block: { ...item.block, end: end + delta, items: inside } };
}

/** The one directive of a stretch of text; null where it is anything else. */
function readAlone(text: string, start: number, end: number): Directive | null {
  if (end - start > text.length / 2) return null;
  const { items, problems, template } = parse(text.slice(start, end), "");
  const [item, ...others] = items;
  if (problems.length > 0 || template || others.length > 0) return null;
  if (item?.kind !== "directive" || item.start !== 0 || item.end !== end - start) return null;
  return shiftedDirective(item, start);
}

function shifted(item: Item, by: number): Item {
  return item.kind === "comment" ? shiftedComment(item, by) : shiftedDirective(item, by);
}

function shiftedComment(comment: Comment, by: number): Comment {
  return { ...comment, start: comment.start + by, end: comment.end + by };
}

function shiftedDirective(directive: Directive, by: number): Directive {
  const { name, args, comments, block, start, end } = directive;
  return {
    ...directive,
    name: shiftedWord(name, by),
    args: args.map((word) => shiftedWord(word, by)),
    comments: comments.length === 0 ? comments : comments.map((comment) => shiftedComment(comment, by)),
    block: block === null ? null : shiftedBlock(block, by),
    start: start + by,
    end: end + by,
  };
}

function shiftedWord(word: Word, by: number): Word {
  const { kind, start, end, raw, value, quote } = word;
  return { kind, start: start + by, end: end + by, raw, value, quote };
}

function shiftedBlock(block: NonNullable<Directive["block"]>, by: number): NonNullable<Directive["block"]> {
  const { open, end } = block;
  if (block.kind === "raw") return { ...block, open: open + by, end: end + by };
  const items: Block["items"] = block.items.map((item) => shifted(item, by));
  return { kind: "block", open: open + by, end: end + by, items };
}
