import type { Block, ConfigFile, Directive, Item } from "./ast.ts";

/**
 * Writes a file from its tree: every word, comment and block, with the white space that stood between them.
 * An unmodified tree gives the input back.
 */
export function print(file: ConfigFile): string {
  const { text } = file;
  const out: string[] = [];
  let at = 0;

  /** What lies before `start` belongs to no node: white space, or text that was refused with a problem. */
  function gap(start: number): void {
    out.push(text.slice(at, start));
    at = start;
  }

  function leaf(start: number, raw: string): void {
    gap(start);
    out.push(raw);
    at = start + raw.length;
  }

  function items(list: readonly Item[]): void {
    for (const item of list) {
      if (item.kind === "comment") leaf(item.start, item.raw);
      else directive(item);
    }
  }

  function directive(node: Directive): void {
    const parts = [node.name, ...node.args, ...node.comments].sort((a, b) => a.start - b.start);
    for (const part of parts) leaf(part.start, part.raw);
    if (node.block?.kind === "block") block(node.block);
    else if (node.block !== null) leaf(node.block.open, text.slice(node.block.open, node.block.end));
    gap(node.end);
  }

  function block(node: Block): void {
    // The brace is part of the gap: where it was missing and a problem says so, none is written.
    items(node.items);
    gap(node.end);
  }

  items(file.items);
  gap(text.length);
  return out.join("");
}
