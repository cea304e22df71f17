/** Answers that browsers show in no window or frame of their own, and the headers that matter there alone. */
import type { Context } from "../../semantics/index.ts";

/** A regex location for pictures, fonts, sound and films alone: they run nothing and are no frames. */
export function isMediaOnly({ kind, opener }: Context): boolean {
  if (kind !== "location" || opener === null || !/^~\*?$/.test(opener.args[0] ?? "")) return false;
  const endings = /\\\.\((?:\?:)?([\w|?]+)\)\$$/.exec(opener.args[1] ?? "")?.[1];
  return endings?.split("|").every((ending) => MEDIA.has(ending.replaceAll("?", ""))) ?? false;
}

/** Headers that browsers heed with what they show in a window or frame. */
export const OF_DOCUMENTS: ReadonlySet<string> = new Set([
  "content-security-policy-report-only",
  "x-frame-options",
  "permissions-policy",
  "feature-policy",
  "cross-origin-opener-policy",
  "cross-origin-embedder-policy",
  "x-xss-protection",
  "x-robots-tag",
]);

/** Stylesheets, scripts, or whatever else a type of its own says is no page. */
export function sendsNoDocuments(context: Context): boolean {
  const type = context.last("default_type")?.args[0];
  if (type !== undefined) return !/html|xml$/i.test(type) || /svg/i.test(type);
  const { kind, opener } = context;
  if (kind !== "location" || opener === null || !/^~\*?$/.test(opener.args[0] ?? "")) return false;
  const endings = /\\\.\((?:\?:)?([\w|?]+)\)\$$/.exec(opener.args[1] ?? "")?.[1]?.split("|");
  return endings?.every((ending) => !/^(x?html?|php|xml|pdf|aspx?|jsp)/.test(ending)) ?? false;
}

const MEDIA: ReadonlySet<string> = new Set(
  (
    "jpg jpeg gif png ico cur webp avif bmp tiff heic svg svgz ttf ttc otf eot woff woff2 " +
    "mp3 mp4 m4a m4v ogg ogv oga wav webm flac avi mov mpg mpeg 3gp flv mid midi gz zip rar tgz bz2"
  ).split(" "),
);
