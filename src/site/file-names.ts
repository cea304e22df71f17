/** Locations for files that are the same for everybody, by what they are called: also where an application gives them out. */
import type { Location } from "../semantics/index.ts";

const FOLDER =
  /(^|\/)(_next\/(static|image)|static|assets?|media|images?|img|css|js|fonts?|thumb\w*|avatars?|public|files|tiles?|dist|uploads?)(\/|$|\))/i;

/** A folder of files, or a regex location for endings of files. */
export function isCalledFiles({ pattern, isRegex }: Location): boolean {
  return (isRegex && /\\\.|\.\(/.test(pattern)) || FOLDER.test(pattern);
}
