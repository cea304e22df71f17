/** Which statements the rules about directives may judge. */
import { askedOnce, firstNotBefore } from "../../lists/index.ts";
import { isFilledIn } from "../../parser/index.ts";
import type { Configuration } from "../configuration.ts";
import type { ContextKind } from "../context-kind.ts";
import { suggestDirective } from "../directives/did-you-mean.ts";
import { type DirectiveFacts, directiveIn, lookupDirective } from "../directives/index.ts";
import type { Context, Statement } from "../tree.ts";

const ENTRIES: ReadonlySet<ContextKind> = new Set([
  "types",
  "map",
  "geo",
  "split_clients",
  "charset_map",
  "ldap_server",
]);

/** What is known of all directives of one name in one kind of context. */
export interface Usage {
  readonly name: string;
  readonly kind: ContextKind;
  /** Null where it is unknown there, or its module keeps its own rules. */
  readonly facts: DirectiveFacts | null;
}

/** The statements of a configuration, and beside each the number of its usage among all; {@link NONE} for what is no directive. */
interface Usages {
  readonly statements: readonly Statement[];
  readonly numbers: readonly number[];
  readonly all: readonly Usage[];
}

const NONE = -1;

const usagesOf = askedOnce(readUsages);

/**
 * Visits the directives that are looked for, in reading order: not the entries of `map` and its like, nor what stands in
 * a block nobody knows. A thousand sites use the same few dozen, so what is asked of a name is asked once.
 */
export function visitDirectives(
  configuration: Configuration,
  isWanted: (usage: Usage) => boolean,
  visit: (statement: Statement, usage: Usage) => void,
): void {
  const { statements, numbers, all } = usagesOf(configuration);
  const wanted = all.map((usage) => (isWanted(usage) ? usage : null));
  if (wanted.every((usage) => usage === null)) return;
  for (let index = 0; index < numbers.length; index++) {
    const usage = wanted[numbers[index] ?? NONE] ?? null;
    const statement = statements[index];
    if (usage !== null && statement !== undefined) visit(statement, usage);
  }
}

function readUsages({ statements }: Configuration): Usages {
  const all: Usage[] = [];
  const byKind = new Map<ContextKind, Map<string, number>>();
  const numbers = statements.map((statement) => {
    if (isBroken(statement)) return NONE;
    const { name, context } = statement;
    const { kind } = context;
    let byName = byKind.get(kind);
    if (byName === undefined) {
      byName = new Map();
      byKind.set(kind, byName);
    }
    let number = byName.get(name);
    if (number === undefined) {
      number = isDirective(name, kind) ? all.push({ name, kind, facts: factsIn(name, kind) }) - 1 : NONE;
      byName.set(name, number);
    }
    return number;
  });
  return { statements, numbers, all };
}

/** The parser refused something in its words: what they say is a guess, and the mistake is told already. */
export function isBroken({ file, directive }: Statement): boolean {
  if (file.problems.length === 0) return false;
  const { start, end, block } = directive;
  const { problems } = file;
  const problem = problems[firstNotBefore(problems, (each) => each.start < start)];
  return problem !== undefined && problem.start < (block === null ? end : block.open);
}

function isDirective(name: string, kind: ContextKind): boolean {
  return kind !== "unknown" && !ENTRIES.has(kind) && !isFilledIn(name);
}

function factsIn(name: string, kind: ContextKind): DirectiveFacts | null {
  const facts = directiveIn(name, kind);
  return facts?.exact === true ? facts : null;
}

/** What is meant by the names in a context that nobody knows. */
const meantIn = askedOnce((context: Context): ReadonlySet<string> => {
  const names = context.statements.map((statement) => statement.name);
  return new Set(
    names
      .filter((written) => lookupDirective(written) === undefined)
      .flatMap((written) => suggestDirective(written, context.kind) ?? []),
  );
});

/** A name that nobody knows stands there or around it, and this one is meant by it: one mistake, one finding. */
export function isMisspelt(context: Context, name: string): boolean {
  return context.outward().some((around) => meantIn(around).has(name));
}

/**
 * A directive up to its `;` or `{`, as it is written. A thousand sites share most of their lines: what depends on nothing but
 * the words is judged once for all of them.
 */
export function writtenText({ file, directive: { start, end, block } }: Statement): string {
  return file.text.slice(start, block === null ? end : block.open + 1);
}

const NAMES: Partial<Record<ContextKind, string>> = {
  main: "the main context (outside all blocks)",
  "server-if": "`if` in a server",
  "location-if": "`if` in a location",
  "stream-server": "a `server` of `stream`",
  "stream-upstream": "an `upstream` of `stream`",
  "mail-server": "a `server` of `mail`",
  "rtmp-server": "a `server` of `rtmp`",
  "rtmp-application": "an `application` of `rtmp`",
};

/** A context for people: `` `http` ``, or `` `if` in a server ``. */
export function contextName(kind: ContextKind): string {
  return NAMES[kind] ?? `\`${kind}\``;
}
