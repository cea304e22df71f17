/** The options and commands of the command line, once: parsing, `--help` and shell completions are made of these tables. */
import { FORMATS } from "../reporters/index.ts";
import { RULES } from "../rules/index.ts";

export type CommandName = "lint" | "explain" | "checklist" | "init" | "rules" | "rule" | "completion";

export interface Option {
  readonly name: string;
  readonly short?: string;
  /** The placeholder of its value; a flag has none. */
  readonly value?: string;
  /** The values it takes, where they are few. */
  readonly choices?: readonly string[];
  /** Its value may be left out (`--fix`, `--fix=unsafe`): then this holds. */
  readonly implied?: string;
  readonly repeatable?: boolean;
  /** Its value may hold several, parted by commas. */
  readonly list?: boolean;
  /** `--no-NAME` exists, too. */
  readonly negatable?: boolean;
  /** The commands that it says something to; without it, to all. */
  readonly of?: readonly CommandName[];
  readonly help: string;
  /** Where it means something else to a command. */
  readonly helpOf?: Readonly<Partial<Record<CommandName, string>>>;
}

const PRESET_NAMES = ["recommended", "strict", "security", "django-react"];

/** What `--format` may be for each command; others write one format only. */
export const FORMATS_OF: Readonly<Partial<Record<CommandName, readonly string[]>>> = {
  lint: FORMATS,
  explain: ["stylish", "json"],
  checklist: ["stylish", "markdown", "html", "json"],
  rules: ["stylish", "json"],
  rule: ["stylish", "json"],
};

const CATEGORIES = [...new Set(RULES.map(({ category }) => category))];

const READING: readonly CommandName[] = ["lint", "explain", "checklist"];

/** What an option may be for a command. */
export function choicesOf(
  { name, choices }: Option,
  command: string | undefined,
): readonly string[] | undefined {
  if (name !== "format") return choices;
  const of = COMMANDS.find((each) => each.name === command)?.name ?? "lint";
  return FORMATS_OF[of] ?? choices;
}

export const OPTIONS: readonly Option[] = [
  {
    name: "format",
    short: "f",
    value: "NAME",
    choices: [...FORMATS, "markdown"],
    of: ["lint", "explain", "checklist", "rules", "rule"],
    help: "how to report (default: stylish)",
  },
  {
    name: "output",
    short: "o",
    value: "FILE",
    of: READING,
    help: "write the report there; the summary stays on stderr",
  },
  {
    name: "config",
    value: "FILE",
    negatable: true,
    of: READING,
    help: "the settings file; --no-config: none",
  },
  {
    name: "settings-from",
    value: "REF|FILE",
    of: READING,
    help: "take settings and baseline from a commit or another file",
  },
  {
    name: "preset",
    value: "NAME",
    choices: PRESET_NAMES,
    repeatable: true,
    list: true,
    of: ["lint", "rules"],
    help: "rules to run (default: recommended)",
    helpOf: { rules: "the rules that this preset turns on (default: all rules)" },
  },
  {
    name: "rule",
    value: "ID:SEVERITY",
    repeatable: true,
    list: true,
    of: ["lint"],
    help: "set a rule to off, info, warning or error",
  },
  {
    name: "only",
    value: "ID",
    repeatable: true,
    list: true,
    of: ["lint"],
    help: "run only this rule, and the checks of what keeps nginx from starting",
  },
  {
    name: "confidence",
    value: "LEVEL",
    choices: ["high", "medium", "low"],
    of: ["lint"],
    help: "the lowest confidence that counts (default: medium; low with strict)",
  },
  {
    name: "exclude",
    value: "GLOB",
    repeatable: true,
    of: ["lint"],
    help: "ignore findings in matching files, in addition to `exclude` in the settings; a main file that matches is no starting point",
  },
  {
    name: "fail-on",
    value: "SEVERITY",
    choices: ["error", "warning", "info", "never"],
    of: ["lint", "checklist"],
    help: "findings that make the exit status 1 (default: warning)",
    helpOf: { checklist: "never: exit with 0 where items fail, too; the others change nothing" },
  },
  { name: "max-warnings", value: "N", of: ["lint"], help: "fail above N warnings" },
  {
    name: "baseline",
    value: "FILE",
    of: ["lint"],
    help: "findings in FILE are known: only new ones count",
  },
  {
    name: "write-baseline",
    value: "FILE",
    of: ["lint"],
    help: "record all findings in FILE; with --baseline, drop those that are gone",
  },
  {
    name: "suppressions",
    negatable: true,
    of: ["lint"],
    help: "--no-suppressions: count suppressed findings too",
  },
  { name: "statistics", of: ["lint"], help: "print how often each rule reports, instead of the findings" },
  { name: "timing", of: ["lint"], help: "print the time that each rule took, on stderr" },
  {
    name: "print-config",
    of: ["lint"],
    help: "show the settings that apply, and where each comes from",
  },
  {
    name: "fix",
    value: "safe|unsafe",
    choices: ["safe", "unsafe"],
    implied: "safe",
    of: ["lint"],
    help: "apply safe fixes (`unsafe`: all); with `-`, print the fixed text",
  },
  {
    name: "fix-only",
    value: "ID",
    repeatable: true,
    list: true,
    of: ["lint"],
    help: "apply the fixes of just this rule (with --fix=unsafe, those too)",
  },
  {
    name: "report",
    negatable: true,
    of: ["lint"],
    help: "--no-report: with --fix, stay silent about the rest; the exit status is 0",
  },
  { name: "diff", of: ["lint"], help: "print what the fixes would change, and write nothing" },
  { name: "method", value: "NAME", of: ["explain"], help: "the method of the request (default: GET)" },
  {
    name: "header",
    value: "'NAME: VALUE'",
    repeatable: true,
    of: ["explain"],
    help: "a request header, Host included; repeatable",
  },
  {
    name: "body-size",
    value: "SIZE",
    of: ["explain"],
    help: "the size of the request body, such as 10m",
  },
  {
    name: "upstream-status",
    value: "N|down",
    of: ["explain"],
    help: "what the upstream answers; down: nothing (default: unknown)",
  },
  {
    name: "upstream-header",
    value: "'NAME: VALUE'",
    repeatable: true,
    of: ["explain"],
    help: "a response header of the upstream",
  },
  {
    name: "address",
    value: "IP",
    of: ["explain"],
    help: "the client's address (default: 203.0.113.7, a stranger)",
  },
  { name: "local", value: "ADDR:PORT", of: ["explain"], help: "the address the client connects to" },
  {
    name: "exists",
    value: "PATH",
    repeatable: true,
    of: ["explain"],
    help: "treat this file as existing; with a trailing /, this directory",
  },
  {
    name: "missing",
    value: "PATH",
    repeatable: true,
    of: ["explain"],
    help: "treat this file as missing",
  },
  {
    name: "attacker",
    of: ["explain"],
    help: "also tell which parts of the answer a client chooses, and by what",
  },
  { name: "server", value: "NAME", of: ["checklist"], help: "only the server with this name" },
  {
    name: "category",
    value: "NAME",
    choices: CATEGORIES,
    repeatable: true,
    list: true,
    of: ["rules"],
    help: "rules of this category",
  },
  { name: "fixable", of: ["rules"], help: "rules that --fix or --fix=unsafe can fix" },
  {
    name: "nginx-version",
    value: "X.Y.Z",
    of: READING,
    help: "judge against this nginx (default: any version)",
  },
  { name: "root", value: "DIR", of: READING, help: "the directory that stands for / in absolute includes" },
  {
    name: "within",
    value: "DIR",
    repeatable: true,
    of: READING,
    help: "read and write nothing outside of it",
  },
  {
    name: "stdin-filename",
    value: "FILE",
    of: ["lint"],
    help: "the name to report for standard input",
  },
  {
    name: "color",
    negatable: true,
    help: "colour or none (default: on a terminal; NO_COLOR, FORCE_COLOR)",
  },
  { name: "quiet", short: "q", of: ["lint"], help: "report errors only, and no summary" },
  { name: "help", short: "h", help: "show this; `nginx-lint COMMAND --help` shows a command's own" },
  { name: "version", short: "V", help: "show the version" },
];

export interface Command {
  readonly name: CommandName;
  readonly usage: string;
  readonly help: string;
  /** What its own help says beside its options. */
  readonly about: string;
  readonly examples: readonly string[];
}

export const COMMANDS: readonly Command[] = [
  {
    name: "lint",
    usage: "nginx-lint [options] [path…]",
    help: "lint a directory, files, - or an `nginx -T` dump",
    about:
      "Without a path, the working directory is linted where it holds nginx files, else /etc/nginx. A directory is read from its nginx.conf on; without one, each of its files is a fragment.",
    examples: ["nginx-lint /etc/nginx", "nginx -T | nginx-lint -", "nginx-lint --fix --diff nginx/"],
  },
  {
    name: "explain",
    usage: "nginx-lint explain URL [path]",
    help: "show what happens to a request, and why",
    about:
      "Without a path, the working directory is read where it holds nginx files, else /etc/nginx. With - as URL, each line of standard input is a URL or a path; empty lines and lines that begin with # are skipped, and a bad line is reported with its number, and the others are answered. `-f json` then writes one JSON object a line (NDJSON).",
    examples: [
      "nginx-lint explain https://example.com/api/ /etc/nginx",
      "nginx-lint explain /upload --method POST --body-size 10m",
      "nginx-lint explain - -f json < urls.txt",
    ],
  },
  {
    name: "checklist",
    usage: "nginx-lint checklist [path…]",
    help: "answer the deployment guide's checklist",
    about:
      "Without a path, the working directory is read where it holds nginx files, else /etc/nginx. Exit status 1 where an item fails, unless `--fail-on never`. `assume: { checklist: … }` in the settings answers what no file tells.",
    examples: ["nginx-lint checklist /etc/nginx", "nginx-lint checklist --server example.com -f markdown"],
  },
  {
    name: "init",
    usage: "nginx-lint init [path]",
    help: "write a commented settings file that fits the tree",
    about: "Writes .nginx-lint.yaml into the working directory. An existing settings file is kept.",
    examples: ["nginx-lint init", "nginx-lint init deploy/nginx"],
  },
  {
    name: "rules",
    usage: "nginx-lint rules",
    help: "list the catalogue of rules",
    about: "All rules by category; options filter the list.",
    examples: ["nginx-lint rules --preset security", "nginx-lint rules --fixable -f json"],
  },
  {
    name: "rule",
    usage: "nginx-lint rule ID",
    help: "explain one rule",
    about: "What it reports and why, an example of each kind, its presets and options.",
    examples: ["nginx-lint rule alias-traversal"],
  },
  {
    name: "completion",
    usage: "nginx-lint completion SHELL",
    help: "print completions for bash, zsh or fish",
    about: "The script goes to standard output.",
    examples: ["source <(nginx-lint completion bash)"],
  },
];
