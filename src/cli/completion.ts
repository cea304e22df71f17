/** `nginx-lint completion SHELL`: completions made of the option table and the catalogue. */
import { didYouMean } from "../linter/index.ts";
import { RULES } from "../rules/index.ts";
import { COMMANDS, OPTIONS, type Option } from "./options.ts";
import { UsageError } from "./usage-error.ts";

const SHELLS = { bash, zsh, fish } as const;

/** The script for one shell. Throws `UsageError`. */
export function completion([shell = "", ...more]: readonly string[]): string {
  const names = Object.keys(SHELLS);
  for (const [name, script] of Object.entries(SHELLS)) {
    if (shell === name && more.length === 0) return script();
  }
  throw new UsageError(`which shell? nginx-lint completion ${names.join("|")}${didYouMean(shell, names)}`);
}

/** What can be written for an option's value. */
type Values = readonly string[] | "file" | "directory" | "anything";

function valuesOf({ value, choices }: Option): Values | null {
  if (value === undefined) return null;
  if (choices !== undefined) return choices;
  if (value === "FILE") return "file";
  if (value === "DIR") return "directory";
  if (value === "ID") return ruleIds();
  if (value === "ID:SEVERITY") return ruleIds().map((id) => `${id}:`);
  return "anything";
}

function ruleIds(): readonly string[] {
  return RULES.map(({ id }) => id);
}

/** The words that may come first, with what they do. */
function commandNames(): (readonly [name: string, help: string])[] {
  const names = new Map<string, string>();
  for (const { usage, help } of COMMANDS) {
    const name = /^nginx-lint ([a-z][\w-]*)/.exec(usage)?.[1];
    if (name !== undefined && !names.has(name)) names.set(name, help);
  }
  return [...names];
}

/** The words after some of them. */
function commandWords(): Readonly<Record<string, readonly string[]>> {
  return { rule: ruleIds(), completion: Object.keys(SHELLS) };
}

function spellings({ name, short, negatable }: Option): string[] {
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`]), ...(negatable ? [`--no-${name}`] : [])];
}

function bash(): string {
  const cases: string[] = [];
  for (const option of OPTIONS) {
    const values = valuesOf(option);
    // Where the value may be left out, the next word is not it.
    if (values === null) continue;
    const names = spellings(option).filter((spelling) => !spelling.startsWith("--no-"));
    const answer =
      values === "file"
        ? "_nginx_lint_files -f"
        : values === "directory"
          ? "_nginx_lint_files -d"
          : values === "anything"
            ? ":"
            : `_nginx_lint_words ${quoted(values.join(" "))}`;
    const guard = option.implied === undefined ? "" : `[[ $joined ]] && `;
    cases.push(`    ${names.join(" | ")}) ${guard}{ ${answer}; return; } ;;`);
  }
  for (const [command, words] of Object.entries(commandWords())) {
    cases.push(`    ${command}) ((at == 2)) && { _nginx_lint_words ${quoted(words.join(" "))}; return; } ;;`);
  }
  const first = commandNames().map(([name]) => name);
  return `# Completions of nginx-lint for bash: source <(nginx-lint completion bash)
_nginx_lint_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current")
  # readline parts words at a colon, and replaces only what is behind it.
  declare -F __ltrim_colon_completions >/dev/null && __ltrim_colon_completions "$current"
  return 0
}
_nginx_lint_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$current")
}
_nginx_lint() {
  local at=$COMP_CWORD joined=
  local current=\${COMP_WORDS[at]} previous=\${COMP_WORDS[at - 1]}
  # readline parts words at an equals sign.
  if [[ $current == = ]]; then
    current= joined=1
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[at - 2]} joined=1
  fi
  COMPREPLY=()
  case $previous in
${cases.join("\n")}
  esac
  if [[ $current == -* ]]; then
    _nginx_lint_words ${quoted(OPTIONS.flatMap(spellings).join(" "))}
    return
  fi
  _nginx_lint_files -f
  ((at == 1)) && mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -W ${quoted(first.join(" "))} -- "$current")
  return 0
}
complete -F _nginx_lint nginx-lint
`;
}

function zsh(): string {
  const specs = OPTIONS.flatMap((option) => {
    const text = `[${plain(option.help)}]`;
    const star = option.repeatable ? "*" : "";
    return spellings(option).map((spelling) => {
      const values = spelling.startsWith("--no-") ? null : valuesOf(option);
      if (values === null) return quoted(`${star}${spelling}${text}`);
      // `=-`: the value is joined to a long option, `=`: joined or not.
      const sign = !spelling.startsWith("--") ? "" : option.implied === undefined ? "=" : "=-";
      const optional = option.implied === undefined ? ":" : "::";
      return quoted(
        `${star}${spelling}${sign}${text}${optional}${plain(option.value ?? "")}:${action(values)}`,
      );
    });
  });
  const commands = commandNames().map(([name, help]) => quoted(`${name}:${help}`));
  const words = Object.entries(commandWords()).map(
    ([command, list]) => `      ${command}) compadd -- ${list.join(" ")} ;;`,
  );
  return `#compdef nginx-lint
# Completions of nginx-lint for zsh: nginx-lint completion zsh > "\${fpath[1]}/_nginx-lint"
_nginx-lint() {
  local -a commands
  commands=(
    ${commands.join("\n    ")}
  )
  local context state state_descr line
  typeset -A opt_args
  _arguments -s -S \\
    ${specs.join(" \\\n    ")} \\
    '1: :->first' \\
    '*: :->rest' && return
  case $state in
    first)
      _describe command commands
      _files
      ;;
    rest)
      case $line[1] in
${words.join("\n")}
      *) _files ;;
      esac
      ;;
  esac
}
if [[ $funcstack[1] == _nginx-lint ]]; then
  _nginx-lint "$@"
else
  compdef _nginx-lint nginx-lint
fi
`;
}

/** What zsh is to offer for a value. */
function action(values: Values): string {
  if (values === "file") return "_files";
  if (values === "directory") return "_files -/";
  if (values === "anything") return " ";
  return `(${values.map((value) => value.replaceAll(":", "\\:")).join(" ")})`;
}

/** Text inside of a specification of zsh's \`_arguments\`. */
function plain(text: string): string {
  return text.replace(/[\\:[\]]/g, "\\$&");
}

function fish(): string {
  const lines = OPTIONS.flatMap((option) => {
    const { name, short, help, negatable } = option;
    const values = valuesOf(option);
    const names = [...(short === undefined ? [] : ["-s", short]), "-l", name];
    const takes =
      values === null
        ? []
        : values === "file" || values === "directory"
          ? ["-r", "-F"]
          : values === "anything"
            ? ["-x"]
            : [option.implied === undefined ? "-x" : "-f", "-a", quoted(values.join(" "))];
    const line = ["complete", "-c", "nginx-lint", ...names, ...takes, "-d", fishQuoted(help)].join(" ");
    if (!negatable) return [line];
    return [line, `complete -c nginx-lint -l no-${name} -d ${fishQuoted(help)}`];
  });
  const commands = commandNames().map(
    ([name, help]) => `complete -c nginx-lint -n __fish_use_subcommand -a ${name} -d ${fishQuoted(help)}`,
  );
  const words = Object.entries(commandWords()).map(
    ([command, list]) =>
      `complete -c nginx-lint -n '__fish_seen_subcommand_from ${command}' -f -a ${quoted(list.join(" "))}`,
  );
  return `# Completions of nginx-lint for fish: nginx-lint completion fish > ~/.config/fish/completions/nginx-lint.fish
${[...lines, ...commands, ...words].join("\n")}
`;
}

/** For bash and zsh: a quote ends the word, is written by itself, and begins the word anew. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
