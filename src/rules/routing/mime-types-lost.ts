import {
  diskOf,
  fileSent,
  headersInForce,
  type Place,
  type Statement,
  type VirtualServer,
} from "../../semantics/index.ts";
import { isTypeKnown, PAGE_FILES, pageUris } from "../../site/index.ts";
import { defineRule, type RelatedPlace, type Report } from "../rule.ts";
import { capitalized, codeOf, listOf, titleOf } from "../wording.ts";

/** Pages whose files are sent with a type that browsers do not take. */
export default defineRule({
  id: "mime-types-lost",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "Pages, stylesheets and scripts that are sent with wrong types",
    why: "nginx tells the type of a file by `types`, which `mime.types` holds; by itself it knows `.html`, `.gif` and `.jpg` alone, and sends all else with `default_type`. And `types` is inherited as a whole or not at all: a block with one entry in a server or location discards every type of the outer levels, so that even `index.html` is offered as a download.\n\nTwo blocks at the same level add up: put an additional type beside `include mime.types;`.",
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
  check({ model, report, met }) {
    const told = new Set<Statement["directive"]>();
    const bare: Wrong[] = [];
    for (const server of model.servers) {
      for (const place of [null, ...server.locations].map((location) => server.at(location))) {
        const [cause] = place.list("types").statements;
        if (cause === undefined ? bare.length >= MOST_BARE : told.has(cause.directive)) continue;
        const files = isJudged(place) ? wrongFiles(server, place) : null;
        const [first, ...more] = files ?? [];
        if (first === undefined) {
          if (files !== null && cause !== undefined) met(cause);
          continue;
        }
        const wrong: Wrong = { place, files: [first, ...more] };
        if (cause === undefined) bare.push(wrong);
        else {
          told.add(cause.directive);
          report(replaced(wrong, cause));
        }
      }
    }
    for (const server of model.servers) for (const each of unknownTypes(server)) report(each);
    const [first] = bare;
    const at = model.configuration.http?.opener ?? first?.place.context.opener;
    const file = { file: model.configuration.tree.entry, start: 0, end: 0 };
    if (first !== undefined) report({ at: at ?? file, ...withoutTypes(first, bare) });
  },
});

/** Newer types, which many a `mime.types` lacks, with what browsers do without them. */
const NEWER = [
  { extension: "mjs", type: "application/javascript", right: /javascript/, effect: "refuse such modules" },
  {
    extension: "wasm",
    type: "application/wasm",
    right: /wasm/,
    effect: "compile such code late or not at all",
  },
];

/** Files that a location names by their ending, and whose type nobody defines. */
function* unknownTypes(server: VirtualServer): Generator<Report> {
  for (const { extension, type, right, effect } of NEWER) {
    for (const location of server.locations) {
      if (!location.isRegex || !new RegExp(`\\b${extension}\\b`).test(location.pattern)) continue;
      const place = server.at(location);
      if (place.list("types").statements.length === 0 || !isJudged(place)) continue;
      const uri = `/static/app.${extension}`;
      const sent = mayTake(server, place, uri) ? typeSent(server, place, uri) : null;
      if (sent === null || right.test(sent.type)) continue;
      yield {
        at: location.statement,
        message: `${capitalized(titleOf(place.context))} sends \`${uri}\` as \`${sent.type}\`: browsers ${effect}. The \`types\` in force do not know \`.${extension}\`.`,
        help: `write \`types { ${type} ${extension}; }\` beside \`include mime.types;\``,
        witness: { kind: "request", value: `GET ${uri}` },
        identity: `${location.title} ${extension}`,
      };
      break;
    }
  }
}

interface SentFile {
  readonly uri: string;
  readonly type: string;
  readonly effect: string;
}

/** Places without any types that are named; there may be one for every site. */
const MOST_BARE = 20;

/** A place that sends files of pages with wrong types. */
interface Wrong {
  readonly place: Place;
  readonly files: readonly [SentFile, ...SentFile[]];
}

function wrongFiles(server: VirtualServer, place: Place): SentFile[] {
  return PAGE_FILES.flatMap((file) => {
    if (isTypeKnown(place, file)) return [];
    const uri = pageUris(place.location, file).find((each) => mayTake(server, place, each));
    const sent = uri === undefined ? null : typeSent(server, place, uri);
    return sent === null || file.type.test(sent.type) ? [] : [{ ...sent, effect: file.effect }];
  });
}

/** A place for the files of pages, of whose types all is known. */
function isJudged(place: Place): boolean {
  const { statements, from, uncertain, replaceable } = place.list("types");
  if (statements.length === 0 ? uncertain : replaceable) return false;
  // What includes the fragment may have `mime.types` at the same level, and both add up.
  if (from?.parent === null && from.tree.fragment) return false;
  if (statements.some(({ block }) => block === null || block.incomplete)) return false;
  if (place.handler.kind !== "static" || place.files.statement === null) return false;
  if (place.isOn("autoindex") === true || setsTypeByHand(place)) return false;
  const [cause] = statements;
  if (isForMedia(place, statements)) return false;
  // `types { }` with a type of its own says: all of these are that.
  const isEmpty = statements.every(({ block }) => block?.statements.length === 0);
  return !(isEmpty && cause?.context.has("default_type"));
}

/** `location /fonts/ { types { font/woff2 woff2; } }`: nobody keeps pages there. */
function isForMedia({ location, context }: Place, types: readonly Statement[]): boolean {
  if (location === null || !MEDIA_FOLDER.test(location.pattern)) return false;
  return types.every(
    (each) =>
      each.context === context &&
      each.block?.statements.every(({ name }) =>
        /^(font|image|audio|video|application\/[\w.-]*font)/i.test(name),
      ),
  );
}

const MEDIA_FOLDER =
  /\/(?:(?:web)?fonts?|images?|img|pictures?|photos?|icons?|audio|sounds?|music|videos?)\/?$/i;

function setsTypeByHand(place: Place): boolean {
  if (headersInForce(place.context).some(({ args }) => /^content-type$/i.test(args[0] ?? ""))) return true;
  return place
    .list("more_set_headers")
    .statements.some(({ args }) => args.some((text) => /^content-type\b/i.test(text)));
}

/** Whether a request for this ends there, unless it is sent on; another place is judged by files of its own. */
function mayTake(server: VirtualServer, { location }: Place, uri: string): boolean {
  const taker = server.takerOf(uri);
  if (taker.kind === "unknown") return true;
  return location === (taker.kind === "location" ? taker.location : null);
}

/** The type of a file that lies there; null where another place sends it. */
function typeSent(server: VirtualServer, place: Place, uri: string) {
  const name = uri.split("/").at(-1) ?? "";
  const simulation =
    name === ""
      ? server.answerTo(
          uri,
          diskOf((path) => path.endsWith("/index.html")),
        )
      : server.fileAt(uri, name)?.simulation;
  if (simulation === null || simulation === undefined || fileSent(simulation) === null) return null;
  if (server.at(simulation.location) !== place) return null;
  const header = simulation.responseHeaders.find((each) => /^content-type$/i.test(each.name));
  return header === undefined || header.value.includes("$") ? null : { uri, type: header.value };
}

/** `types` of an inner level. */
function replaced({ place, files }: Wrong, cause: Statement): Report {
  const { parent } = cause.context;
  const outer = parent === null ? [] : place.model.place(parent).list("types").statements;
  const start =
    outer.length === 0
      ? `${codeOf(cause)} lacks them`
      : "`types` is inherited as a whole or not at all: this block discards every type of the outer levels";
  return {
    at: cause,
    message: `${describe(files, place)}. ${start}.`,
    help: "put `include mime.types;` beside it, or move the entry to where that is included",
    related: [
      ...outer.slice(0, 1).map((at): RelatedPlace => ({ at, message: "discarded here" })),
      ...nosniff(place),
    ],
    witness: { kind: "request", value: `GET ${files[0].uri}` },
  };
}

/** No `types` at all. */
function withoutTypes({ files, place }: Wrong, all: readonly Wrong[]): Omit<Report, "at"> {
  return {
    message: `${describe(files, place)}. No \`types\` are in force here, and nginx's built-in ones are only .html, .gif and .jpg.`,
    help: "write `include mime.types;` in `http`",
    related: [
      ...all.flatMap(({ place: { context } }) =>
        context.opener === null ? [] : [{ at: context.opener, message: "sends such files" }],
      ),
      ...nosniff(place),
    ],
    witness: { kind: "request", value: `GET ${files[0].uri}` },
  };
}

function describe(files: Wrong["files"], place: Place): string {
  const types = [...new Set(files.map(({ type }) => type))];
  const names = [...new Set(files.map(({ uri }) => `\`${uri}\``))];
  const isStrict = nosniff(place).length > 0 && files.some(({ uri }) => /\.(?:js|css)$/.test(uri));
  const effects = [...new Set(files.map(({ effect }) => effect))];
  const what = isStrict
    ? "with `nosniff` browsers refuse them, and the page does not start"
    : `browsers ${listOf(effects)}`;
  return `${capitalized(titleOf(place.context))} sends ${listOf(names)} as ${listOf(types.map((type) => `\`${type}\``))}: ${what}`;
}

/** The header that forbids browsers to guess. */
function nosniff({ context }: Place): RelatedPlace[] {
  const found = headersInForce(context).find(
    ({ args }) => /^x-content-type-options$/i.test(args[0] ?? "") && /nosniff/i.test(args[1] ?? ""),
  );
  return found === undefined ? [] : [{ at: found, message: "forbids browsers to guess" }];
}
