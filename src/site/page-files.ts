/** The files that a page consists of, and where they would be asked for. */
import { type Location, type Place, typeOfExtension } from "../semantics/index.ts";

/** A file, the types that browsers take it with, and what they do with any other. */
export interface PageFile {
  readonly name: string;
  readonly type: RegExp;
  readonly effect: string;
}

export const PAGE_FILES: readonly PageFile[] = [
  { name: "index.html", type: /^text\/html\b/, effect: "show the source of such pages, or save them" },
  { name: "css/style.css", type: /^text\/css\b/, effect: "ignore such stylesheets" },
  {
    name: "js/app.js",
    type: /^(?:text|application)\/(?:x-)?(?:java|ecma)script\b/,
    effect: "refuse such scripts as modules",
  },
];

/** Folders for other things than pages, where a type for all is often meant. */
const OTHER_FILES =
  /downloads?|logs?\b|files?\b|uploads?|media|export|backup|archive|mirror|pub\b|raw|\.well-known|repo|dist\/?$/i;

/** Where a file of a page would be asked for at a location, or at the server itself (null). */
export function pageUris(location: Location | null, { name }: PageFile): readonly string[] {
  if (location === null) return [`/${name}`];
  const { pattern, isPrefix, isExact, isNamed } = location;
  if (isNamed) return [];
  if (isPrefix) return OTHER_FILES.test(pattern) ? [] : [`${pattern.replace(/\/$/, "")}/${name}`];
  if (isExact) return pattern === "/" || pattern.endsWith(`.${name.split(".").at(-1)}`) ? [pattern] : [];
  return [`/${name}`, `/static/${name}`, `/assets/${name}`];
}

/** The types in force know the file: a look at them spares most requests. */
export function isTypeKnown({ context }: Place, { name, type }: PageFile): boolean {
  const known = typeOfExtension(context, name.slice(name.lastIndexOf(".") + 1)).type;
  return known !== null && type.test(known);
}
