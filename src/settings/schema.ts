/**
 * What a settings file may say, as JSON Schema (draft 7). The one source: files are validated against it, and the
 * published schema that editors complete from is made of it.
 */
import { ASSUMED_STATUSES, CHECKLIST_ITEMS, mayBeLeftOpen } from "../checklist/index.ts";
import type { OptionSchema, Rule } from "../rules/index.ts";

type TypeName = "string" | "number" | "integer" | "boolean" | "array" | "object";

/** The part of JSON Schema that settings need, and `validate.ts` understands. */
export interface Schema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $ref?: string;
  /** What the keys of an object are called (`rule`, `option of …`); without it, `key`. */
  readonly title?: string;
  readonly description?: string;
  readonly type?: TypeName | readonly TypeName[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  /** What is expected where `pattern` does not match; editors show it too. */
  readonly patternErrorMessage?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema | readonly Schema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly additionalItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
  readonly required?: readonly string[];
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

/** Where the published schema is found. */
export const SCHEMA_URL =
  "https://raw.githubusercontent.com/nginx-lint/nginx-lint/main/nginx-lint.schema.json";

export const PRESETS = ["recommended", "django-react", "security", "strict"] as const;
export const LEVELS = ["off", "info", "warning", "error"] as const;
export const FAIL_ON = ["error", "warning", "info", "never"] as const;
export const CONFIDENCES = ["high", "medium", "low"] as const;

const level: Schema = { $ref: "#/definitions/level" };

/** One word or several. */
function oneOrMore(item: Schema): Schema {
  return { anyOf: [item, { type: "array", items: item }] };
}

const words: Schema = { type: "string", minLength: 1 };
const globs = oneOrMore(words);

/** Everything that is the same for all rules. */
const definitions: Readonly<Record<string, Schema>> = {
  level: { type: "string", enum: LEVELS, description: "The severity of the rule's findings" },
  preset: {
    type: "string",
    enum: PRESETS,
    description:
      "recommended: real bugs and holes; django-react: the whole deployment checklist; security: hardening; strict: everything",
  },
  assume: {
    type: "object",
    title: "assumption",
    description: "What the files cannot show",
    additionalProperties: false,
    properties: {
      edge: {
        type: "boolean",
        description:
          "false: another proxy in front of this nginx terminates TLS; true: clients reach this nginx itself",
      },
      spa: {
        type: "array",
        items: uriPath("a URI path such as `/app/`"),
        description: "URI prefixes at which single-page apps live",
        examples: [["/"]],
      },
      metricsPaths: {
        type: "array",
        items: uriPath("a URI path such as `/internal/stats`"),
        description: "Further URIs that export metrics",
        examples: [["/internal/stats"]],
      },
      hsts: {
        type: "string",
        enum: ["here", "elsewhere"],
        description: "elsewhere: another proxy or a CDN sends Strict-Transport-Security",
      },
    },
  },
};

/** For the tree as a whole: as for some of its files, and what the checklist leaves open. */
function assumptions(): Schema {
  const items = CHECKLIST_ITEMS.filter(mayBeLeftOpen).map(({ id, title }): [string, Schema] => [
    id,
    { type: "string", enum: ASSUMED_STATUSES, description: title.replaceAll("`", "") },
  ]);
  return {
    ...definitions.assume,
    properties: {
      ...definitions.assume?.properties,
      checklist: {
        type: "object",
        title: "item that the files leave open",
        description: "Answers for `nginx-lint checklist` that no file tells",
        additionalProperties: false,
        properties: Object.fromEntries(items),
      },
    },
  };
}

function uriPath(expected: string): Schema {
  return { type: "string", pattern: "^/", patternErrorMessage: expected };
}

/** The schema of a settings file, for these rules. */
export function settingsSchema(rules: readonly Rule[]): Schema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: SCHEMA_URL,
    description: "Settings of nginx-lint",
    type: "object",
    additionalProperties: false,
    properties: {
      $schema: { type: "string", description: "Where editors find this schema" },
      extends: {
        ...oneOrMore({
          anyOf: [
            { $ref: "#/definitions/preset" },
            {
              type: "string",
              pattern: "\\.(yaml|yml|json)$",
              patternErrorMessage: "a settings file (`./base.yaml`), relative to this one",
            },
          ],
        }),
        description:
          "Presets and settings files to start from; later ones win, and this file wins over all of them of them",
      },
      preset: {
        ...oneOrMore({ $ref: "#/definitions/preset" }),
        description: "Sets of rules to turn on (default: recommended)",
      },
      presets: {
        ...oneOrMore({ $ref: "#/definitions/preset" }),
        description: "The same as `preset`",
      },
      rules: { $ref: "#/definitions/rules" },
      nginxVersion: {
        type: ["string", "number"],
        pattern: "^(v?\\d+\\.\\d+(\\.\\d+)?|mainline)$",
        patternErrorMessage: "an nginx version such as `1.28.0`, `1.28` or `mainline`",
        description: "The version to judge against; without it, any version",
        examples: ["1.28.0", "mainline"],
      },
      root: {
        ...words,
        description:
          "The directory that stands for `/` when absolute includes are followed, relative to this file",
      },
      include: {
        ...globs,
        description: "Only findings in files that match count; globs relative to this file",
        examples: [["sites-enabled/**"]],
      },
      exclude: {
        ...globs,
        description: "Findings in files that match do not count; globs relative to this file",
        examples: [["vendor/**"]],
      },
      overrides: {
        type: "array",
        description: "Other rules and assumptions for some files; later ones win",
        items: {
          type: "object",
          title: "key of an override",
          additionalProperties: false,
          required: ["files"],
          properties: {
            files: { ...globs, description: "Globs relative to this file" },
            rules: { $ref: "#/definitions/rules" },
            assume: { $ref: "#/definitions/assume" },
          },
        },
      },
      assume: assumptions(),
      failOn: {
        type: "string",
        enum: FAIL_ON,
        description: "The least severity that makes the run fail (default: warning)",
      },
      maxWarnings: { type: "integer", minimum: 0, description: "More warnings than this make the run fail" },
      confidence: {
        type: "string",
        enum: CONFIDENCES,
        description: "The lowest confidence that counts (default: medium; with the preset strict: low)",
      },
      suppressions: {
        type: "object",
        title: "key of `suppressions`",
        additionalProperties: false,
        properties: {
          requireReason: { type: "boolean", description: "A suppression comment must say why, after ` -- `" },
        },
      },
      baseline: {
        ...words,
        description: "The file of known findings, relative to this one; written by `--write-baseline`",
      },
    },
    definitions: {
      ...definitions,
      rules: {
        type: "object",
        title: "rule",
        description: "Severity and options of single rules",
        additionalProperties: false,
        properties: Object.fromEntries(
          [...rules].sort((a, b) => (a.id < b.id ? -1 : 1)).map((rule) => [rule.id, ruleSchema(rule)]),
        ),
      },
    },
  };
}

function ruleSchema(rule: Rule): Schema {
  const options: Schema = {
    type: "object",
    title: `option of \`${rule.id}\``,
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(rule.options ?? {}).map(([name, option]) => [name, optionSchema(option)]),
    ),
  };
  return {
    description: rule.docs.summary,
    anyOf: [
      level,
      { type: "array", items: [level, options], minItems: 1, maxItems: 2 },
      {
        type: "object",
        title: `key of \`${rule.id}\``,
        additionalProperties: false,
        properties: { severity: level, options },
      },
    ],
  };
}

function optionSchema({ type, items, description, default: value }: OptionSchema): Schema {
  return {
    type,
    description,
    default: value,
    ...(items === undefined ? {} : { items: { type: items.type } }),
  };
}
