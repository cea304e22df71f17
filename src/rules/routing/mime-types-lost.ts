import { headersInForce, type Place, type Statement, type VirtualServer } from "../../semantics/index.ts";
import { isTypeKnown, PAGE_FILES, pageUris } from "../../site/index.ts";
import { defineRule, type RelatedPlace, type Report } from "../rule.ts";
import { capitalized, codeOf, listOf, titleOf } from "../wording.ts";
import { lostMedia } from "./lost-media.ts";
import { unknownTypes } from "./newer-types.ts";
import { isJudged, mayTake, typeSent } from "./sent-types.ts";

/** Pages whose files are sent with a type that browsers do not take. */
export default defineRule({
  id: "mime-types-lost",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "Pages, stylesheets or scripts are sent with the wrong type",
    why: "nginx takes the type of a file from `types`, which `mime.types` holds; on its own it knows only `.html`, `.gif` and `.jpg`, and sends everything else with `default_type`. And `types` is inherited as a whole or not at all: a block with one entry in a server or location discards every type of the outer levels, so that browsers download even `index.html`.\n\nTwo blocks at the same level add up: put an additional type beside `include mime.types;`.",
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
  check({ model, servers, report, met }) {
    const told = new Set<Statement["directive"]>();
    const bare: Wrong[] = [];
    for (const server of servers) {
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
    for (const server of servers) {
      for (const each of unknownTypes(server)) report(each);
      for (const { cause, report: found } of lostMedia(server)) {
        if (told.has(cause.directive)) continue;
        told.add(cause.directive);
        report(found);
      }
    }
    const [first] = bare;
    const at = model.configuration.http?.opener ?? first?.place.context.opener;
    const file = { file: model.configuration.tree.entry, start: 0, end: 0 };
    if (first !== undefined) report({ at: at ?? file, ...withoutTypes(first, bare) });
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
    help: "write `include mime.types;` beside it, or move the entry to the level that includes that file",
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
    message: `${describe(files, place)}. No \`types\` apply here, and nginx's built-in ones are only .html, .gif and .jpg.`,
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
    ? "with `nosniff` browsers refuse them, and the page does not work"
    : `browsers ${listOf(effects)}`;
  return `${capitalized(titleOf(place.context))} sends ${listOf(names)} as ${listOf(types.map((type) => `\`${type}\``))}: ${what}`;
}

/** The header that forbids browsers to guess the type. */
function nosniff({ context }: Place): RelatedPlace[] {
  const found = headersInForce(context).find(
    ({ args }) => /^x-content-type-options$/i.test(args[0] ?? "") && /nosniff/i.test(args[1] ?? ""),
  );
  return found === undefined
    ? []
    : [
        {
          at: found,
          message: "forbids browsers to guess the type",
        },
      ];
}
