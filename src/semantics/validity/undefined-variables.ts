import { push } from "../../lists/index.ts";
import { isFilledIn, maskTags, TAG_MASK, type Word } from "../../parser/index.ts";
import type { Refusal } from "../anchor.ts";
import { affords } from "../budget.ts";
import type { Configuration } from "../configuration.ts";
import type { ContextKind } from "../context-kind.ts";
import { didYouMean } from "../directives/did-you-mean.ts";
import { directiveIn, lookupDirective } from "../directives/index.ts";
import { type VariableArguments, variableArguments } from "../directives/variable-arguments.ts";
import { lookupVariable, variableNames } from "../directives/variables.ts";
import { effective } from "../effective.ts";
import type { Context, Statement } from "../tree.ts";
import { isSince, type Version } from "../version.ts";
import { isOpen } from "./arguments/index.ts";
import { foreignModule } from "./foreign-module.ts";
import { type Usage, visitDirectives, writtenText } from "./usages.ts";

/** Variables that are used and that nothing defines. */
export function refuseUndefinedVariables(
  configuration: Configuration,
  version: Version | null,
  refuse: (refusal: Refusal) => void,
): void {
  const uses: Use[] = [];
  const fine: Record<Family, Set<string>> = { http: new Set(), stream: new Set() };
  visitDirectives(configuration, mayUseVariables, (statement, { kind }) => {
    if (!holdsVariables(statement)) return;
    const family = familyOf(kind);
    if (family === null) return;
    const text = writtenText(statement);
    if (fine[family].has(text)) return;
    let isFine = statement.name !== "map";
    for (const use of usesIn(statement, family, version)) {
      if (use.problem === null && isBuiltIn(use.name, family, version)) continue;
      isFine = false;
      if (use.problem !== null) refuse(malformed(use, use.problem));
      else uses.push(use);
    }
    if (isFine) fine[family].add(text);
  });
  if (uses.length > 0) refuseUndefined(uses, configuration, refuse);
}

type Family = "http" | "stream";

interface Use {
  readonly statement: Statement;
  readonly word: Word;
  readonly family: Family;
  /** Without `$`. */
  readonly name: string;
  /** Why nginx does not get as far as a name; null: it does. */
  readonly problem: string | null;
}

/** Null: neither mail nor the main level has variables. */
function familyOf(kind: ContextKind): Family | null {
  if (/^(?:main|events|mgmt|mail|rtmp)/.test(kind)) return null;
  return kind.startsWith("stream") ? "stream" : "http";
}

function mayUseVariables({ name, kind }: Usage): boolean {
  const family = familyOf(kind);
  return name === "memcached_pass" || (family !== null && variableArguments(name, family) !== undefined);
}

/** The entries of a `map` are statements of their own; `memcached_pass` reads a variable that it does not name. */
function holdsVariables({ name, directive }: Statement): boolean {
  return (
    name === "map" || name === "memcached_pass" || directive.args.some(({ value }) => value.includes("$"))
  );
}

/** A key without a certificate is not looked at; in stream, 1.22 takes certificates for names of files, 1.28 does not. */
function isNeverCompiled({ name, context }: Statement, family: Family, version: Version | null): boolean {
  // Obsolete: no longer read.
  if (name === "http2_push") return isSince(version, "1.25.1") !== false;
  if (name !== "ssl_certificate" && name !== "ssl_certificate_key") return false;
  if (family === "stream" && (version === null || isSince(version, "1.28.0") !== true)) return true;
  return name === "ssl_certificate_key" && effective(context, "ssl_certificate").statements.length === 0;
}

/** `memcached_pass` reads the variable, which nothing brings along (`ngx_http_memcached_pass`). */
const MEMCACHED_KEY = "memcached_key";

function* usesIn(statement: Statement, family: Family, version: Version | null): Generator<Use> {
  const { directive } = statement;
  const [target] = directive.args;
  if (statement.name === "memcached_pass" && target !== undefined) {
    yield { statement, word: target, family, name: MEMCACHED_KEY, problem: null };
  }
  const places = variableArguments(statement.name, family);
  if (places === undefined || isNeverCompiled(statement, family, version)) return;
  const use = (word: Word, { name, problem }: Found): Use => ({ statement, word, family, name, problem });
  const { args: words } = directive;
  if (places.special === "condition") {
    for (const [word, found] of inCondition(words)) yield use(word, found);
    return;
  }
  if (places.special === "entries") {
    for (const entry of statement.block?.statements ?? []) {
      const [value] = entry.directive.args;
      if (value === undefined) continue;
      for (const found of scan(value.value)) yield { ...use(value, found), statement: entry };
    }
  }
  for (const [index, word] of words.entries()) {
    const text = compiledPart(statement, places, index);
    if (text === null) continue;
    for (const found of scan(text, statement.name === "log_format")) yield use(word, found);
  }
}

/** The part of an argument that nginx searches for variables; null: none. */
function compiledPart(statement: Statement, places: VariableArguments, index: number): string | null {
  const text = statement.args[index] ?? "";
  if (!text.includes("$")) return null;
  const { args } = statement;
  if (places.special === "name") {
    // `geo $address $variable`: with one word it is what is defined.
    return index === 0 && args.length === 2 ? text : null;
  }
  if (/^(?:source_)?charset$/.test(statement.name)) return text.startsWith("$") ? text : null;
  if (places.special === "format") return index === 0 ? null : text;
  if (places.special === "header") {
    const option = args[index - 1];
    const colon = text.indexOf(":");
    return option === "-s" || option === "-t" || colon < 0 ? null : text.slice(colon + 1);
  }
  const start = places.after.find((word) => text.startsWith(word));
  if (start !== undefined) return text.slice(start.length);
  const isPlace =
    places.at.includes(index) ||
    (places.from !== null && index >= places.from) ||
    (places.last && index === args.length - 1);
  if (!isPlace) return null;
  const isPattern = index === 0 && /^proxy_(?:redirect|cookie_)/.test(statement.name) && text.startsWith("~");
  // `sticky` reads the variables of its other parameters.
  if (statement.name === "sticky" && text.startsWith("path=")) return null;
  const isSyslog = statement.name === "access_log" && text.startsWith("syslog:");
  return isPattern || isSyslog ? null : text;
}

interface Found {
  readonly name: string;
  readonly problem: string | null;
}

const NAME = /\w*/y;

/** `ngx_http_script_compile`, which knows `$1` to `$9`; `ngx_http_log_compile_format` has no captures. */
function* scan(written: string, isFormat = false): Generator<Found> {
  const text = maskTags(written);
  for (let at = text.indexOf("$"); at >= 0; at = text.indexOf("$", at)) {
    at++;
    if (!isFormat && /[1-9]/.test(text.charAt(at))) continue;
    const isBraced = text.charAt(at) === "{";
    if (isBraced) at++;
    NAME.lastIndex = at;
    const name = NAME.exec(text)?.[0] ?? "";
    at += name.length;
    // A template writes the name, or the rest of it.
    if (text.charAt(at) === TAG_MASK || isFilledIn(`\${${name}}`) || isWrittenBefore(text, at)) continue;
    const isClosed = !isBraced || text.charAt(at) === "}";
    if (!isClosed && !(isBraced && at === text.length && name === "")) {
      yield { name, problem: `the closing bracket in "${name}" variable is missing` };
      return;
    }
    if (name === "") {
      yield { name, problem: isFormat ? `invalid parameter "${text}"` : "invalid variable name" };
      return;
    }
    yield { name, problem: null };
  }
}

/** `$(name)` of Penlight, and the first dollar of `$${name}`, which templates write as `${name}`. */
function isWrittenBefore(text: string, at: number): boolean {
  return /^(?:\([A-Za-z]|\$\{)/.test(text.slice(at, at + 2));
}

/** `if ($name = value)`: the first word is a name as a whole, the last is searched unless it is a pattern. */
function* inCondition(words: readonly Word[]): Generator<[Word, Found]> {
  const inner = words
    .map((word, index) => {
      let text = word.value;
      if (index === 0) text = text.replace(/^\(/, "");
      if (index === words.length - 1) text = text.replace(/\)$/, "");
      return { word, text };
    })
    .filter(({ text }, index) => text !== "" || (index > 0 && index < words.length - 1));
  const [first, operator] = inner;
  const last = inner.at(-1);
  if (first === undefined || last === undefined) return;
  if (first.text.length > 1 && first.text.startsWith("$")) {
    yield [first.word, { name: first.text.slice(1), problem: null }];
    if (!/^!?=$/.test(operator?.text ?? "")) return;
  } else if (!/^!?-[fdex]$/.test(first.text)) return;
  if (last === first) return;
  for (const found of scan(last.text)) yield [last.word, found];
}

function malformed({ statement, word }: Use, problem: string): Refusal {
  return {
    at: { file: statement.file, start: word.start, end: word.end },
    message: `${problem}: nginx does not start.`,
    help: 'write `$name` or `${name}`; for a dollar sign of its own, define one with `geo $dollar { default "$"; }`',
    identity: `${statement.name} ${problem} ${word.value}`,
  };
}

function refuseUndefined(
  uses: readonly Use[],
  configuration: Configuration,
  refuse: (refusal: Refusal) => void,
): void {
  const isWhole = !configuration.fragment && isComplete(configuration.root);
  const definitions = new Map<Family, ReadonlySet<string>>();
  const reported = new Map<string, Use[]>();
  for (const use of uses) {
    const { name, family, word } = use;
    // `if ($name=value)`: nothing that is not a name can be defined elsewhere.
    const isName = /^\w+$/.test(name);
    if ((!isWhole && isName) || isOpen(word.value)) continue;
    let defined = definitions.get(family);
    if (defined === undefined) {
      defined = definitionsIn(configuration, family);
      definitions.set(family, defined);
    }
    if (defined.has(name.toLowerCase()) || defined.has(ANYTHING)) continue;
    const key = `${family} ${name.toLowerCase()}`;
    push(reported, key, use);
  }
  for (const [first, ...others] of reported.values()) {
    if (first === undefined) continue;
    refuse({
      at: { file: first.statement.file, start: first.word.start, end: first.word.end },
      message: `unknown "${first.name}" variable: nginx does not start.`,
      ...advice(first, definitions.get(first.family) ?? new Set()),
      ...(others.length === 0
        ? {}
        : { related: others.map(({ statement }) => ({ at: statement, message: "used here, too" })) }),
      identity: first.name,
    });
  }
}

function isBuiltIn(name: string, family: Family, version: Version | null): boolean {
  // A prefix alone is a variable, too: `$arg_`.
  const facts =
    lookupVariable(name, family) ?? (name.endsWith("_") ? lookupVariable(`${name}x`, family) : undefined);
  if (facts === undefined) return false;
  return facts.since === null || facts.edition !== "open-source" || isSince(version, facts.since) !== false;
}

function advice({ name, family }: Use, defined: ReadonlySet<string>): { help: string } {
  const operator = /^(\w+)(!?[=~]\*?)(.*)$/s.exec(name);
  if (operator !== null) {
    return { help: `put spaces around the operator: \`$${operator[1]} ${operator[2]} ${operator[3]}\`` };
  }
  if (/^[1-9]/.test(name)) {
    return { help: "a `log_format` has no captures: keep them with `set`, or name them in the pattern" };
  }
  if (name === MEMCACHED_KEY) return { help: "say what is looked up: `set $memcached_key $uri;`" };
  const since = lookupVariable(name, family)?.since;
  if (since) return { help: `it needs nginx ${since}` };
  const nearby = affords(2 * defined.size) ? defined : [];
  const meant = didYouMean(name, [...nearby, ...variableNames(family)]);
  return {
    help: meant === null ? "define it with `set`, `map` or a named capture" : `did you mean \`$${meant}\`?`,
  };
}

/** Nothing in the tree could not be read. */
function isComplete(root: Context): boolean {
  if (root.incomplete) return false;
  for (const { block } of root.below) if (block?.incomplete === true) return false;
  return true;
}

/** Stands for any name: a module that nobody knows may bring variables. */
const ANYTHING = "*";

/** Which arguments of nginx's own directives name what they define; negative: from the end. */
const DEFINING: ReadonlyMap<string, number> = new Map([
  ["set", 0],
  ["map", 1],
  ["geo", -1],
  ["split_clients", 1],
  ["perl_set", 0],
  ["auth_request_set", 0],
]);

/** The names in lower case: nginx compares them so. */
function definitionsIn(configuration: Configuration, family: Family): ReadonlySet<string> {
  const names = new Set<string>();
  if (foreignModule(configuration) !== null) names.add(ANYTHING);
  const define = (word: string | undefined) => {
    if (word?.startsWith("$")) names.add(word.slice(1).toLowerCase());
  };
  for (const statement of configuration.statements) {
    const { name, args, context } = statement;
    for (const word of [name, ...args]) {
      if (word.includes("(?")) {
        for (const [, capture = ""] of word.matchAll(/\(\?P?[<'](\w+)[>']/g))
          names.add(capture.toLowerCase());
      }
    }
    if (ENTRIES.has(context.kind)) {
      // `geoip2` defines the variables that its lines begin with.
      if (context.opener?.name === "geoip2") define(name);
      continue;
    }
    if (context.kind === "main" || familyOf(context.kind) !== family) continue;
    if (lookupDirective(name) === undefined) {
      if (context.kind !== "unknown") names.add(ANYTHING);
      continue;
    }
    const index = DEFINING.get(name);
    if (index !== undefined && isFilledIn(args.at(index) ?? "")) names.add(ANYTHING);
    else if (index !== undefined) define(args.at(index));
    else if (directiveIn(name, context.kind)?.edition !== "open-source")
      definedByOthers(statement, family).forEach(define);
  }
  return names;
}

/** `set_by_lua $result …`, `set_md5 $hash …`: what a third party's directive names and does not read. */
function definedByOthers(statement: Statement, family: Family): readonly string[] {
  const places = variableArguments(statement.name, family);
  if (places === undefined) return statement.args;
  return statement.args.filter((_, index) => compiledPart(statement, places, index) === null);
}

const ENTRIES: ReadonlySet<string> = new Set(["types", "map", "geo", "split_clients", "charset_map"]);
