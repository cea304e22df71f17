import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { directoryOf, nginxLint } from "./run.ts";

const script = (shell: string) => nginxLint(["completion", shell]).stdout;
const has = (shell: string) => spawnSync(shell, ["--version"]).error === undefined;

/** Runs a program of the shell in a directory with the completions in a file. */
function run(shell: string, args: readonly string[], program: string): string {
  const cwd = directoryOf({ completions: script(shell), "site one.conf": "", "conf.d/x.conf": "" });
  const { stdout, stderr } = spawnSync(shell, [...args, "-c", program], { cwd, encoding: "utf8" });
  return stdout + stderr;
}

describe.skipIf(!has("bash"))("bash", () => {
  /** As readline would ask: the last word is completed. */
  const complete = (...words: string[]) => {
    const list = words.map((word) => `'${word}'`).join(" ");
    const ask = `COMP_WORDS=(nginx-lint ${list}); COMP_CWORD=${words.length}; _nginx_lint 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return run(
      "bash",
      ["--noprofile", "--norc"],
      `set -u; source ./completions; complete -p nginx-lint; ${ask}`,
    )
      .trimEnd()
      .split("\n")
      .slice(1);
  };
  it("knows options, those with --no-, and their values", () => {
    expect(complete("--no-c")).toEqual(["--no-config", "--no-color"]);
    expect(complete("--format", "s")).toEqual(["stylish", "sarif"]);
    expect(complete("-f", "ju")).toEqual(["junit"]);
  });
  it("knows values behind an equals sign, and that one may be left out", () => {
    expect(complete("--fail-on", "=", "w")).toEqual(["warning"]);
    expect(complete("--fail-on", "=")).toEqual(["error", "warning", "info", "never"]);
    expect(complete("--fix", "=", "un")).toEqual(["unsafe"]);
    expect(complete("--fix", "si")).toEqual(["site one.conf"]);
  });
  it("knows rules, commands and files", () => {
    expect(complete("--only", "synt")).toEqual(["syntax"]);
    expect(complete("rule", "synt")).toEqual(["syntax"]);
    expect(complete("c").sort()).toEqual(["checklist", "completion", "completions", "conf.d"]);
    expect(complete("--root", "")).toEqual(["conf.d"]);
    expect(complete("--output", "site")).toEqual(["site one.conf"]);
  });
});

describe.skipIf(!has("zsh"))("zsh", () => {
  /** Whether a person at a terminal sees a text on pressing the tab key. */
  const shows = (typed: string, text: string) =>
    run(
      "zsh",
      ["-f"],
      `zmodload zsh/zpty
       zpty -b terminal zsh -f -i
       zpty -w terminal "PS1=; autoload -Uz compinit; compinit -u -D; source ./completions; echo rea''dy"
       until zpty -r terminal line '*ready*'; do sleep 0.05; done
       zpty -w -n terminal '${typed}'$'\\t'
       seen=
       for i in {1..400}; do
         while zpty -r -t terminal line; do seen+=$line; done
         [[ $seen == *${text}* ]] && { echo shown; break; }
         sleep 0.05
       done
       zpty -d terminal`,
    ) === "shown\n";
  it("completes the values of an option", () => {
    expect(shows("nginx-lint --format=che", "checkstyle")).toBe(true);
    expect(shows("nginx-lint --fail-on nev", "never")).toBe(true);
  });
  it("completes commands, rules and files", () => {
    expect(shows("nginx-lint rule unused-supp", "unused-suppression")).toBe(true);
    expect(shows("nginx-lint complet", "completion")).toBe(true);
    expect(shows("nginx-lint site", "one.conf")).toBe(true);
  });
});

describe.skipIf(!has("fish"))("fish", () => {
  const complete = (line: string) =>
    run("fish", ["--no-config"], `source ./completions; complete -C '${line}'`)
      .trimEnd()
      .split("\n")
      .map((answer) => answer.split("\t")[0]);
  it("knows options, values, rules and commands", () => {
    expect(complete("nginx-lint --no-c")).toEqual(["--no-color", "--no-config"]);
    expect(complete("nginx-lint --format s")).toEqual(["sarif", "stylish"]);
    expect(complete("nginx-lint --fix=u")).toEqual(["--fix=unsafe"]);
    expect(complete("nginx-lint rule synt")).toEqual(["syntax"]);
    expect(complete("nginx-lint comple")).toContain("completion");
    expect(complete("nginx-lint --output conf.d/")).toEqual(["conf.d/x.conf"]);
  });
});

it("names the shells it knows", () => {
  const { status, stderr } = nginxLint(["completion", "fihs"]);
  expect([status, stderr]).toEqual([
    2,
    "nginx-lint: which shell? nginx-lint completion bash|zsh|fish; did you mean `fish`?\n",
  ]);
  expect(nginxLint(["completion"]).status).toBe(2);
});
