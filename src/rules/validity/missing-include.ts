import { push } from "../../lists/index.ts";
import type { Context, IncludeProblem, Statement } from "../../semantics/index.ts";
import { defineRule, type Report } from "../rule.ts";

/** An `include` that nginx could not follow. */
export default defineRule({
  id: "missing-include",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "A file that is included by name does not exist or cannot be read",
    why: "nginx refuses to start when a file that is named in `include` is not there. A pattern such as `conf.d/*.conf` may match nothing.",
    bad: "events {}\nhttp {\n    include snippets/no-such-file.conf;\n}\n",
    good: "events {}\nhttp {\n    include no-such-folder/*.conf;\n}\n",
    references: ["https://nginx.org/en/docs/ngx_core_module.html#include"],
  },
  check({ configuration, report }) {
    if (configuration.fragment) return;
    const pending: Context[] = [configuration.root];
    /** What is missing with its whole folder, by the folder. */
    const withFolder = new Map<string, Missing[]>();
    /** What cannot be followed, by what is said of it: several lines may name one file. */
    const alone = new Map<string, Missing[]>();
    for (let context = pending.pop(); context !== undefined; context = pending.pop()) {
      for (const include of context.includes) {
        if (include.args.length !== 1) {
          report({
            at: include,
            message: 'invalid number of arguments in "include" directive: nginx does not start.',
            help: "name one file or pattern in each `include`",
          });
          continue;
        }
        for (const problem of configuration.tree.includes.get(include.directive)?.problems ?? []) {
          // What only the machine it is meant for has, and what a template fills in, need not be here.
          if (problem.kind === "variable" || problem.kind === "outside-root") continue;
          // A template is installed elsewhere, beside files that are written there.
          if (problem.kind === "missing" && include.file.template) continue;
          const { kind, message, folder } = problem;
          const missing = { include, kind, message };
          if (folder === undefined) push(alone, message, missing);
          else push(withFolder, folder, missing);
        }
      }
      for (const { block } of context.statements.toReversed()) if (block !== null) pending.push(block);
    }
    /** First a line that findings are wanted of. */
    const led = (all: readonly Missing[]) => {
      const { focus } = configuration.tree;
      const leader = all.find(({ include }) => focus?.has(include.file) === true);
      return leader === undefined ? all : [leader, ...all.filter((each) => each !== leader)];
    };
    for (const [folder, all] of withFolder) {
      if (folder.startsWith("/") || all.length >= A_PART) report(describe(folder, led(all)));
      else for (const missing of all) push(alone, missing.message, missing);
    }
    for (const all of alone.values()) report(describeAlone(led(all)));
  },
});

interface Missing {
  readonly include: Statement;
  readonly kind: IncludeProblem["kind"];
  readonly message: string;
}

/** So many files of a folder that is not there: it was left out, and nobody mistyped all of its names. */
const A_PART = 3;

function describe(folder: string, [first, ...others]: readonly Missing[]): Report {
  if (first === undefined) throw new RangeError("nothing is missing");
  return {
    at: first.include,
    severity: "info",
    message: `${first.message}, and neither does its folder. If this is a copy of a part, nginx needs \`${folder}\` where it runs; else it does not start.`,
    help: "pass the folder too, or create it",
    related: others.map(({ include }) => ({ at: include, message: "in the same folder" })),
  };
}

function describeAlone([first, ...others]: readonly Missing[]): Report {
  if (first === undefined) throw new RangeError("nothing is missing");
  return {
    at: first.include,
    message: first.message,
    help: HELP[first.kind],
    related: others.map(({ include }) => ({ at: include, message: "included here, too" })),
  };
}

const HELP: Record<IncludeProblem["kind"], string> = {
  missing: "create it, correct the path, or remove the line",
  unreadable: "make it readable",
  directory: "name a file, or all files in it with `/*`",
  cycle: "remove one of the includes in the circle",
  "too-deep": "include less deeply",
  "too-many": "include less",
  "outside-root": "pass the directory that holds it, or name the root with `--root`",
  variable: "nginx does not replace variables in `include`",
};
