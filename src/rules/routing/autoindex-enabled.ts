import { isPrivateListen, type Place, type Statement, type VirtualServer } from "../../semantics/index.ts";
import { isForDownloads } from "../../site/index.ts";
import { defineRule } from "../rule.ts";
import { titleOf } from "../wording.ts";

/** Folders whose files anyone can list. */
export default defineRule({
  id: "autoindex-enabled",
  category: "routing",
  severity: "info",
  confidence: "high",
  presets: ["security"],
  directives: ["autoindex"],
  docs: {
    summary: "Anyone can read a directory listing",
    why: "With `autoindex on`, a folder without an index file lists everything in it: backups, other users' uploads, files that nothing links to. Listings suit downloads, mirrors, and folders behind a password.",
    bad: "server {\n    root /srv/shop;\n    autoindex on;\n}\n",
    good: "server {\n    root /srv/shop;\n    location /downloads/ {\n        autoindex on;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_autoindex_module.html"],
  },
  check({ servers, report, met }) {
    const listed = new Map<Statement["directive"], { statement: Statement; places: [Listed, ...Listed[]] }>();
    for (const server of servers) {
      const { listens } = server.server;
      if (listens.length > 0 && listens.every(isPrivateListen)) continue;
      for (const found of foldersOf(server)) {
        const statement = switchOf(found.place);
        if (statement === null) continue;
        if (!isListed(found.place)) {
          met(statement);
          continue;
        }
        const known = listed.get(statement.directive);
        if (known === undefined) listed.set(statement.directive, { statement, places: [found] });
        else known.places.push(found);
      }
    }
    for (const { statement, places } of listed.values()) {
      const [first, ...others] = places;
      const more =
        others.length === 0
          ? ""
          : ` and at ${others.length} more ${others.length === 1 ? "place" : "places"}`;
      report({
        at: statement,
        message: `Anyone can list the folders under ${titleOf(first.place.context)}${more}.`,
        help: "remove it, or restrict access to people who may see every file",
        related: others.slice(0, 10).flatMap(({ place: { context } }) => {
          return context.opener === null ? [] : [{ at: context.opener, message: "is listed, too" }];
        }),
        witness: { kind: "request", value: `GET ${first.uri}` },
      });
    }
  },
});

interface Listed {
  readonly place: Place;
  /** A folder that is asked for there. */
  readonly uri: string;
}

/** The locations, and the server itself where no location takes all the rest. */
function* foldersOf(server: VirtualServer): Generator<Listed> {
  let isRootTaken = false;
  for (const location of server.locations) {
    const { isNamed, isExact, isPrefix, pattern, outer } = location;
    if (isNamed || isExact) continue;
    if (outer === null && pattern === "/") isRootTaken = true;
    yield { place: server.at(location), uri: isPrefix ? `${pattern.replace(/\/$/, "")}/` : "/" };
  }
  if (!isRootTaken) yield { place: server.top, uri: "/" };
}

function switchOf(place: Place): Statement | null {
  const { statements, replaceable } = place.list("autoindex", "fancyindex");
  const statement = statements.at(-1);
  return replaceable || statement?.args[0] !== "on" ? null : statement;
}

/** Strangers get lists here, and it does not look as if that were the purpose. */
function isListed(place: Place): boolean {
  if (place.handler.kind !== "static" || place.context.has("internal") || isForDownloads(place)) return false;
  const tried = place.context.last("try_files");
  // A list is given for folders alone, which try_files has to find first.
  if (tried !== undefined && !tried.args.slice(0, -1).some((name) => name.endsWith("/"))) return false;
  return place.admits().kind === "open";
}
