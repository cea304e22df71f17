/** The rules about one setting in force, made from the places that it matters at and what is wrong with its value. */
import { append } from "../../lists/index.ts";
import type { Context, Place, Setting, Statement } from "../../semantics/index.ts";
import { type ConfigurationRule, defineRule, type Report, type Rule, type RuleContext } from "../rule.ts";
import { titleOf, whereToLook } from "../wording.ts";

export interface SettingRule extends Omit<ConfigurationRule, "scope" | "check"> {
  readonly directive: string;
  /** Where the value matters. */
  places(context: RuleContext): Iterable<Place>;
  /** Where a line would be added that nobody wrote; the outermost block around the place where absent. */
  missingAt?(context: RuleContext): Statement | null;
  /** What is said of a value at a place; null: it is right there. */
  judge(setting: Setting, place: Place, context: RuleContext): Omit<Report, "at" | "related"> | null;
  /** What the checklist misses in a value that is not worth a finding; null: nothing. */
  lacks?(setting: Setting, place: Place, context: RuleContext): string | null;
  /** Whose requests the value decides for. Default: those of the place. */
  concernsOf?(place: Place, context: RuleContext): readonly Context[];
  /** It stands at the top: of a part alone it is not known. */
  readonly isOfWhole?: boolean;
  /** Items that a right value alone does not keep: others decide them, too. */
  readonly sharedItems?: readonly string[];
}

/**
 * One finding for each line that sets a wrong value. Of a wrong default one for the whole tree, at the block where the
 * line would be added. Of a place whose value cannot be known the checklist alone is told.
 */
export function defineSettingRule(rule: SettingRule): Rule {
  const {
    directive,
    places,
    judge,
    missingAt,
    lacks,
    concernsOf,
    sharedItems = [],
    isOfWhole,
    ...data
  } = rule;
  const kept = data.checklist?.filter((item) => !sharedItems.includes(item)) ?? [];
  return defineRule({
    ...data,
    check(context) {
      const part =
        isOfWhole && context.configuration.fragment ? context.model.servers[0]?.context.opener : null;
      if (part) context.untold({ at: part, reason: `look for \`${directive}\` in \`nginx.conf\`` });
      const wrong = new Map<unknown, { at: Statement; report: Omit<Report, "at">; places: Context[] }>();
      for (const place of places(context)) {
        const setting = place.setting(directive);
        const at =
          setting.statement ?? (missingAt === undefined ? outermost(place.context) : missingAt(context));
        if (at === null) continue;
        const concerns = concernsOf?.(place, context) ?? [place.context];
        if (setting.origin === "unknown") {
          const reason = whereToLook(directive, setting.statement);
          context.untold({ at, reason, items: kept, concerns });
          continue;
        }
        const report = judge(setting, place, context);
        if (report === null) {
          const why = lacks?.(setting, place, context) ?? null;
          if (why === null) context.met(at, concerns, kept);
          else context.unmet({ at, why, concerns });
          continue;
        }
        const known = wrong.get(at.directive);
        if (known === undefined) wrong.set(at.directive, { at, report, places: [...concerns] });
        else append(known.places, concerns);
      }
      for (const { at, report, places: found } of wrong.values()) {
        context.report({ ...report, at, concerns: found, ...relatedTo(at, found) });
      }
    },
  });
}

/** The block that a line for all of the tree is added to. */
function outermost(context: Context): Statement | null {
  let opener: Statement | null = null;
  for (const around of context.outward()) opener = around.opener ?? opener;
  return opener;
}

/** A few of the places that the value is in force at. */
function relatedTo(at: Statement, places: readonly Context[]): Pick<Report, "related"> {
  const openers = places.flatMap(({ opener }) => (opener === null || opener === at ? [] : [opener]));
  if (openers.length === 0) return {};
  return {
    related: openers.slice(0, 5).map((opener) => ({
      at: opener,
      message: opener.block === null ? "in force here" : `in force for ${titleOf(opener.block)}`,
    })),
  };
}
