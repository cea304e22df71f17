/** What a rule is: data first, then one question to the model. */
import type { ConfigFile } from "../parser/index.ts";
import type {
  Anchor,
  Configuration,
  Context,
  Model,
  Range,
  RelatedPlace,
  Version,
  VirtualServer,
} from "../semantics/index.ts";
import type { Assumptions, Site } from "../site/index.ts";
import type { Unmet, Untold } from "./items.ts";

export type { Anchor, Assumptions, Range, RelatedPlace, Unmet, Untold };

export type Severity = "error" | "warning" | "info";
export type Confidence = "high" | "medium" | "low";
export type Preset = "recommended" | "django-react" | "security" | "strict";

/** Chapters of the catalogue; also the folders under `src/rules`. */
export type Category =
  | "validity"
  | "routing"
  | "proxying"
  | "tls"
  | "headers"
  | "access"
  | "limits"
  | "logs"
  | "performance"
  | "advisories"
  | "suppressions";

/** The request, URI, header or value that shows the problem. */
export interface Witness {
  readonly kind: "request" | "uri" | "header" | "value";
  readonly value: string;
}

/** One labelled line under a finding for people at a terminal: `gets  /srv/x  (line 201)`. */
export interface Detail {
  readonly label: string;
  readonly text: string;
  readonly at?: Anchor;
}

export interface Edit {
  readonly file: ConfigFile;
  /** UTF-16 offset into the file's text. */
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

export interface Fix {
  readonly description: string;
  /** A safe fix never changes what a correct configuration does. */
  readonly safe: boolean;
  readonly edits: readonly Edit[];
}

export interface Report {
  /** The cause. */
  readonly at: Anchor;
  /** What happens to the user, as one or more sentences. */
  readonly message: string;
  /** What to write, as an imperative clause without a final stop. */
  readonly help?: string;
  /** Where this finding differs from the rule's own severity and confidence. */
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  /** Items of the checklist that this case answers. Default: all of the rule's. */
  readonly items?: readonly string[];
  /** Where only some of the rule's presets want this case: those. */
  readonly presets?: readonly Preset[];
  readonly related?: readonly RelatedPlace[];
  /** The places whose requests it is about, where `at` stands on an outer level and `related` does not name them all. */
  readonly concerns?: readonly Context[];
  readonly witness?: Witness;
  readonly details?: readonly Detail[];
  readonly fix?: Fix;
  /** The rest of it, where that takes long: asked for only where there is room for the report. */
  readonly more?: () => Pick<Report, "help" | "related" | "witness" | "details" | "fix">;
  /**
   * What the finding means apart from its place and wording; goes into the fingerprint. Default: the path of
   * directives to `at` and their arguments.
   */
  readonly identity?: string;
}

/** One option of a rule, as JSON Schema for its value. */
export interface OptionSchema {
  readonly type: "string" | "boolean" | "number" | "array";
  readonly items?: { readonly type: "string" | "number" };
  readonly description: string;
  readonly default: string | boolean | number | readonly string[];
}

/** What a rule is given to ask and to tell. */
export interface RuleContext {
  readonly configuration: Configuration;
  /** What nginx does. */
  readonly model: Model;
  /**
   * The servers that are looked at one by one: of more than a run has time for, the first. Whoever needs to know of all of them asks
   * the model.
   */
  readonly servers: readonly VirtualServer[];
  /** What the site seems to be for. */
  readonly site: Site;
  /** The nginx version to judge against; null: any. */
  readonly version: Version | null;
  readonly options: Readonly<Record<string, unknown>>;
  readonly assume: Assumptions;
  /** Parts that the run reads and no main file includes now, of this tree or of others. */
  readonly parts?: readonly ConfigFile[];
  /** The rule is violated. */
  report(report: Report): void;
  /** The rule applies here and is kept. Where nothing is said at all, it does not apply. */
  met(at: Anchor, concerns?: readonly Context[], items?: readonly string[]): void;
  /** An item of the checklist is not kept here, in a case that is not worth a finding. */
  unmet(unmet: Unmet): void;
  /** An item of the checklist is about this place, and no file tells whether it is kept; the reason says where to look. */
  untold(untold: Untold): void;
  /** Nobody listens to `met`, `unmet` and `untold`: what only they would say need not be found out. */
  readonly isMetUnheard?: boolean;
}

/** What a rule is given that looks at one server at a time. */
export interface ServerRuleContext extends RuleContext {
  readonly server: VirtualServer;
}

export interface RuleDocs {
  /** One line, in the present tense. */
  readonly summary: string;
  /** Why it matters; Markdown, a paragraph or two. */
  readonly why: string;
  /** Runs in the tests: must report. A fragment or a whole file. */
  readonly bad: string;
  /** Runs in the tests: must not report. */
  readonly good: string;
  readonly references: readonly string[];
}

interface RuleData {
  readonly id: string;
  readonly category: Category;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly presets: readonly Preset[];
  /** It reports nothing where none of these directives is written: it is not asked then. */
  readonly directives?: readonly string[];
  /** Items of the guide's checklist that it answers. */
  readonly checklist?: readonly string[];
  readonly docs: RuleDocs;
  readonly options?: Readonly<Record<string, OptionSchema>>;
  readonly fix?: "safe" | "unsafe";
  /** Rules that leave a matter to this one until it is mended: what they say then is nothing new. */
  readonly reveals?: readonly string[];
}

/** A rule that needs the whole configuration, or what stands outside of servers. */
export interface ConfigurationRule extends RuleData {
  readonly scope?: "configuration";
  check(context: RuleContext): void;
}

/**
 * A rule that looks at one server. What it says may depend on the server's own text, on what stands around servers, and on
 * addresses and names of the others, and on nothing else.
 */
export interface ServerRule extends RuleData {
  readonly scope: "server";
  check(context: ServerRuleContext): void;
}

export type Rule = ConfigurationRule | ServerRule;

export function defineRule(rule: Rule): Rule {
  return rule;
}

/** Asks a rule about a whole configuration: once, or once a server. */
export function askRule(rule: Rule, context: RuleContext): void {
  if (rule.scope !== "server") rule.check(context);
  else for (const server of context.servers) rule.check({ ...context, server });
}
