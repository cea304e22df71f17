/** URIs that clients ask for by themselves, by the kind of location that they are meant for. */
import { askedOnce } from "../lists/index.ts";
import { type Handler, handlerOf, type Location, type Server, type UriTail } from "../semantics/index.ts";

/** What a page of an app or of a framework loads. */
const ASSETS = [
  "admin/css/base.css",
  "css/style.css",
  "js/app.js",
  "app.js",
  "logo.png",
  "photos/1.jpg",
  "logo.svg",
  "logo.webp",
  "fonts/inter.woff2",
  "fonts/inter.woff",
  "favicon.ico",
];
const DOCUMENTS = [
  "report.pdf",
  "archive.zip",
  "video.mp4",
  "data.json",
  "feed.xml",
  "index.html",
  "readme.txt",
  "docs/",
  "users/1",
  "index.php",
];
const UPLOADS = [
  "photos/1.jpg",
  "logo.png",
  "logo.webp",
  "animation.gif",
  "report.pdf",
  "archive.zip",
  "video.mp4",
  "logo.svg",
];
const API = ["docs/", "schema.json", "openapi.json", "users/1", "users/1/", "swagger.yaml"];

export interface Tail extends UriTail {
  /** A client is known to ask for such a thing there. */
  readonly isCredible: boolean;
}

/** URIs to try below a prefix. */
export interface Candidates {
  /** The prefix with a slash at its end, as written. */
  readonly folder: string;
  /** The most telling first. */
  readonly tails: readonly Tail[];
}

export function candidatesFor(location: Location): Candidates {
  const { pattern } = location;
  const folder = pattern.endsWith("/") ? pattern : `${pattern}/`;
  const mayHoldScripts = handlerOf(location.context).kind === "static";
  return { folder, tails: tailsFor(kindOf(location), mayHoldScripts) };
}

const tails = new Map<string, readonly Tail[]>();

function tailsFor(kind: Kind, mayHoldScripts: boolean): readonly Tail[] {
  const key = `${kind} ${mayHoldScripts}`;
  let known = tails.get(key);
  if (known === undefined) {
    const found = new Map(CREDIBLE[kind].map((tail) => [tail, true]));
    // Nobody asks for anything but tokens there, which have no dot (RFC 8555, 8.3).
    const isKnown = kind === "challenge" || kind === "well-known";
    for (const tail of isKnown ? [] : [...ASSETS, ...DOCUMENTS])
      if (!found.has(tail)) found.set(tail, kind === "files" && (mayHoldScripts || tail !== "index.php"));
    known = [...found].map(([text, isCredible]) => {
      const ending = `/${text}`.slice(text.lastIndexOf("/") + 1);
      return { text, ending, isCredible };
    });
    tails.set(key, known);
  }
  return known;
}

/** What lies below it is fetched by browsers, whatever it is called. */
export function isForFiles(location: Location): boolean {
  return kindOf(location) === "files";
}

type Kind = "challenge" | "well-known" | "files" | "uploads" | "api" | "socket" | "service";

const CREDIBLE: Readonly<Record<Kind, readonly string[]>> = {
  challenge: ["evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"],
  // IANA's registry says what clients ask for there.
  "well-known": [
    "security.txt",
    "openid-configuration",
    "assetlinks.json",
    "apple-app-site-association",
    "matrix/server",
    "nodeinfo",
    "change-password",
  ],
  files: [],
  uploads: UPLOADS,
  api: API,
  socket: ["socket.io.js"],
  service: [],
};

function kindOf(location: Location): Kind {
  const { pattern } = location;
  if (/socket\.io/.test(pattern)) return "socket";
  if (/\.well-known\/(?:acme|pki)/.test(pattern)) return "challenge";
  if (/\.well-known\/?$/.test(pattern)) return "well-known";
  // What follows a script's name is handed to it.
  if (/\.php\/?$/.test(pattern)) return "service";
  if (/(^|\/)(media|uploads?|files|documents|attachments|downloads?|user-?content)(\/|$)/.test(pattern))
    return "uploads";
  const handler = handlerOf(location.context);
  if (handler.kind === "static" || handler.kind === "return") return "files";
  if (handler.kind === "module" || SERVICE.test(pattern)) return "service";
  if (API_NAME.test(pattern)) return "api";
  return isPartOfApp(location, handler) ? "service" : "files";
}

/** The same backend as for `/`: a part of that app with other limits, whose files lie where the app's lie. */
function isPartOfApp({ server, pattern }: Location, handler: Handler): boolean {
  if (handler.kind !== "pass" || /static|assets|css|js|img|images|media|public/.test(pattern)) return false;
  return backendOfRest(server) === handler.target;
}

/** Where requests go that no other location takes; null where that is no backend. */
const backendOfRest = askedOnce((server: Server): string | null => {
  const rest = server.locations.find(({ isPrefix, pattern }) => isPrefix && pattern === "/");
  if (rest === undefined) return null;
  const last = rest.context.last("try_files")?.args.at(-1);
  const named = last === undefined ? undefined : server.named(last);
  const handler = handlerOf((named ?? rest).context);
  return handler.kind === "pass" ? handler.target : null;
});

const API_NAME = /(^|\/)(api|graphql|rest|rpc|v\d+)(\/|$)/;
/** Calls without documents: nothing below them has an extension. */
const SERVICE =
  /(^|\/)(ws|wss|websocket|cable|sockjs|signalr|sse|events|callback|auth|oauth2?|login|logout|admin|health\w*|status|metrics|prometheus|webhooks?|ping|logs?|logging|collect|track(ing)?|telemetry|beacon)(\/|$)/;
