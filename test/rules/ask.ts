/** Asks one rule about texts, whatever presets and settings say. */
import {
  type Assumptions,
  askRule,
  contextFor,
  type Report,
  RULES,
  type Rule,
} from "../../src/rules/index.ts";
import { Configuration, parseVersion, type SourceTree } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";

export interface Asked {
  /** The nginx to judge against; without it, any. */
  readonly version?: string | undefined;
  readonly assume?: Assumptions;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** What a rule reports of a tree, or of texts by their names. */
export function reportsOf(
  rule: Rule | string,
  texts: string | Readonly<Record<string, string>> | SourceTree,
  { version, assume = {}, options = {} }: Asked = {},
): Report[] {
  const asked = typeof rule === "string" ? RULES.find(({ id }) => id === rule) : rule;
  if (asked === undefined) throw new RangeError(`there is no rule ${rule}`);
  const tree = isTree(texts) ? texts : treeOf(texts);
  const reports: Report[] = [];
  const judged = version === undefined ? null : parseVersion(version);
  askRule(asked, {
    ...contextFor(new Configuration(tree), judged, assume),
    options,
    met: () => {},
    unmet: () => {},
    untold: () => {},
    report: (report) => reports.push(report),
  });
  return reports;
}

function isTree(texts: string | Readonly<Record<string, string>> | SourceTree): texts is SourceTree {
  return typeof texts !== "string" && "entry" in texts && "includes" in texts;
}
