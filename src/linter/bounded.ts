/** What rules tell, in lengths that people and formats can take. A configuration may quote megabytes of itself. */
import type { Detail, Report } from "../rules/index.ts";
import { shorten } from "../semantics/index.ts";

/** Nobody reads further. */
export const LONGEST_TEXT = 1_000;
/** A request that shows a problem can be that long: nginx takes lines of up to 8k. */
const LONGEST_WITNESS = 2_000;
/** Places beside the cause. */
const MOST_RELATED = 100;

/** The report with its texts shortened and its lists cut where they go on beyond measure. */
export function bounded(report: Report): Report {
  const { message, help, witness, details, related, fix } = report;
  return {
    ...report,
    message: shorten(message, LONGEST_TEXT),
    ...(help === undefined ? {} : { help: shorten(help, LONGEST_TEXT) }),
    ...(witness === undefined
      ? {}
      : { witness: { ...witness, value: shorten(witness.value, LONGEST_WITNESS) } }),
    ...(details === undefined ? {} : { details: details.slice(0, MOST_RELATED).map(boundedDetail) }),
    ...(related === undefined
      ? {}
      : {
          related: related
            .slice(0, MOST_RELATED)
            .map((place) => ({ ...place, message: shorten(place.message, LONGEST_TEXT) })),
        }),
    ...(fix === undefined ? {} : { fix: { ...fix, description: shorten(fix.description, LONGEST_TEXT) } }),
  };
}

function boundedDetail(detail: Detail): Detail {
  return { ...detail, text: shorten(detail.text, LONGEST_TEXT) };
}
