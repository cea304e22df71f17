import { append, askedOnce } from "../../lists/index.ts";
import { type ConfigFile, type Item, isFilledIn } from "../../parser/index.ts";
import {
  acceptsCount,
  type ContextKind,
  directiveIn,
  type Range,
  type Statement,
} from "../../semantics/index.ts";
import { terminate } from "../fix.ts";
import { defineRule, type Fix, type RuleContext } from "../rule.ts";

/** Blocks that hold entries: nginx reads them without looking for directives. */
const ENTRIES: ReadonlySet<ContextKind> = new Set(["types", "map", "geo", "split_clients", "charset_map"]);

/** What the parser refused, file by file; and blocks where nginx wants entries. */
export default defineRule({
  id: "syntax",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  fix: "safe",
  docs: {
    summary: "The file cannot be read as an nginx configuration",
    why: "nginx stops at the first mistake and keeps the old configuration; on a restart, it does not start at all.",
    bad: "server {\n    listen 80\n    root /srv/www;\n}\nserver {\n    listen 8080\n}\n",
    good: "server {\n    listen 80;\n    root /srv/www;\n}\n",
    references: ["https://nginx.org/en/docs/beginners_guide.html#conf_structure"],
  },
  check({ configuration, report }) {
    const broken = configuration.tree.files.filter(({ problems }) => problems.length > 0);
    // A `{` for a `;` is told where the directive is: it opens no block.
    const mistaken = new Map<ConfigFile, Set<number>>(broken.map((file) => [file, new Set()]));
    const open = new Map<ConfigFile, Map<number, Statement>>(broken.map((file) => [file, new Map()]));
    for (const statement of broken.length === 0 ? [] : configuration.statements) {
      const { file, directive } = statement;
      if (directive.block !== null && opensNothing(statement)) mistaken.get(file)?.add(directive.block.open);
      if (!directive.terminated) open.get(file)?.set(directive.end, statement);
    }
    for (const file of broken) {
      for (const { start, end, code, message, help } of file.problems) {
        if (code === "too-long") continue;
        if (mistaken.get(file)?.has(start)) continue;
        report({
          at: { file, start, end },
          message,
          ...(help === undefined ? {} : { help }),
          ...(code === "unreadable" ? { severity: "info" } : code === "cut" ? { severity: "warning" } : {}),
          ...(start === end ? semicolon(open.get(file)?.get(start)) : {}),
          identity: message,
        });
      }
    }
    for (const file of configuration.tree.files) {
      for (const at of swallowedIn(file)) {
        report({
          at,
          message: "this belongs to the comment before it: to nginx a carriage return alone ends no line",
          help: "end lines with LF or CRLF, or delete it",
          severity: "warning",
          identity: "swallowed",
        });
      }
    }
    for (const statement of configuration.statements) {
      reportUnterminated(statement, report);
      if (statement.directive.block === null) continue;
      for (const include of statement.block?.includes ?? []) reportUnterminated(include, report);
      reportEntryBlock(statement, report);
    }
    for (const include of configuration.root.includes) reportUnterminated(include, report);
  },
});

function opensNothing({ name, context }: Statement): boolean {
  if (ENTRIES.has(context.kind)) return true;
  const facts = directiveIn(name, context.kind);
  return facts?.exact === true && facts.block === "none";
}

type ReportFunction = RuleContext["report"];

/** What looks like a line of its own behind a carriage return: to nginx only a line feed ends a comment. */
const SWALLOWED = /\r(?!\n)[ \t]*([A-Za-z_][^\r]*[;{]|\})/;

/** Old editors, and people who hide something, end lines with carriage returns alone. */
const swallowedIn = askedOnce((file: ConfigFile): readonly Range[] => {
  if (!/\r(?!\n)/.test(file.text)) return [];
  const found: Range[] = [];
  const pending: Item[] = [];
  append(pending, file.items);
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    if (item.kind === "directive") {
      append(pending, item.comments);
      if (item.block?.kind === "block") append(pending, item.block.items);
      continue;
    }
    const [whole = "", line = ""] = (item.template ? null : SWALLOWED.exec(item.raw)) ?? [];
    if (line === "") continue;
    const end = item.start + item.raw.indexOf(whole) + whole.length;
    found.push({ file, start: end - line.length, end });
  }
  return found;
});

/** A line that swallowed the next one: to the parser the two are one directive. */
function reportUnterminated(statement: Statement, report: ReportFunction): void {
  const { directive, file } = statement;
  if (directive.terminated) return;
  const { end } = directive.args.at(-1) ?? directive.name;
  if (file.problems.some(({ start }) => start === end)) return;
  const message = `directive \`${directive.name.value}\` is not terminated by \`;\``;
  report({
    at: { file, start: end, end },
    message,
    help: "write `;` here",
    identity: message,
    ...semicolon(statement),
  });
}

/** Where the words before it are a directive that lacks nothing else. */
function semicolon(statement: Statement | undefined): { fix?: Fix } {
  if (statement === undefined || statement.args.some(isFilledIn)) return {};
  const { name, args, context } = statement;
  const facts = directiveIn(name, context.kind);
  const isWhole =
    ENTRIES.has(context.kind) ||
    (name === "include" && args.length === 1) ||
    (facts?.block === "none" && acceptsCount(facts.arity, args.length));
  return isWhole
    ? { fix: { description: "end it with `;`", safe: true, edits: [terminate(statement)] } }
    : {};
}

function reportEntryBlock({ context, directive, file }: Statement, report: ReportFunction): void {
  if (directive.block === null || !ENTRIES.has(context.kind)) return;
  const { open } = directive.block;
  report({
    at: { file, start: open, end: open + 1 },
    message: `unexpected "{": \`${context.kind}\` holds entries, which have no blocks`,
    help: "end the entry with `;`, or look for a missing `}` above",
  });
}
