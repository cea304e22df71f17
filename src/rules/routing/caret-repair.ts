/** How a prefix keeps what regex locations take from it: by `^~`, with copies of those that it would silence. */
import {
  type Contest,
  handlerOf,
  type Location,
  toBytes,
  treatmentOf,
  type VirtualServer,
} from "../../semantics/index.ts";
import { isMeantFor, type TakenRequest, TakenRequests } from "../../site/index.ts";
import { insertArgument } from "../fix.ts";
import { appendInside, textOf } from "../fix-lines.ts";
import type { Fix } from "../rule.ts";
import { listOf } from "../wording.ts";

/** How a prefix keeps a request that a regex location takes; null where that location does not. */
export function repairOf(
  server: VirtualServer,
  lost: Location,
  winner: Location,
): { readonly help: string; readonly fix: Fix | null } | null {
  const contest = [...server.contests].find(({ prefix }) => prefix === lost);
  const all = contest === undefined ? [] : new TakenRequests().of(contest);
  const taken = all.find((each) => each.winner === winner);
  if (contest === undefined || taken === undefined) return null;
  const repair = repairFor(taken, contest);
  return { help: helpFor(taken, contest, repair), fix: taken === all[0] ? fixOf(taken, repair) : null };
}

/** What `^~` on the prefix has to take along: regex locations that would no longer be asked, and should be. */
interface Repair {
  readonly carried: readonly Location[];
  /** Copies of them inside would do what the originals do. */
  readonly isWhole: boolean;
}

/** Null where `^~` on the prefix is no cure: it stands at another level, or its place there is `/`. */
export function repairFor(taken: TakenRequest, contest: Contest): Repair | null {
  const { prefix, asker, uri, difference } = taken;
  if (contest.rivalOf(asker) !== prefix || prefix.stopsRegexes) return null;
  const carried = contest.silenced.filter((each) =>
    each === asker ? isStillNeeded(taken) : isNeeded(each, prefix),
  );
  const bytes = toBytes(uri);
  const isCured = carried.every((each) => {
    if (each === asker) return difference.kind !== "file" || !hasFolder(asker);
    // One that takes the request itself would only change who takes it from the prefix.
    const pattern = each.compiled();
    return pattern.kind === "exact" && !pattern.test(bytes);
  });
  const isSimple = isAboutFiles(asker) && asker.children.length === 0;
  const isWhole = isCured && isSimple && carried.every((each) => isCopyable(each, prefix));
  return { carried, isWhole };
}

/** It refuses, asks who is there, runs something, was written for the prefix, or sends headers of its own. */
function isNeeded(location: Location, prefix: Location): boolean {
  const { handler, isRefusing, isUnclear } = treatmentOf(location);
  const { context } = location;
  if (isRefusing || isUnclear || handler.kind !== "static" || location.children.length > 0) return true;
  if (context.hasAny(GUARDS) || isMeantFor(location, prefix)) return true;
  return context.has("add_header") && !hasFolder(location);
}

const GUARDS = ["deny", "auth_basic", "auth_request", "internal", "if", "rewrite"];

/** Of the prefix's own requests: scripts that it cannot run itself, or what it only guards. */
function isStillNeeded({ prefix, asker, difference }: TakenRequest): boolean {
  const { handler } = treatmentOf(asker);
  if (handler.kind === "static" || treatmentOf(prefix).handler.kind !== "static") return false;
  return difference.kind === "access" || (handler.kind === "pass" && handler.pass !== "proxy_pass");
}

function hasFolder({ context }: Location): boolean {
  return context.has("root") || context.has("alias");
}

/** It names extensions. A pattern for paths may well have been meant to win. */
function isAboutFiles({ pattern }: Location): boolean {
  return /\\\.\(?|\.\(/.test(pattern);
}

/** Its text may stand in the prefix and mean the same: from the same file, and not run in a folder of another shape. */
function isCopyable({ statement, context }: Location, prefix: Location): boolean {
  if (statement.file !== prefix.statement.file || statement.chain !== prefix.statement.chain) return false;
  if (context.incomplete || prefix.context.incomplete) return false;
  // Files are found by an inherited `alias`; scripts are looked for by the whole URI.
  return !prefix.context.has("alias") || (handlerOf(context).kind !== "pass" && !context.has("try_files"));
}

export function helpFor({ prefix, asker }: TakenRequest, contest: Contest, repair: Repair | null): string {
  const rival = contest.rivalOf(asker);
  if (rival === null || rival.pattern === "/")
    return `exclude \`${prefix.pattern}\` from the pattern, or nest \`${asker.title}\` in the location it is meant for`;
  if (!isAboutFiles(asker))
    return `if none of these requests is meant for \`${asker.title}\`, write \`location ^~ ${rival.pattern} {\`; otherwise exclude \`${prefix.pattern}\` from the pattern`;
  const runsBelowAlias =
    prefix.context.has("alias") && repair?.carried.some(({ context }) => context.has("fastcgi_pass"));
  const names = (repair?.carried ?? []).map(({ title }) => `\`${title}\``);
  const copies =
    names.length === 0
      ? ""
      : `, and nest ${names.length === 1 ? "a copy" : "copies"} of ${listOf(names)} in it, because \`^~\` stops nginx from checking ${names.length === 1 ? "it" : "them"}${runsBelowAlias ? ", with `$request_filename` as `SCRIPT_FILENAME`" : ""}`;
  return `write \`location ^~ ${rival.pattern} {\`${copies}`;
}

/** `^~`, with copies of the regex locations that it would silence; none where something would be lost all the same. */
export function fixOf({ prefix, isCredible }: TakenRequest, repair: Repair | null): Fix | null {
  const { statement } = prefix;
  if (repair === null || !repair.isWhole || !isCredible || statement.args.length > 1) return null;
  const edits = [insertArgument(statement, 0, "^~")];
  if (repair.carried.length > 0) {
    const copies = appendInside(
      statement,
      repair.carried.map((each) => textOf(each.statement)),
    );
    if (copies === null) return null;
    edits.push(copies);
  }
  const along = repair.carried.length === 0 ? "" : ", and repeat inside it the locations it disables";
  return { description: `stop nginx from checking regex locations, with \`^~\`${along}`, safe: false, edits };
}
