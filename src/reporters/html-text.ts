/** Text for HTML, in an element or a quoted attribute. */
import { visible } from "./visible.ts";

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function htmlText(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/** A line of source: as above, with its tabs kept. */
export function htmlSource(text: string): string {
  return text.split("\t").map(htmlText).join("\t");
}

/** Sentences with code between pairs of backticks. */
export function htmlProse(text: string): string {
  const parts = text.split("`");
  if (parts.length % 2 === 0) return htmlText(text);
  return parts
    .map((part, index) => (index % 2 === 1 ? `<code>${htmlText(part)}</code>` : htmlText(part)))
    .join("");
}
