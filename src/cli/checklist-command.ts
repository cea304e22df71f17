/** `nginx-lint checklist [path…]`: the deployment guide's checklist, answered. */
import { type Answer, answerChecklist, joinAnswers, UnknownServerError } from "../checklist/index.ts";
import { lengthOf, Run, tellUnseenFiles } from "../linter/index.ts";
import { load } from "../loader/index.ts";
import {
  asidesInWords,
  type ChecklistAsides,
  checklistHtml,
  checklistJson,
  checklistMarkdown,
  checklistText,
  scoreOf,
} from "../reporters/index.ts";
import { Configuration, type SourceTree } from "../semantics/index.ts";
import { originText } from "../settings/index.ts";
import type { Arguments } from "./arguments.ts";
import { readiness } from "./large-trees.ts";
import { notesOfLoad } from "./left-out.ts";
import { placeToRead } from "./meant.ts";
import { boundsOf, portionsOf } from "./settings-of.ts";
import { readInput, terminal, write, writeOutput } from "./streams.ts";
import { UsageError } from "./usage-error.ts";

declare const __VERSION__: string;

/** Answers the checklist. The exit status is 1 where an item fails, unless `--fail-on never`. Throws `UsageError`. */
export async function checklistCommand(given: Arguments, rest: readonly string[]): Promise<number> {
  const paths = rest.length === 0 ? [await placeToRead(process.cwd())] : rest;
  const format = given.value("format") ?? "stylish";
  const { answers, asides } = await answersFor(given, paths);
  const output = given.value("output");
  const text = await textIn(format, answers, asides, given);
  if (output === undefined) await write("stdout", text);
  else {
    await writeOutput(boundsOf(given, paths, process.cwd()), output, text);
    await write("stderr", `${scoreOf(answers)}\n`);
  }
  for (const line of asidesInWords(asides)) await write("stderr", `nginx-lint: ${line}\n`);
  // What could not be read may be what an item is about.
  if (asides.problems.length > 0) return 2;
  const isFailing = given.value("fail-on") !== "never" && answers.some(({ status }) => status === "fail");
  return isFailing ? 1 : 0;
}

function textIn(
  format: string,
  answers: readonly Answer[],
  asides: ChecklistAsides,
  given: Arguments,
): string | Promise<string> {
  switch (format) {
    case "json":
      return checklistJson(answers, asides);
    case "markdown":
      return checklistMarkdown(answers, asides);
    case "html":
      return checklistHtml(answers, { version: __VERSION__, asides });
    default:
      return checklistText(answers, terminal(given.flag("color"), given.value("output") !== undefined));
  }
}

/** What the checklist is about, and what was found beside it. */
interface Chosen {
  readonly trees: readonly SourceTree[];
  readonly besides: readonly SourceTree[];
}

/**
 * Of several configurations in one place the largest is the site; parts that none includes are parts of one. Whoever names several
 * places means all of them.
 */
function choose(trees: readonly SourceTree[], isOnePlace: boolean): Chosen {
  const withServers = trees.filter((tree) => new Configuration(tree).servers.length > 0);
  const wholes = withServers
    .filter(({ fragment }) => !fragment)
    .sort((a, b) => b.files.length - a.files.length);
  if (isOnePlace && wholes.length > 0)
    return { trees: wholes.slice(0, 1), besides: withServers.filter((tree) => tree !== wholes[0]) };
  if (withServers.length > 0) return { trees: withServers, besides: [] };
  const [any = trees[0]] = trees.filter(({ fragment }) => !fragment);
  return { trees: any === undefined ? [] : [any], besides: [] };
}

/** The answers, what could not be read or looked at, what was left out, and what was found and is not answered about. */
export async function answersFor(
  given: Arguments,
  paths: readonly string[],
): Promise<{ readonly answers: readonly Answer[]; readonly asides: ChecklistAsides }> {
  const cwd = process.cwd();
  const bounds = boundsOf(given, paths, cwd);
  const [portion] = await portionsOf(given, paths, cwd, bounds);
  const root = portion?.settings.root ?? null;
  const loaded = await load({
    paths,
    cwd,
    bounds,
    onRead: readiness(),
    ...(root === null ? {} : { root }),
    ...(paths.includes("-") ? { stdin: { bytes: readInput() } } : {}),
  });
  const { trees, besides } = choose(loaded.trees, paths.length < 2);
  if (trees.length === 0)
    throw new UsageError(loaded.problems[0]?.message ?? `${paths.join(" ")}: no nginx configuration`);
  const server = given.value("server");
  const said = [...(portion?.settings.layer.checklist ?? [])].map(
    ([id, { value, origin }]) => [id, { status: value, by: originText(origin) }] as const,
  );
  let unknown: UnknownServerError | null = null;
  const problems = loaded.problems.map(({ message }) => message);
  const run = new Run();
  run.budget.add(lengthOf(trees));
  const unseen = Math.max(0, trees.length - run.trees);
  if (unseen > 0) problems.push(tellUnseenFiles(unseen));
  const assumed = new Map(said);
  function* answered(): Generator<readonly Answer[]> {
    for (const tree of trees.slice(0, run.trees)) {
      try {
        yield answerChecklist(tree, {
          assumed,
          run,
          tell: (problem) => problems.push(problem),
          version: portion?.settings.version ?? null,
          assume: portion?.settings.policy.decisionsFor(tree.entry.name).assume ?? {},
          ...(server === undefined ? {} : { server }),
        });
      } catch (error) {
        if (!(error instanceof UnknownServerError)) throw error;
        unknown ??= error;
      }
    }
  }
  const answers = joinAnswers(
    answered(),
    trees.every(({ fragment }) => fragment),
  );
  // Somewhere among them there is a server of the name.
  if (answers.length === 0 && unknown !== null) throw new UsageError((unknown as UnknownServerError).message);
  return {
    answers,
    asides: {
      besides: besides.map(({ entry }) => entry.name),
      problems,
      notes: [...(portion?.settings.premises ?? []), ...notesOfLoad(loaded)],
    },
  };
}
