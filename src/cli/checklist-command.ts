/** `nginx-lint checklist [path…]`: the deployment guide's checklist, answered. */
import { type Answer, answerChecklist, UnknownServerError } from "../checklist/index.ts";
import { load } from "../loader/index.ts";
import { checklistJson, checklistMarkdown, checklistText } from "../reporters/index.ts";
import type { Arguments } from "./arguments.ts";
import { boundsOf, portionsOf } from "./settings-of.ts";
import { readInput, terminal, write, writeOutput } from "./streams.ts";
import { UsageError } from "./usage-error.ts";

const FORMATS = ["stylish", "markdown", "json"];

/** Answers the checklist. The exit status is 1 where an item fails, unless `--fail-on never`. Throws `UsageError`. */
export async function checklistCommand(given: Arguments, rest: readonly string[]): Promise<number> {
  const paths = rest.length === 0 ? ["."] : rest;
  const format = given.value("format") ?? "stylish";
  if (!FORMATS.includes(format))
    throw new UsageError(`checklist writes ${FORMATS.join(", ")}, not ${format}`);
  const answers = await answersFor(given, paths);
  const output = given.value("output");
  const text =
    format === "json"
      ? checklistJson(answers)
      : format === "markdown"
        ? checklistMarkdown(answers)
        : await checklistText(answers, terminal(given.flag("color"), output !== undefined));
  if (output === undefined) await write("stdout", text);
  else writeOutput(boundsOf(given, paths, process.cwd()), output, text);
  const isFailing = given.value("fail-on") !== "never" && answers.some(({ status }) => status === "fail");
  return isFailing ? 1 : 0;
}

/** Of several trees the largest is the site; parts that nobody includes have no checklist. */
export async function answersFor(given: Arguments, paths: readonly string[]): Promise<readonly Answer[]> {
  const cwd = process.cwd();
  const bounds = boundsOf(given, paths, cwd);
  const [portion] = await portionsOf(given, paths, cwd, bounds);
  const root = portion?.settings.root ?? null;
  const loaded = await load({
    paths,
    cwd,
    bounds,
    ...(root === null ? {} : { root }),
    ...(paths.includes("-") ? { stdin: { bytes: readInput() } } : {}),
  });
  const whole = loaded.trees.filter(({ fragment }) => !fragment);
  const [tree] = (whole.length > 0 ? whole : [...loaded.trees]).sort(
    (a, b) => b.files.length - a.files.length,
  );
  if (tree === undefined)
    throw new UsageError(loaded.problems[0]?.message ?? `${paths.join(" ")}: no nginx configuration`);
  const server = given.value("server");
  const assume = portion?.settings.policy.decisionsFor(tree.entry.name).assume ?? {};
  try {
    return answerChecklist(tree, {
      version: portion?.settings.version ?? null,
      assume,
      ...(server === undefined ? {} : { server }),
    });
  } catch (error) {
    if (error instanceof UnknownServerError) throw new UsageError(error.message);
    throw error;
  }
}
