import {
  type Contest,
  type Difference,
  type FileBase,
  filePath,
  type Handler,
  type Location,
  type Place,
  toBytes,
  type VirtualServer,
} from "../../semantics/index.ts";
import { itemsOfFiles, type TakenRequest, TakenRequests } from "../../site/index.ts";
import { type Detail, defineRule, type Report } from "../rule.ts";
import { codeOf } from "../wording.ts";

import { fixOf, helpFor, repairFor } from "./caret-repair.ts";

/** Requests that look as if they belonged to a prefix, and are taken by a regex location that treats them differently. */
export default defineRule({
  id: "location-shadowed",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["static.django-static-alias", "static.media-alias"],
  fix: "unsafe",
  docs: {
    summary: "A regex location takes requests of a prefix location and treats them differently",
    why: "nginx remembers the longest prefix and then checks the regex locations in file order: the first match wins, however long the prefix is. So `location ~* \\.css$` takes the stylesheets of every prefix, with its own root, backend, access rules and headers. `^~` on the prefix prevents that, for every regex location beside it: repeat inside it those that refuse `/.env` or run scripts.",
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
  check({ server, site, report, met }) {
    if (server.isIncomplete) return;
    for (const each of nestedWithoutHandler(server)) report(each);
    const requests = new TakenRequests();
    for (const contest of server.contests) {
      const taken = requests.of(contest);
      // Who sends the files is another rule's question; that they are reached is not enough.
      if (taken.length === 0) met(contest.prefix.statement, [], []);
      if (server.unreachable.has(contest.prefix)) continue;
      const late = site.lateGuards(server);
      for (const each of taken) {
        // `guard-comes-too-late` speaks of those.
        const isLate = late.some(({ guard, winner }) => guard === each.prefix && winner === each.winner);
        if (each.difference.kind === "access" && isLate) continue;
        report(describe(each, contest, server, each === taken[0]));
      }
    }
  },
});

/** `*_pass` is not inherited: a location inside that does not repeat it looks for files. */
function* nestedWithoutHandler(server: VirtualServer): Generator<Report> {
  for (const location of server.locations) {
    const { outer, context } = location;
    if (outer === null || context.incomplete) continue;
    const { handler, files } = server.at(location);
    const around = server.at(outer).handler;
    // With a folder in force somebody may want the files.
    if (around.kind !== "pass" || handler.kind !== "static" || files.statement !== null) continue;
    if (context.hidden || context.hasAny(ENDS)) continue;
    if (context.allBelow("if").length > 0 || location.children.length > 0) continue;
    yield {
      at: location.statement,
      message: `\`${location.title}\` inside \`${outer.title}\` does not inherit its \`${around.pass}\`: requests for it are looked for as files in nginx's own \`html\`, and get 404.`,
      help: `repeat \`${around.pass} ${around.target};\` inside`,
      related: [{ at: around.statement, message: "not inherited" }],
      // `http` may name a folder.
      confidence: server.model.configuration.fragment ? "medium" : "high",
      identity: `${outer.title} ${location.title} without a handler`,
    };
  }
}

/** What answers before files are looked for. */
const ENDS = ["return", "rewrite", "try_files", "deny", "internal", "error_page"];

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
    related: [{ at: prefix.statement, message: "does not get the request" }],
    witness: { kind: "request", value: `GET ${uri}` },
    details: [
      { label: "request", text: `GET ${uri}` },
      placeDetail("gets", winner, server.at(winner), bytes),
      placeDetail("meant", prefix, server.at(prefix), bytes),
    ],
    identity: `${prefix.title} ${asker.title}`,
    items: itemsOf(taken),
    ...(fix === null ? {} : { fix }),
  };
}

/** Django's files that are meant to come from disk, and are looked for elsewhere. */
function itemsOf({ prefix, difference }: TakenRequest): readonly string[] {
  if (difference.kind !== "file" && difference.kind !== "handler") return [];
  return itemsOfFiles(prefix);
}

function consequence(difference: Difference, meant: Place, got: Place): string {
  switch (difference.kind) {
    case "file":
      return `which looks for their files in ${folderName(got.files)}, not in ${folderName(meant.files)}`;
    case "handler":
      return `which passes them to ${sourceName(got.handler)}, not to ${sourceName(meant.handler)}`;
    case "access":
      return difference.guard === null
        ? "which allows everyone"
        : `where ${codeOf(difference.guard)} is not checked`;
    case "headers":
      return `and are sent without ${difference.names.map((name) => `\`${name}\``).join(", ")}`;
    case "fallback":
      return `where ${codeOf(difference.by)} does not apply: anything that is not a file gets 404`;
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
