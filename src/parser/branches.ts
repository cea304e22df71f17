/**
 * Branches of a template that only together are no configuration: `{% if tls %} server { … {% else %} server { …
 * {% endif %} … }` opens two blocks and closes one. Read with its first branches alone, such a file has all its braces.
 */
import type { IToken } from "chevrotain";
import type { Scanned } from "./scan.ts";
import { LeftBrace, RightBrace, TemplateTag, tokenOf } from "./tokens.ts";

/** What begins a branch, in Jinja, ERB and Go's templates. */
const OPENER =
  /^(?:\{%[-+]?\s*(?:if|for|macro|call|filter|block)\b|<%-?\s*(?:if|unless|case|while|for)\b|<%.*\bdo\b\s*(?:\|[^|]*\|)?\s*-?%>|\{\{-?\s*(?:if|range|with|define|block)\b)/;
const OTHERWISE = /^(?:\{%[-+]?\s*(?:else|elif|elsif)\b|<%-?\s*(?:else|elsif|when)\b|\{\{-?\s*(?:else)\b)/;
const CLOSER = /^(?:\{%[-+]?\s*end|<%-?\s*(?:end\b|\})|\{\{-?\s*end\b)/;

/**
 * The file without its second branches, each of which is one tag then. Null where that does not bring the braces into
 * balance, and where the tags themselves are not.
 */
export function firstBranches({ tokens, trivia }: Scanned, text: string): Scanned | null {
  const left = secondBranches(trivia);
  if (left === null || left.length === 0) return null;
  const kept = outside(tokens, left);
  if (!isBalanced(kept)) return null;
  const tags = left.map(([from, to]) => tokenOf(TemplateTag, text.slice(from, to).trimEnd(), from));
  const all = [...outside(trivia, left), ...tags];
  return { tokens: kept, trivia: all.sort((a, b) => a.startOffset - b.startOffset) };
}

/** What stands in none of the ranges; both are in order. */
function outside(tokens: readonly IToken[], ranges: readonly Range[]): IToken[] {
  let next = 0;
  return tokens.filter(({ startOffset }) => {
    while (startOffset >= (ranges[next]?.[1] ?? Number.POSITIVE_INFINITY)) next++;
    return startOffset < (ranges[next]?.[0] ?? Number.POSITIVE_INFINITY);
  });
}

type Range = readonly [from: number, to: number];

/** From each outermost `else` up to the tag that ends it; null where the tags do not fit together. */
function secondBranches(trivia: readonly IToken[]): Range[] | null {
  const found: Range[] = [];
  let depth = 0;
  let from: { start: number; depth: number } | null = null;
  for (const { tokenType, image, startOffset } of trivia) {
    if (tokenType !== TemplateTag) continue;
    if (OPENER.test(image)) depth++;
    else if (OTHERWISE.test(image)) from ??= { start: startOffset, depth };
    else if (CLOSER.test(image)) {
      if (from?.depth === depth) {
        found.push([from.start, startOffset]);
        from = null;
      }
      depth--;
      if (depth < 0) return null;
    }
  }
  return depth === 0 ? found : null;
}

export function isBalanced(tokens: readonly IToken[]): boolean {
  let depth = 0;
  for (const { tokenType } of tokens) {
    if (tokenType === LeftBrace) depth++;
    else if (tokenType === RightBrace && --depth < 0) return false;
  }
  return depth === 0;
}
