/** The options of the command line, once: parsing, `--help` and shell completions are made of this table. */
import { FORMATS } from "../reporters/index.ts";

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
  /** `--no-NAME` exists, too. */
  readonly negatable?: boolean;
  readonly help: string;
}

const PRESET_NAMES = ["recommended", "strict", "security", "django-react"];

export const OPTIONS: readonly Option[] = [
  {
    name: "format",
    short: "f",
    value: "NAME",
    choices: [...FORMATS, "markdown"],
    help: "how to report (default: stylish); markdown: of checklist",
  },
  { name: "output", short: "o", value: "FILE", help: "write the report there; the summary stays on stderr" },
  { name: "config", value: "FILE", negatable: true, help: "the settings file; --no-config: none" },
  {
    name: "settings-from",
    value: "REF|FILE",
    help: "take settings and baseline from a commit or another file",
  },
  {
    name: "preset",
    value: "NAME",
    choices: PRESET_NAMES,
    repeatable: true,
    help: "rules to run (default: recommended)",
  },
  {
    name: "rule",
    value: "ID:SEVERITY",
    repeatable: true,
    help: "set one rule to off, info, warning or error",
  },
  {
    name: "only",
    value: "ID",
    repeatable: true,
    help: "run just this rule, and what keeps nginx from starting",
  },
  {
    name: "fail-on",
    value: "SEVERITY",
    choices: ["error", "warning", "info", "never"],
    help: "findings that make the exit status 1 (default: warning)",
  },
  { name: "max-warnings", value: "N", help: "fail above N warnings" },
  { name: "baseline", value: "FILE", help: "findings in FILE are known: only new ones count" },
  {
    name: "suppressions",
    negatable: true,
    help: "--no-suppressions: count what comments silence, too",
  },
  {
    name: "write-baseline",
    value: "FILE",
    help: "note all findings in FILE; with --baseline, drop what is gone",
  },
  { name: "print-config", help: "show the settings that apply, and where each comes from" },
  {
    name: "fix",
    value: "safe|unsafe",
    choices: ["safe", "unsafe"],
    implied: "safe",
    help: "apply the fixes that change nothing else, or all",
  },
  { name: "fix-only", help: "fix, and report nothing of what is left; the exit status is 0" },
  { name: "diff", help: "print what the fixes would change, and write nothing" },
  { name: "method", value: "NAME", help: "explain: the method of the request (default: GET)" },
  {
    name: "header",
    value: "'NAME: VALUE'",
    repeatable: true,
    help: "explain: a header of the request; Host, too, and twice",
  },
  { name: "body-size", value: "SIZE", help: "explain: how long the body of the request is (10m)" },
  {
    name: "upstream-status",
    value: "N|down",
    help: "explain: what the upstream answers; down: nothing (default: not known)",
  },
  {
    name: "upstream-header",
    value: "'NAME: VALUE'",
    repeatable: true,
    help: "explain: a header of the upstream's answer",
  },
  {
    name: "address",
    value: "IP",
    help: "explain: the client's address (default: a stranger's, 203.0.113.7)",
  },
  { name: "local", value: "ADDR:PORT", help: "explain: the address the client connects to" },
  {
    name: "exists",
    value: "PATH",
    repeatable: true,
    help: "explain: take this file for there; with / at its end, this directory",
  },
  { name: "missing", value: "PATH", repeatable: true, help: "explain: take this file for missing" },
  { name: "server", value: "NAME", help: "checklist: just the server with this name" },
  { name: "nginx-version", value: "X.Y.Z", help: "judge against this nginx (default: any version)" },
  { name: "root", value: "DIR", help: "the directory that stands for / in absolute includes" },
  {
    name: "within",
    value: "DIR",
    repeatable: true,
    help: "read and write nothing outside of it, whatever is handed",
  },
  { name: "stdin-filename", value: "FILE", help: "the name to report for standard input" },
  { name: "color", negatable: true, help: "colour or none (default: on a terminal; NO_COLOR, FORCE_COLOR)" },
  { name: "quiet", short: "q", help: "report errors only, and no summary" },
  { name: "help", short: "h", help: "show this" },
  { name: "version", short: "V", help: "show the version" },
];

export const COMMANDS: readonly { readonly usage: string; readonly help: string }[] = [
  { usage: "nginx-lint [options] [path…]", help: "lint a directory, files, - or an `nginx -T` dump" },
  {
    usage: "nginx-lint explain URL [path]",
    help: "tell what becomes of a request, and why; - reads URLs from stdin",
  },
  { usage: "nginx-lint checklist [path…]", help: "answer the deployment guide's checklist" },
  { usage: "nginx-lint init [path]", help: "write a commented settings file that fits the tree" },
  { usage: "nginx-lint rules", help: "list the catalogue of rules" },
  { usage: "nginx-lint rule ID", help: "explain one rule" },
  { usage: "nginx-lint completion SHELL", help: "print completions for bash, zsh or fish" },
];
