import type { VirtualServer } from "../../semantics/index.ts";
import type { Report } from "../rule.ts";
import { capitalized, titleOf } from "../wording.ts";
import { isJudged, mayTake, typeSent } from "./sent-types.ts";

/** Newer types, which many a `mime.types` lacks, with what browsers do without them. */
const NEWER = [
  { extension: "mjs", type: "application/javascript", right: /javascript/, effect: "refuse such modules" },
  {
    extension: "wasm",
    type: "application/wasm",
    right: /wasm/,
    effect: "compile such code only after the download, or not at all",
  },
];

/** Files that a location names by their ending, and whose type nobody defines. */
export function* unknownTypes(server: VirtualServer): Generator<Report> {
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
        message: `${capitalized(titleOf(place.context))} sends \`${uri}\` as \`${sent.type}\`: browsers ${effect}. The \`types\` that apply do not list \`.${extension}\`.`,
        help: `write \`types { ${type} ${extension}; }\` beside \`include mime.types;\``,
        witness: { kind: "request", value: `GET ${uri}` },
        identity: `${location.title} ${extension}`,
      };
      break;
    }
  }
}
