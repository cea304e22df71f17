/** Answers about several trees together. */
import { type Answer, reasonOfAll, type Status } from "./answer.ts";

/** As many as of one tree. */
const MOST_PLACES = 1_000;

/** What is worse in one tree speaks for all; what does not apply in one may apply in another. */
const WORST_FIRST: readonly Status[] = ["fail", "manual", "pass", "n/a"];

/**
 * One answer for each item.
 * @param all the answers about each tree, in the same order of items
 * @param areParts the trees are parts of one configuration
 */
export function joinAnswers(
  [first = [], ...others]: readonly (readonly Answer[])[],
  areParts: boolean,
): readonly Answer[] {
  if (others.length === 0) return first;
  return first.map((answer, index) => {
    const same = [answer, ...others.flatMap((each) => each[index] ?? [])];
    if (areParts && answer.id === "setup.split-files")
      return { ...answer, status: "pass", reason: `${same.length} files` };
    const status = WORST_FIRST.find((each) => same.some((given) => given.status === each)) ?? "n/a";
    const speaking = same.filter((given) => given.status === status);
    const { hasMore: _, ...about } = answer;
    const places = speaking.flatMap((given) => given.places);
    const hasMore = places.length > MOST_PLACES || speaking.some((given) => given.hasMore === true);
    return {
      ...about,
      status,
      reason: reasonOfAll(
        [...new Set(speaking.map(({ reason }) => reason))].filter((reason) => reason !== ""),
      ),
      rules: [...new Set(speaking.flatMap(({ rules }) => rules))],
      places: places.slice(0, MOST_PLACES),
      ...(hasMore ? { hasMore } : {}),
    };
  });
}
