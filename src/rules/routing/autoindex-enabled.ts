import {
  type Context,
  effective,
  fileBaseOf,
  handlerOf,
  isPrivateListen,
  type Server,
  type Statement,
} from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { titleOf } from "../wording.ts";

/** Folders whose files anyone can list. */
export default defineRule({
  id: "autoindex-enabled",
  category: "routing",
  severity: "info",
  confidence: "high",
  presets: ["security"],
  docs: {
    summary: "Folders are not listed, save those for downloads",
    why: "With `autoindex on` a folder without an index file shows all it holds: backups, uploads of others, files that nobody links to. Lists are right for downloads and mirrors, and behind a password.",
    bad: "server {\n    root /srv/shop;\n    autoindex on;\n}\n",
    good: "server {\n    root /srv/shop;\n    location /downloads/ {\n        autoindex on;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_autoindex_module.html"],
  },
  check({ configuration, model, report }) {
    const listed = new Map<Statement["directive"], { statement: Statement; places: Listed[] }>();
    for (const server of configuration.servers) {
      if (server.listens.length > 0 && server.listens.every(isPrivateListen)) continue;
      for (const place of placesOf(server)) {
        const statement = switchOf(place.context);
        if (
          statement === null ||
          !isListed(server, place.context) ||
          model.place(place.context).admits().kind !== "open"
        )
          continue;
        const known = listed.get(statement.directive);
        if (known === undefined) listed.set(statement.directive, { statement, places: [place] });
        else known.places.push(place);
      }
    }
    for (const { statement, places } of listed.values()) {
      const [first, ...others] = places;
      if (first === undefined) continue;
      const more =
        others.length === 0
          ? ""
          : ` and at ${others.length} more ${others.length === 1 ? "place" : "places"}`;
      report({
        at: statement,
        message: `Anyone can list the files of folders under ${titleOf(first.context)}${more}.`,
        help: "remove it, or let in only those who may see all files",
        related: others.slice(0, 10).flatMap(({ context }) => {
          return context.opener === null ? [] : [{ at: context.opener, message: "is listed, too" }];
        }),
        witness: { kind: "request", value: `GET ${first.uri}` },
      });
    }
  },
});

interface Listed {
  readonly context: Context;
  /** A folder that is asked for there. */
  readonly uri: string;
}

/** The locations, and the server itself where no location takes all the rest. */
function* placesOf(server: Server): Generator<Listed> {
  let isRootTaken = false;
  for (const { modifier, pattern, context, outer } of server.allLocations()) {
    if (modifier === "@" || modifier === "=") continue;
    if (outer === null && pattern === "/") isRootTaken = true;
    const isPrefix = modifier === "" || modifier === "^~";
    yield { context, uri: isPrefix ? `${pattern.replace(/\/$/, "")}/` : "/" };
  }
  if (!isRootTaken) yield { context: server.context, uri: "/" };
}

function switchOf(context: Context): Statement | null {
  const { statements, replaceable } = effective(context, ["autoindex", "fancyindex"]);
  const statement = statements.at(-1);
  return replaceable || statement?.args[0] !== "on" ? null : statement;
}

/** Lists are given here, and it does not look as if that were the purpose. */
function isListed(server: Server, context: Context): boolean {
  return (
    handlerOf(context).kind === "static" &&
    !context.has("internal") &&
    // A list is given for folders alone, which try_files has to find first.
    !isFolderless(context) &&
    !isForDownloads(server, context)
  );
}

function isFolderless(context: Context): boolean {
  const tried = context.last("try_files");
  return tried !== undefined && !tried.args.slice(0, -1).some((name) => name.endsWith("/"));
}

const DOWNLOADS =
  /(^|[/._-])(downloads?|files?|mirrors?|archives?|dist|releases?|repo(s|sitory|sitories)?|packages?|pkgs?|ftp|pub|shared?|isos?|nightly|builds?|artifacts?|listing|index|browse|autoindex|debian|ubuntu|centos|rpms?|debs?|maven|pypi|simple)([/._-]|$)/i;

function isForDownloads(server: Server, context: Context): boolean {
  const names = server.names.map(({ text }) => text).join(" ");
  const pattern = context.kind === "location" ? (context.opener?.args.at(-1) ?? "") : "";
  return [pattern, fileBaseOf(context).path, names].some((text) => DOWNLOADS.test(text));
}
