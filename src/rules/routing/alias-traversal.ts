import { mayBeSeveral } from "../../parser/index.ts";
import { fromBytes, type Location, type Place, toBytes } from "../../semantics/index.ts";
import { type Proof, proofOf, requestText } from "../attacks.ts";
import { replaceArgument } from "../fix.ts";
import { defineRule, type Fix, type RuleContext } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** `location /static` with `alias /x/static/`: `/static../` is the folder above. */
export default defineRule({
  id: "alias-traversal",
  category: "routing",
  severity: "error",
  confidence: "high",
  presets: ["recommended", "security"],
  fix: "unsafe",
  docs: {
    summary: "An `alias` or `root` lets requests escape its folder",
    why: "`alias` replaces the location's prefix by its own path. If the prefix does not end with a slash and the path does, `/static../settings.py` matches `location /static` and becomes `/srv/static/../settings.py`: anyone can fetch the files of the parent folder. The same happens if a query argument, a cookie or a header names a folder: nginx resolves `..` in the path of a request, not in `$arg_theme`.",
    bad: `server {
    listen 80;
    location /static {
        alias /srv/app/static/;
    }
}
`,
    good: `server {
    listen 80;
    location /static/ {
        alias /srv/app/static/;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#alias"],
  },
  scope: "server",
  check({ server, report }) {
    for (const place of server.places) reportChosen(place, report);
    for (const location of server.locations) {
      const place = server.at(location);
      const alias = location.context.last("alias");
      if (alias === undefined || place.handler.kind !== "static") continue;
      // Only nginx itself asks for its URIs.
      if (location.context.has("internal")) continue;
      // A template may write the slash.
      if (mayBeSeveral(location.pattern)) continue;
      const way = location.isRegex ? throughPattern(location, place) : throughPrefix(location, place);
      if (way === null) continue;
      const taker = server.takerOf(way.uri);
      if (taker.kind !== "location" || taker.location !== location) continue;
      report({
        at: location.statement,
        message: `\`${way.uri}\` gets \`${way.path}\`: anyone can fetch files outside \`${alias.args[0]}\`.`,
        help: location.isRegex
          ? "put the slash before the group, as in `^/static/(.*)$`"
          : `write \`${location.title}/\``,
        related: [{ at: alias, message: "ends with a slash, the location does not" }],
        witness: { kind: "request", value: `GET ${way.uri}` },
        details: [
          { label: "request", text: `GET ${way.uri}` },
          { label: "gets", text: way.path, at: alias },
        ],
        ...fixOf(location),
      });
    }
  },
});

/** Folders that a client names by something else than the path. */
function reportChosen(place: Place, report: RuleContext["report"]): void {
  for (const statement of place.context.statements) {
    if (!/^(?:root|alias|try_files)$/.test(statement.name)) continue;
    for (const argument of statement.args) {
      const proof = MAY_BE_CHOSEN.test(argument) ? chosenFolder(place, argument) : null;
      if (proof === null) continue;
      report({
        at: statement,
        message: `\`${proof.request.uri}\` gets \`${proof.evidence}\`: ${codeOf(statement)} lets clients choose the folder.`,
        help: "look the folder up in a `map` that lists those that are meant",
        witness: { kind: "request", value: requestText(proof) },
        details: [
          { label: "request", text: requestText(proof) },
          { label: "gets", text: proof.evidence, at: statement },
        ],
      });
      break;
    }
  }
}

/** Some variable other than those in which nginx has resolved `..`, or that hold no slash. */
const MAY_BE_CHOSEN =
  /\$(?!\{?(?:uri|document_uri|document_root|request_filename|is_args|host|server_name)\b)/i;

function chosenFolder(place: Place, argument: string): Proof<string> | null {
  const origins = (place.value(argument)?.chosen ?? [])
    .filter(({ language }) => language.mayHold(SLASH))
    .flatMap((part) => part.origins)
    .filter(({ kind }) => kind === "query" || kind === "cookie" || kind === "header");
  if (origins.length === 0) return null;
  const payloads = ["../../secret", "/../../secret"];
  return proofOf(place, { origins }, { payloads, files: "file" }, ({ outcome }) => {
    const { kind, target } = outcome;
    return kind === "static" && target !== null && target.includes("/../../secret")
      ? fromBytes(target)
      : null;
  });
}

const SLASH = 0x2f;

interface Way {
  readonly uri: string;
  readonly path: string;
}

const ABOVE = "../settings.py";

function throughPrefix({ isPrefix, pattern }: Location, { files: { path } }: Place): Way | null {
  if (!isPrefix || pattern.endsWith("/") || !path.endsWith("/")) return null;
  return { uri: pattern + ABOVE, path: path + ABOVE };
}

/** `^/static(.*)$` with `alias /x/static/$1`. */
function throughPattern({ literalPrefix, compiled }: Location, { files }: Place): Way | null {
  if (literalPrefix === "" || literalPrefix.endsWith("/")) return null;
  const uri = literalPrefix + ABOVE;
  const match = compiled();
  const captures = match.kind === "exact" ? match.exec(toBytes(uri))?.captures : undefined;
  if (captures === undefined) return null;
  const path = files.path.replace(/\$(\d)/g, (_, digit) => captures[Number(digit)] ?? "");
  return path.includes("/../") && !path.includes("$") ? { uri, path } : null;
}

function fixOf({ isRegex, statement }: Location): { readonly fix?: Fix } {
  const { args } = statement.directive;
  const word = args.at(-1);
  if (isRegex || word === undefined || word.quote !== "none") return {};
  const edit = replaceArgument(statement, args.length - 1, `${word.raw}/`);
  return { fix: { description: "end the location with a slash", safe: false, edits: [edit] } };
}
