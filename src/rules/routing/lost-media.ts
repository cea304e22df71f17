import { type Location, type Statement, typeOfExtension, type VirtualServer } from "../../semantics/index.ts";
import type { Report } from "../rule.ts";
import { capitalized, listOf, titleOf } from "../wording.ts";
import { mayTake, sendsFiles, typeSent } from "./sent-types.ts";

/** What lies in folders of such names. */
const FOLDERS: readonly (readonly [name: RegExp, extensions: readonly string[]])[] = [
  [/\/(?:images?|img|pictures?|photos?|icons?|thumbs?|thumbnails?|avatars?)\/?$/i, ["png", "jpg", "svg"]],
  [/\/(?:media|uploads?)\/?$/i, ["png", "jpg", "mp4"]],
  [/\/videos?\/?$/i, ["mp4", "webm"]],
  [/\/(?:audio|sounds?|music)\/?$/i, ["mp3", "ogg"]],
];
const MEDIA = /^(?:image|video|audio)\//i;

/** Pictures, films and sounds whose types a location's own `types` discards. */
export function* lostMedia(server: VirtualServer): Generator<{ cause: Statement; report: Report }> {
  for (const location of server.locations) {
    const { context } = location;
    const cause = context.last("types");
    const place = server.at(location);
    if (cause === undefined || context.parent === null || !sendsFiles(place)) continue;
    const outer = server.model.place(context.parent).list("types").statements;
    if (outer.some(({ block }) => block?.incomplete === true)) continue;
    const lost = extensionsOf(location, context.all("types")).flatMap((extension) => {
      const known = typeOfExtension(context.parent ?? context, extension).type;
      const own = typeOfExtension(context, extension).type;
      if (known === null || own === null || !MEDIA.test(known) || MEDIA.test(own)) return [];
      const folder = location.isRegex ? "/media" : location.pattern.replace(/\/$/, "");
      const uri = `${folder}/sample.${extension}`;
      return mayTake(server, place, uri) ? (typeSent(server, place, uri) ?? []) : [];
    });
    const [first] = lost;
    if (first === undefined) continue;
    const names = listOf(lost.slice(0, 3).map(({ uri }) => `\`${uri}\``));
    const effect = lost.some(({ uri }) => uri.endsWith(".svg"))
      ? "browsers do not show such images"
      : "browsers save such files instead of showing them";
    yield {
      cause,
      report: {
        at: cause,
        message: `${capitalized(titleOf(context))} sends ${names} as \`${first.type}\`: ${effect}. \`types\` is inherited as a whole or not at all: this block discards every type of the outer levels.`,
        help: "put `include mime.types;` beside it, or move the entry to the level that includes that file",
        related: outer.slice(0, 1).map((at) => ({ at, message: "discarded here" })),
        witness: { kind: "request", value: `GET ${first.uri}` },
      },
    };
  }
}

/** The endings of media that a location is there for, as far as its name says. */
function extensionsOf(
  { isRegex, isPrefix, pattern }: Location,
  types: readonly Statement[],
): readonly string[] {
  if (isRegex) {
    const named = /\\\.\(?(?:\?:)?([\w|?]+)\)?\$?$/.exec(pattern)?.[1]?.replaceAll("?", "").split("|") ?? [];
    return named.filter((extension) => KNOWN.test(extension));
  }
  // One media type among files of its kind: the others were forgotten.
  const hasMedia = types.some(({ block }) => block?.statements.some(({ name }) => MEDIA.test(name)));
  if (!isPrefix || !hasMedia) return [];
  return FOLDERS.find(([name]) => name.test(pattern))?.[1] ?? [];
}

const KNOWN = /^(?:png|jpe?g|gif|svg|webp|avif|ico|mp4|webm|mp3|ogg)$/i;
