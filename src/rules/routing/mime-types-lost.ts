import { isFilledIn } from "../../parser/index.ts";
import {
  askForFile,
  askServer,
  type Configuration,
  type Context,
  diskOf,
  effective,
  fileBaseOf,
  fileSent,
  handlerOf,
  headersInForce,
  type Location,
  type Server,
  type Statement,
  typeOfExtension,
  winnerOf,
} from "../../semantics/index.ts";
import { defineRule, type RelatedPlace, type Report } from "../rule.ts";
import { codeOf, listOf, titleOf } from "../wording.ts";

/** Files that a page consists of, and what browsers want them to be. */
const FILES = [
  { name: "index.html", type: /^text\/html\b/, effect: "show the source of such pages, or save them" },
  { name: "css/style.css", type: /^text\/css\b/, effect: "ignore such stylesheets" },
  {
    name: "js/app.js",
    type: /^(?:text|application)\/(?:x-)?(?:java|ecma)script\b/,
    effect: "refuse such scripts as modules",
  },
] as const;

/** Folders for other things than pages, where a type for all is often meant. */
const OTHER_FILES =
  /downloads?|logs?\b|files?\b|uploads?|media|export|backup|archive|mirror|pub\b|raw|\.well-known|repo|dist\/?$/i;

/** Pages whose files are sent with a type that browsers do not take. */
export default defineRule({
  id: "mime-types-lost",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "Pages, stylesheets and scripts are sent with their types",
    why: "nginx tells the type of a file by `types`, which `mime.types` holds; by itself it knows `.html`, `.gif` and `.jpg` alone, and sends all else with `default_type`. And `types` is inherited as a whole or not at all: a block with one entry in a server or location discards every type that is set outside, so that even `index.html` is offered as a download.\n\nTwo blocks at the same level add up: put an additional type beside `include mime.types;`.",
    bad: `events {}
http {
    types { text/html html; text/css css; application/javascript js; }
    default_type application/octet-stream;
    server {
        listen 80;
        root /srv/shop;
        types { application/wasm wasm; }
    }
}
`,
    good: `events {}
http {
    types { text/html html; text/css css; application/javascript js; }
    types { application/wasm wasm; }
    default_type application/octet-stream;
    server {
        listen 80;
        root /srv/shop;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#types"],
  },
  check({ configuration, report }) {
    const told = new Set<Statement["directive"]>();
    const bare: Wrong[] = [];
    const isTold = (cause: Statement | undefined) =>
      cause === undefined ? bare.length >= MOST_BARE : told.has(cause.directive);
    for (const server of configuration.servers) {
      for (const wrong of wrongTypes(configuration, server, isTold)) {
        if (wrong.cause === undefined) bare.push(wrong);
        else {
          told.add(wrong.cause.directive);
          report(replaced(wrong, wrong.cause));
        }
      }
    }
    const [first] = bare;
    if (first !== undefined) report(withoutTypes(configuration, first, bare));
  },
});

interface SentFile {
  readonly uri: string;
  readonly type: string;
  readonly effect: string;
}

/** Places without any types that are named; there may be one for every site. */
const MOST_BARE = 20;

/** A place that sends files of pages with wrong types. */
interface Wrong {
  /** The location, or the server itself. */
  readonly context: Context;
  readonly files: readonly [SentFile, ...SentFile[]];
  /** The first `types` in force; undefined: none is. */
  readonly cause: Statement | undefined;
}

function* wrongTypes(
  configuration: Configuration,
  server: Server,
  isTold: (cause: Statement | undefined) => boolean,
): Generator<Wrong> {
  const places: (Location | null)[] = [null, ...server.allLocations()];
  for (const location of places) {
    const context = location?.context ?? server.context;
    const [cause] = effective(context, "types").statements;
    if (isTold(cause) || !isJudged(context)) continue;
    const [first, ...more] = FILES.flatMap(({ name, type, effect }) => {
      // A look at the types in force spares most requests.
      const known = typeOfExtension(context, name.slice(name.lastIndexOf(".") + 1)).type;
      if (known !== null && type.test(known)) return [];
      const uri = urisAt(location, name).find((each) => mayTake(server, location, each));
      const sent = uri === undefined ? null : typeSent(configuration, server, context, uri);
      return sent === null || type.test(sent.type) ? [] : [{ ...sent, effect }];
    });
    if (first !== undefined) yield { context, files: [first, ...more], cause };
  }
}

/** A place for the files of pages, of whose types all is known. */
function isJudged(context: Context): boolean {
  const { statements, from, uncertain, replaceable } = effective(context, "types");
  if (statements.length === 0 ? uncertain : replaceable) return false;
  // What includes the fragment may have `mime.types` at the same level, and both add up.
  if (from?.parent === null && from.tree.fragment) return false;
  if (statements.some(({ block }) => block === null || block.incomplete)) return false;
  // A template writes some of them.
  if (statements.some(({ block }) => block?.statements.some(({ args }) => args.some(isFilledIn))))
    return false;
  if (handlerOf(context).kind !== "static" || fileBaseOf(context).statement === null) return false;
  if (effective(context, "autoindex").statements.at(-1)?.args[0] === "on") return false;
  if (setsTypeByHand(context)) return false;
  const [cause] = statements;
  // `types { }` with a type of its own says: all of these are that.
  const isEmpty = statements.every(({ block }) => block?.statements.length === 0);
  return !(isEmpty && cause?.context.has("default_type"));
}

function setsTypeByHand(context: Context): boolean {
  if (headersInForce(context).some(({ args }) => /^content-type$/i.test(args[0] ?? ""))) return true;
  return effective(context, "more_set_headers").statements.some(({ args }) =>
    args.some((text) => /^content-type\b/i.test(text)),
  );
}

/** Where a file of a page would be asked for. */
function urisAt(location: Location | null, name: string): readonly string[] {
  if (location === null) return [`/${name}`];
  const { modifier, pattern } = location;
  switch (modifier) {
    case "":
    case "^~":
      return OTHER_FILES.test(pattern) ? [] : [`${pattern.replace(/\/$/, "")}/${name}`];
    case "=":
      return pattern === "/" || pattern.endsWith(`.${name.split(".").at(-1)}`) ? [pattern] : [];
    case "~":
    case "~*":
      return [`/${name}`, `/static/${name}`, `/assets/${name}`];
    case "@":
      return [];
  }
}

/** Whether a request for this ends there, unless it is sent on; another place is judged by files of its own. */
function mayTake(server: Server, location: Location | null, uri: string): boolean {
  const winner = winnerOf(server, uri);
  if (winner.kind === "unknown") return true;
  return location === null
    ? winner.kind === "server"
    : winner.kind === "location" && winner.location === location;
}

/** The type of a file that lies there; null where another place sends it. */
function typeSent(configuration: Configuration, server: Server, context: Context, uri: string) {
  const name = uri.split("/").at(-1) ?? "";
  const simulation =
    name === ""
      ? askServer(
          configuration,
          server,
          uri,
          diskOf((path) => path.endsWith("/index.html")),
        )
      : askForFile(configuration, server, uri, name)?.simulation;
  if (simulation === null || simulation === undefined || fileSent(simulation) === null) return null;
  if ((simulation.location?.context ?? server.context) !== context) return null;
  const header = simulation.responseHeaders.find((each) => /^content-type$/i.test(each.name));
  if (header === undefined || header.value.includes("$")) return null;
  return { uri, type: header.value };
}

/** `types` further in. */
function replaced({ context, files }: Wrong, cause: Statement): Report {
  const { parent } = cause.context;
  const outer = parent === null ? [] : effective(parent, "types").statements;
  const start =
    outer.length === 0
      ? `${codeOf(cause)} lacks them`
      : `\`types\` is inherited as a whole or not at all: this block discards every type that is set outside`;
  return {
    at: cause,
    message: `${describe(files, context)}. ${start}.`,
    help: "put `include mime.types;` beside it, or move the entry to where that is included",
    related: [
      ...outer.slice(0, 1).map((at): RelatedPlace => ({ at, message: "discarded here" })),
      ...nosniff(context),
    ],
    witness: { kind: "request", value: `GET ${files[0].uri}` },
  };
}

/** No `types` at all. */
function withoutTypes(configuration: Configuration, first: Wrong, all: readonly Wrong[]): Report {
  const http = configuration.http?.opener;
  return {
    at: http ?? first.context.opener ?? { file: configuration.tree.entry, start: 0, end: 0 },
    message: `${describe(first.files, first.context)}. No \`types\` are in force here, and by itself nginx knows only .html, .gif and .jpg.`,
    help: "write `include mime.types;` in `http`",
    related: [
      ...all.flatMap(({ context }) =>
        context.opener === null ? [] : [{ at: context.opener, message: "sends such files" }],
      ),
      ...nosniff(first.context),
    ],
    witness: { kind: "request", value: `GET ${first.files[0].uri}` },
  };
}

function describe(files: Wrong["files"], context: Context): string {
  const types = [...new Set(files.map(({ type }) => type))];
  const names = [...new Set(files.map(({ uri }) => `\`${uri}\``))];
  const isStrict = nosniff(context).length > 0 && files.some(({ uri }) => /\.(?:js|css)$/.test(uri));
  const effects = [...new Set(files.map(({ effect }) => effect))];
  const what = isStrict
    ? "with `nosniff` browsers refuse them, and the page does not start"
    : `browsers ${listOf(effects)}`;
  return `${titleOf(context).replace(/^./, (letter) => letter.toUpperCase())} sends ${listOf(names)} as ${listOf(types.map((type) => `\`${type}\``))}: ${what}`;
}

/** The header that forbids browsers to guess. */
function nosniff(context: Context): RelatedPlace[] {
  const found = headersInForce(context).find(
    ({ args }) => /^x-content-type-options$/i.test(args[0] ?? "") && /nosniff/i.test(args[1] ?? ""),
  );
  return found === undefined ? [] : [{ at: found, message: "forbids browsers to guess" }];
}
