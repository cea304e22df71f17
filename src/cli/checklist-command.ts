/** `nginx-lint checklist [path…]`: the deployment guide's checklist, answered. */
import { type Answer, answerChecklist, UnknownServerError } from "../checklist/index.ts";
import { type LoadProblem, load } from "../loader/index.ts";
import {
  checklistHtml,
  checklistJson,
  checklistMarkdown,
  checklistText,
  scoreOf,
  visible,
} from "../reporters/index.ts";
import { Configuration, type SourceTree } from "../semantics/index.ts";
import { originText } from "../settings/index.ts";
import type { Arguments } from "./arguments.ts";
import { placeToRead } from "./meant.ts";
import { boundsOf, portionsOf } from "./settings-of.ts";
import { readInput, terminal, write, writeOutput } from "./streams.ts";
import { UsageError } from "./usage-error.ts";

declare const __VERSION__: string;

/** Answers the checklist. The exit status is 1 where an item fails, unless `--fail-on never`. Throws `UsageError`. */
export async function checklistCommand(given: Arguments, rest: readonly string[]): Promise<number> {
  const paths = rest.length === 0 ? [await placeToRead(process.cwd())] : rest;
  const format = given.value("format") ?? "stylish";
  const { answers, problems } = await answersFor(given, paths);
  const output = given.value("output");
  const text = await textIn(format, answers, given);
  if (output === undefined) await write("stdout", text);
  else {
    writeOutput(boundsOf(given, paths, process.cwd()), output, text);
    await write("stderr", `${scoreOf(answers)}\n`);
  }
  // What could not be read may be what an item is about.
  for (const { message } of problems) await write("stderr", `nginx-lint: ${visible(message)}\n`);
  if (problems.length > 0) return 2;
  const isFailing = given.value("fail-on") !== "never" && answers.some(({ status }) => status === "fail");
  return isFailing ? 1 : 0;
}

function textIn(format: string, answers: readonly Answer[], given: Arguments): string | Promise<string> {
  switch (format) {
    case "json":
      return checklistJson(answers);
    case "markdown":
      return checklistMarkdown(answers);
    case "html":
      return checklistHtml(answers, { version: __VERSION__ });
    default:
      return checklistText(answers, terminal(given.flag("color"), given.value("output") !== undefined));
  }
}

/** A whole configuration comes before a part, and what has servers before what has none: it may lie in a folder of its own. */
function rank(tree: SourceTree): number {
  const hasServers = new Configuration(tree).servers.length > 0;
  return (hasServers ? 2 : 0) + (tree.fragment ? 0 : 1);
}

/** Of several trees the largest is the site. */
export async function answersFor(
  given: Arguments,
  paths: readonly string[],
): Promise<{ readonly answers: readonly Answer[]; readonly problems: readonly LoadProblem[] }> {
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
  const [tree] = [...loaded.trees].sort((a, b) => rank(b) - rank(a) || b.files.length - a.files.length);
  if (tree === undefined)
    throw new UsageError(loaded.problems[0]?.message ?? `${paths.join(" ")}: no nginx configuration`);
  const server = given.value("server");
  const assume = portion?.settings.policy.decisionsFor(tree.entry.name).assume ?? {};
  const said = [...(portion?.settings.layer.checklist ?? [])].map(
    ([id, { value, origin }]) => [id, { status: value, by: originText(origin) }] as const,
  );
  try {
    const answers = answerChecklist(tree, {
      assumed: new Map(said),
      version: portion?.settings.version ?? null,
      assume,
      ...(server === undefined ? {} : { server }),
    });
    return { answers, problems: loaded.problems };
  } catch (error) {
    if (error instanceof UnknownServerError) throw new UsageError(error.message);
    throw error;
  }
}
