/** The rules about lists that an inner level discards by one line of its own, made from what differs between them. */
import type { Discarded, Place } from "../../semantics/index.ts";
import { byCause, type Loss, linesOf, pointOf, relatedTo } from "../report/lost-list.ts";
import { type ConfigurationRule, defineRule, type Report, type Rule, type RuleContext } from "../rule.ts";
import { capitalized, titlesOf } from "../wording.ts";

/** A list that is lost at a place. */
export interface DiscardedPlace extends Discarded {
  readonly place: Place;
}

/** What messages say of a group of losses with one cause. */
export interface LossWords {
  /** The places, as the beginning of a sentence. */
  readonly where: string;
  readonly several: boolean;
  /** Where the lost lines stand: `lines 12–17`. */
  readonly lines: string;
}

export interface InheritanceRule<L extends Loss> extends Omit<ConfigurationRule, "scope" | "check"> {
  /** The lists; directives of one list replace each other. */
  lists(context: RuleContext): Iterable<readonly [string, ...string[]]>;
  /** What is really lost; nothing where the author means it, or nobody notices. */
  lossesOf(discarded: DiscardedPlace, context: RuleContext): readonly L[];
  /** The finding for all losses of one line, apart from its places. */
  describe(
    losses: readonly [L, ...L[]],
    words: LossWords,
    context: RuleContext,
  ): Omit<Report, "at" | "related">;
}

/** One finding for each line that discards something. */
export function defineInheritanceRule<L extends Loss>(rule: InheritanceRule<L>): Rule {
  const { lists, lossesOf, describe, ...data } = rule;
  return defineRule({
    ...data,
    check(context) {
      for (const names of lists(context)) {
        for (const losses of byCause(lossesAt(names, context, lossesOf))) {
          const [first, ...others] = losses;
          if (first === undefined) continue;
          const at = pointOf(losses, first);
          const words = {
            where: capitalized(titlesOf(losses.map((loss) => loss.context))),
            several: others.length > 0,
            lines: linesOf(first.lost, first.cause),
          };
          context.report({
            at,
            related: relatedTo(losses, at),
            concerns: losses.map((loss) => loss.context),
            ...describe([first, ...others], words, context),
          });
        }
      }
    },
  });
}

function* lossesAt<L extends Loss>(
  names: readonly [string, ...string[]],
  context: RuleContext,
  lossesOf: InheritanceRule<L>["lossesOf"],
): Generator<L> {
  for (const place of context.model.placesThatMayLose(...names)) {
    const discarded = place.lost(...names);
    if (discarded !== null) yield* lossesOf({ ...discarded, place }, context);
  }
}
