/** What a rule is: data first, then one question to the model. */
import type { ConfigFile } from "../parser/index.ts";
import type { Configuration, Place, Range, RelatedPlace, Version } from "../semantics/index.ts";
import type { Assumptions } from "../site/index.ts";

export type { Assumptions, Place, Range, RelatedPlace };

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
  readonly at?: Place;
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
  readonly at: Place;
  /** What happens to the user, as one or more sentences. */
  readonly message: string;
  /** What to write, as an imperative clause without a final stop. */
  readonly help?: string;
  /** Where this finding differs from the rule's own severity and confidence. */
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  readonly related?: readonly RelatedPlace[];
  readonly witness?: Witness;
  readonly details?: readonly Detail[];
  readonly fix?: Fix;
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

export interface RuleContext {
  readonly configuration: Configuration;
  /** The nginx version to judge against; null: any. */
  readonly version: Version | null;
  readonly options: Readonly<Record<string, unknown>>;
  readonly assume: Assumptions;
  report(report: Report): void;
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

export interface Rule {
  readonly id: string;
  readonly category: Category;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly presets: readonly Preset[];
  /** Items of the guide's checklist that it answers. */
  readonly checklist?: readonly string[];
  readonly docs: RuleDocs;
  readonly options?: Readonly<Record<string, OptionSchema>>;
  readonly fix?: "safe" | "unsafe";
  check(context: RuleContext): void;
}

export function defineRule(rule: Rule): Rule {
  return rule;
}
