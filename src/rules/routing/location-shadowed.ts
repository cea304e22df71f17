import {
  type Contest,
  type Difference,
  type FileBase,
  filePath,
  type Handler,
  handlerOf,
  type Location,
  type Place,
  toBytes,
  treatmentOf,
  type VirtualServer,
} from "../../semantics/index.ts";
import { isMeantFor, type TakenRequest, TakenRequests } from "../../site/index.ts";
import { lateGuards } from "../access/late-guards.ts";
import { appendInside, insertArgument, textOf } from "../fix.ts";
import { type Detail, defineRule, type Fix, type Report } from "../rule.ts";
import { codeOf, listOf } from "../wording.ts";

/** Requests that look as if they belonged to a prefix, and are taken by a regex location that treats them differently. */
export default defineRule({
  id: "location-shadowed",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  fix: "unsafe",
  docs: {
    summary: "A regex location that takes requests of a prefix and treats them differently",
    why: "nginx remembers the longest prefix and then asks the regex locations in file order: the first that matches wins, however long the prefix is. So `location ~* \\.css$` takes the stylesheets of every prefix, with its own root, backend, access rules and headers. `^~` on the prefix stops that, for every regex location beside it: one that refuses `/.env` or runs scripts has to be repeated inside.",
    bad: `server {
    listen 80;
    location /django-static/ {
        alias /srv/django/static/;
    }
    location ~* \\.(js|css)$ {
        root /srv/app/dist;
        expires 1y;
    }
}
`,
    good: `server {
    listen 80;
    location ^~ /django-static/ {
        alias /srv/django/static/;
    }
    location ~* \\.(js|css)$ {
        root /srv/app/dist;
        expires 1y;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#location"],
  },
  scope: "server",
  check({ server, report, met }) {
    if (server.isIncomplete) return;
    const requests = new TakenRequests();
    for (const contest of server.contests) {
      const taken = requests.of(contest);
      if (taken.length === 0) met(contest.prefix.statement);
      if (server.unreachable.has(contest.prefix)) continue;
      const late = lateGuards(server);
      for (const each of taken) {
        // `guard-comes-too-late` speaks of those.
        const isLate = late.some(({ guard, winner }) => guard === each.prefix && winner === each.winner);
        if (each.difference.kind === "access" && isLate) continue;
        report(describe(each, contest, server, each === taken[0]));
      }
    }
  },
});

function describe(taken: TakenRequest, contest: Contest, server: VirtualServer, isFirst: boolean): Report {
  const { prefix, asker, winner, uri, difference } = taken;
  const bytes = toBytes(uri);
  const repair = repairFor(taken, contest);
  const fix = isFirst ? fixOf(taken, repair) : null;
  return {
    at: winner.statement,
    message: `Requests for \`${prefix.title}\` end up in \`${winner.title}\`, ${consequence(difference, server.at(prefix), server.at(winner))}.`,
    help: helpFor(taken, contest, repair),
    confidence: !taken.isCredible ? "low" : server.isPartial ? "medium" : "high",
    related: [{ at: prefix.statement, message: "loses the request" }],
    witness: { kind: "request", value: `GET ${uri}` },
    details: [
      { label: "request", text: `GET ${uri}` },
      placeDetail("gets", winner, server.at(winner), bytes),
      placeDetail("meant", prefix, server.at(prefix), bytes),
    ],
    identity: `${prefix.title} ${asker.title}`,
    ...(fix === null ? {} : { fix }),
  };
}

function consequence(difference: Difference, meant: Place, got: Place): string {
  switch (difference.kind) {
    case "file":
      return `which looks for their files below ${folderName(got.files)} and not in ${folderName(meant.files)}`;
    case "handler":
      return `which hands them to ${sourceName(got.handler)} and not to ${sourceName(meant.handler)}`;
    case "access":
      return difference.guard === null
        ? "which lets everyone in"
        : `where ${codeOf(difference.guard)} is not asked`;
    case "headers":
      return `and are sent without ${difference.names.map((name) => `\`${name}\``).join(", ")}`;
    case "fallback":
      return `where ${codeOf(difference.by)} is not asked: what is no file gets 404`;
  }
}

function folderName({ statement, path }: FileBase): string {
  return statement === null ? "nginx's own `html`" : `\`${path}\``;
}

function sourceName(handler: Handler): string {
  if (handler.kind === "static") return folderName(handler.base);
  return `\`${handler.kind === "pass" ? handler.target : handler.statement.name}\``;
}

/** What answers the URI at a location, and the line that says so. */
function placeDetail(label: string, { statement }: Location, { handler, files }: Place, uri: string): Detail {
  const at = (handler.kind === "static" ? handler.base.statement : handler.statement) ?? statement;
  if (handler.kind === "pass" && handler.pass === "fastcgi_pass") {
    const script = filePath(files, uri);
    if (script !== null) return { label, text: `the script ${script}`, at };
  }
  if (handler.kind !== "static") {
    return { label, text: `${handler.statement.name} ${handler.statement.args.join(" ")}`, at };
  }
  const path = filePath(handler.base, uri) ?? `a file below ${handler.base.path}`;
  return { label, text: path.replace(/\/{2,}/g, "/"), at };
}

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
function repairFor(taken: TakenRequest, contest: Contest): Repair | null {
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
  if (GUARDS.some((name) => context.has(name)) || isMeantFor(location, prefix)) return true;
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

function helpFor({ prefix, asker }: TakenRequest, contest: Contest, repair: Repair | null): string {
  const rival = contest.rivalOf(asker);
  if (rival === null || rival.pattern === "/")
    return `exclude \`${prefix.pattern}\` from the pattern, or nest \`${asker.title}\` in the location that it is for`;
  if (!isAboutFiles(asker))
    return `if none of these requests is meant for \`${asker.title}\`, write \`location ^~ ${rival.pattern} {\`; else exclude \`${prefix.pattern}\` from the pattern`;
  const runsBelowAlias =
    prefix.context.has("alias") && repair?.carried.some(({ context }) => context.has("fastcgi_pass"));
  const names = (repair?.carried ?? []).map(({ title }) => `\`${title}\``);
  const copies =
    names.length === 0
      ? ""
      : `, and nest ${names.length === 1 ? "a copy" : "copies"} of ${listOf(names)} in it, which \`^~\` would keep from being asked${runsBelowAlias ? ", with `$request_filename` as `SCRIPT_FILENAME`" : ""}`;
  return `write \`location ^~ ${rival.pattern} {\`${copies}`;
}

/** `^~`, with copies of the regex locations that it would silence; none where something would be lost all the same. */
function fixOf({ prefix, isCredible }: TakenRequest, repair: Repair | null): Fix | null {
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
  const along = repair.carried.length === 0 ? "" : ", and repeat inside what it silences";
  return { description: `keep the regex locations away with \`^~\`${along}`, safe: false, edits };
}
