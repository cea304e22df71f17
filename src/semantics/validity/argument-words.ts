import { isFilledIn } from "../../parser/index.ts";
import type { Refusal } from "../anchor.ts";
import type { Configuration } from "../configuration.ts";
import { type Arity, acceptsCount, type DirectiveFacts, patternAt } from "../directives/index.ts";
import type { Statement } from "../tree.ts";
import { argumentProblem } from "../values/index.ts";
import type { Version } from "../version.ts";
import {
  type ArgumentCheck,
  argumentCheck,
  isOpen,
  readsWordsAlone,
  type Surroundings,
} from "./arguments/index.ts";
import { buffersThatDoNotFit } from "./buffer-sizes.ts";
import { wrongCombinations } from "./combinations.ts";
import { incompleteServers } from "./plain-servers.ts";
import { type Usage, visitDirectives, writtenText } from "./usages.ts";

/** Directives with arguments that nginx does not read, or too few, or too many. */
export function refuseArguments(
  configuration: Configuration,
  version: Version | null,
  refuse: (refusal: Refusal) => void,
): void {
  const around = { configuration, version };
  const judged = new Map<Usage, Judged>();
  const isKnown = ({ facts }: Usage) => facts !== null;
  visitDirectives(configuration, isKnown, (statement, usage) => {
    const { facts } = usage;
    if (facts === null || !statement.directive.terminated) return;
    let each = judged.get(usage);
    if (each === undefined) {
      each = judgedBy(usage);
      judged.set(usage, each);
    }
    const { check, fine } = each;
    const text = fine === null ? null : writtenText(statement);
    if (text !== null && fine?.has(text)) return;
    if (!checkShape(statement, facts, refuse) || !checkValues(statement, facts, refuse)) return;
    if (check !== undefined && !checkMore(statement, check, around, refuse)) return;
    if (text !== null) fine?.add(text);
  });
  for (const each of incompleteServers(configuration, version)) refuse(each);
  for (const each of buffersThatDoNotFit(configuration)) refuse(each);
  for (const each of wrongCombinations(configuration)) refuse(each);
}

/** How the directives of one usage are judged. */
interface Judged {
  readonly check: ArgumentCheck | undefined;
  /** Texts that were found right; null where it takes no longer to look again, or more than the words counts. */
  readonly fine: Set<string> | null;
}

function judgedBy({ name, facts }: Usage): Judged {
  const check = argumentCheck(name);
  const isQuick = check === undefined && facts?.values === null;
  const countsAlone = check === undefined || readsWordsAlone(check);
  return { check, fine: countsAlone && !isQuick ? new Set() : null };
}

type Refuse = (refusal: Refusal) => void;

/** Arguments that a person writes by the number; whether they are as many as nginx wants. */
function checkShape(statement: Statement, facts: DirectiveFacts, refuse: Refuse): boolean {
  const { name, directive } = statement;
  if (facts.block === "none" && directive.block !== null) {
    refuse({
      at: statement,
      message: `directive "${name}" is not terminated by ";": nginx does not start.`,
      help: "it opens no block; end it with `;`",
    });
    return false;
  }
  if (facts.block !== "none" && directive.block === null) {
    refuse({
      at: statement,
      message: `directive "${name}" has no opening "{": nginx does not start.`,
      help: `write \`${[name, ...statement.args].join(" ")} { … }\``,
    });
    return false;
  }
  const count = directive.args.length;
  if (acceptsCount(facts.arity, count)) return true;
  if (statement.args.some(isFilledIn)) return false;
  refuse({
    at: statement,
    message: `invalid number of arguments in "${name}" directive: nginx does not start.`,
    help: `give it ${describe(facts.arity)}; it has ${count === 0 ? "none" : count}`,
  });
  return false;
}

function describe({ min, max, counts }: Arity): string {
  if (counts !== null) return `${counts.join(" or ")} arguments`;
  if (max === 0) return "no arguments";
  if (max === Number.POSITIVE_INFINITY) return `${min} or more arguments`;
  if (min === max) return min === 1 ? "one argument" : `${min} arguments`;
  return `${min} to ${max} arguments`;
}

function checkValues(statement: Statement, facts: DirectiveFacts, refuse: Refuse): boolean {
  const { values } = facts;
  if (values === null) return true;
  let areReadable = true;
  statement.directive.args.forEach((word, index) => {
    const pattern = patternAt(values, index);
    const problem = pattern === undefined ? null : argumentProblem(pattern, word.value);
    if (pattern === undefined || problem === null || isFilledIn(word.value)) return;
    // Terraform and `envsubst` write names in lower case, too.
    if (statement.file.template && word.value.includes("${")) return;
    areReadable = false;
    refuse({
      at: { file: statement.file, start: word.start, end: word.end },
      message: `${problem} "${word.value}" in "${statement.name}" directive: nginx does not start.`,
      help: wanted(pattern),
      identity: `${statement.name} ${word.value}`,
    });
  });
  return areReadable;
}

/** What the setters of single directives refuse. */
function checkMore(
  statement: Statement,
  check: ArgumentCheck,
  around: Surroundings,
  refuse: Refuse,
): boolean {
  let isFine = true;
  for (const { at, message, help } of check(statement, around)) {
    if (statement.args.some(isOpen)) break;
    isFine = false;
    refuse({ at, message: `${message}: nginx does not start.`, help, identity: message });
  }
  return isFine;
}

function wanted({ kind, literals, min, max }: NonNullable<ReturnType<typeof patternAt>>): string {
  const words = literals.map((literal) => `\`${literal}\``);
  const other = words.length === 0 ? "" : `, or ${words.join(", ")}`;
  const bounds =
    min !== null && max !== null ? ` from ${min} to ${max}` : min !== null ? ` of at least ${min}` : "";
  switch (kind) {
    case "flag":
      return "write `on` or `off`";
    case "msec":
    case "sec":
      return `write a time such as \`30s\`, \`5m\` or \`1h 30m\`${other}`;
    case "size":
    case "offset":
    case "decimal-size":
    case "size-or-variable":
      return `write a size such as \`512\`, \`8k\` or \`10m\`${other}`;
    case "number":
    case "integer":
    case "count":
      return `write a number${bounds}${other}`;
    case "enum":
    case "prefix":
    case "literal":
      return words.length === 1 ? `write ${words[0]}` : `write one of ${words.join(", ")}`;
    case "cidr":
      return `write an address such as \`192.0.2.1\` or \`192.0.2.0/24\`${other}`;
    case "method":
      return "write an HTTP method such as `GET`";
    case "decimal":
      return max === null ? "write a number such as `1.5`" : `write a number below ${max}`;
    case "word":
      return "write something, or remove the line";
    case "variable":
      return "write a variable such as `$name`";
    case "access":
      return "write `user:rw`, `group:rw` or `all:r`";
    default:
      return "see the directive's documentation";
  }
}
