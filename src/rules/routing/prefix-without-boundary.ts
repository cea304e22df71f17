import { isFilledIn } from "../../parser/index.ts";
import { type Location, toBytes, treatmentOf, type VirtualServer } from "../../semantics/index.ts";
import { defineRule, type Report } from "../rule.ts";

/** A prefix without a slash at its end also takes what only begins like it. */
export default defineRule({
  id: "prefix-without-boundary",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  docs: {
    summary: "A prefix without a trailing slash also takes its neighbours",
    why: "A prefix location compares characters, not path segments: `location /static` also takes `/static_secret/key.txt`. With an `alias` without a slash nginx then sends the file from the neighbouring folder, and with `^~` a rule for dotfiles is not checked for anything that begins with the prefix.",
    bad: `server {
    listen 80;
    location /static {
        alias /srv/shop/static;
    }
}
`,
    good: `server {
    listen 80;
    location /static/ {
        alias /srv/shop/static/;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#location"],
  },
  scope: "server",
  check({ server, report }) {
    for (const location of server.locations) {
      const { pattern, isPrefix, context } = location;
      if (!isPrefix || !/^\/.*[^/]$/.test(pattern) || isFilledIn(pattern)) continue;
      // A file's name.
      if (/[^/.]\.\w+$/.test(pattern) || context.has("internal") || context.incomplete) continue;
      const found = besideAlias(location, server) ?? pastGuard(location, server);
      if (found !== null) report({ at: location.statement, identity: location.title, ...found });
    }
  },
});

type Found = Omit<Report, "at">;

/** Another folder beside the one of the `alias`. */
function besideAlias(location: Location, server: VirtualServer): Found | null {
  const alias = location.context.last("alias");
  const folder = alias?.args[0] ?? "";
  if (alias === undefined || folder === "" || /\/$|[^/.]\.\w+$|\$/.test(folder) || isFilledIn(folder))
    return null;
  const uri = `${location.pattern}_secret/key.txt`;
  if (!isTakenBy(location, uri, server)) return null;
  const file = server.fileAt(uri, "/key.txt");
  if (file === null || file.by !== alias) return null;
  return {
    // Whether there is such a folder, nobody can tell from here.
    severity: "info",
    message: `\`${location.title}\` also takes \`${uri}\` and sends \`${file.path}\`, from a folder beside \`${folder}\`.`,
    help: `write \`location ${location.stopsRegexes ? "^~ " : ""}${location.pattern}/ {\` and \`alias ${folder}/;\``,
    related: [{ at: alias, message: "has no trailing slash either" }],
    witness: { kind: "request", value: `GET ${uri}` },
  };
}

/** `^~` keeps a location from refusing what only begins like the prefix. */
function pastGuard(location: Location, server: VirtualServer): Found | null {
  if (!location.stopsRegexes || location.outer !== null || treatmentOf(location).isRefusing) return null;
  if (server.at(location).handler.kind !== "static" || server.isIncomplete) return null;
  for (const tail of ["-backup/.env", "-backup/.git/config", "-old/config.php", "-backup/dump.sql"]) {
    const uri = location.pattern + tail;
    const guard = server.server.locations.find((each) => refuses(each, uri));
    // What it takes away below itself as well may be meant.
    if (guard === undefined || !isTakenBy(location, uri, server)) continue;
    if (server.admits(uri).kind !== "open") continue;
    return {
      // Nobody keeps other folders beside the one for challenges.
      ...(/\/\.well-known\/./.test(location.pattern) ? { severity: "info" as const } : {}),
      message: `\`${location.title}\` also takes \`${uri}\`, which \`${guard.title}\` would refuse: \`^~\` stops nginx from checking it for anything that begins with \`${location.pattern}\`.`,
      help: `write \`location ^~ ${location.pattern}${location.pattern.endsWith("/.well-known") ? "/acme-challenge" : ""}/ {\``,
      related: [{ at: guard.statement, message: "is not checked" }],
      witness: { kind: "request", value: `GET ${uri}` },
    };
  }
  return null;
}

function refuses(location: Location, uri: string): boolean {
  if (!location.isRegex) return false;
  const pattern = location.compiled();
  return pattern.kind === "exact" && pattern.test(toBytes(uri)) && treatmentOf(location).isRefusing;
}

function isTakenBy(location: Location, uri: string, server: VirtualServer): boolean {
  const taker = server.takerOf(uri);
  return taker.kind === "location" && taker.location === location;
}
