/** Folders that hold what users upload. */
import type { Place } from "../semantics/index.ts";

const UPLOADS =
  /^(media|[\w-]*[-_]media|media[-_](files?|root)|uploads?|uploaded([-_]files)?|[\w-]*[-_]uploads?|user[-_]?(content|files|data)|avatars?|attachments?)$/i;

/** By the last part of the prefix, or of the folder that it is an alias for. */
export function holdsUploads({ location, context, handler, files }: Place): boolean {
  if (location?.isPrefix !== true || context.has("internal") || handler.kind !== "static") return false;
  if (files.statement === null) return false;
  const own = context.has("alias") ? files.path : "";
  return [location.pattern, own].some((path) => UPLOADS.test(path.split("/").filter(Boolean).at(-1) ?? ""));
}
