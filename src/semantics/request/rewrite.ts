/** The rewrite module: `set`, `if`, `rewrite`, `return`, `break`, in the order they are written. */

import { askedOnce } from "../../lists/index.ts";
import { spend } from "../budget.ts";
import { type CompiledPattern, lazyPattern } from "../regex/index.ts";
import type { Context, Statement } from "../tree.ts";
import type { Exchange, Signal } from "./exchange.ts";
import type { Phase } from "./outcome.ts";
import { fileState } from "./paths.ts";
import { readScript, type ScriptPart } from "./script.ts";
import { splitArgs, unescapeRedirect } from "./uri.ts";
import { areEqual, concatenate, isEmptyValue, isKnown, mapKnown, type Value } from "./value.ts";
import { evaluate, evaluateParts, readable } from "./variables.ts";

/** Runs the directives of a server or a location; null where the request goes on. */
export function rewrite(exchange: Exchange, phase: Phase): Signal | null {
  return new Script(exchange, phase).run(exchange.context);
}

/** The script ended early: with a signal, or just so (`break`, `rewrite … last`). */
type End = { readonly signal: Signal | null } | null;

const NAMES: ReadonlySet<string> = new Set(["set", "if", "rewrite", "return", "break"]);
/** Up to so many statements are looked through each time. */
const FEW = 12;

/** What the script of a context may consist of: a server with ten thousand locations is asked as often. */
function linesOf(context: Context): readonly Statement[] {
  const { statements } = context;
  return statements.length <= FEW ? statements : scriptLines(context);
}

const scriptLines = askedOnce(({ statements }: Context) => statements.filter(({ name }) => NAMES.has(name)));

class Script {
  readonly #exchange: Exchange;
  readonly #phase: Phase;
  /** Captures are escaped until the first rewrite (`ngx_http_script_engine_t.quote`). */
  #quote = true;

  constructor(exchange: Exchange, phase: Phase) {
    this.#exchange = exchange;
    this.#phase = phase;
  }

  run(context: Context): Signal | null {
    return this.#block(context)?.signal ?? null;
  }

  #block(context: Context): End {
    const lines = linesOf(context);
    spend(lines.length >> 2);
    for (const statement of lines) {
      const end = this.#statement(statement);
      if (end !== null) return end;
    }
    return null;
  }

  #statement(statement: Statement): End {
    switch (statement.name) {
      case "set":
        this.#set(statement);
        return null;
      case "if":
        return this.#if(statement);
      case "rewrite":
        return this.#rewrite(statement);
      case "return":
        return { signal: this.#return(statement) };
      case "break":
        this.#break(statement);
        return { signal: null };
      default:
        return null;
    }
  }

  #set(statement: Statement): void {
    const [variable = "", text = ""] = statement.args;
    const value = evaluate(this.#exchange, text, { escapeCaptures: this.#quote });
    const name = variable.slice(1).toLowerCase();
    if (name === "args") {
      this.#exchange.args = value;
      // The request target as it came no longer says what is asked (ngx_http_variable_set_args).
      this.#exchange.validUnparsedUri = false;
    } else this.#exchange.variables.set(name, value);
    this.#note(`\`set ${variable}\` to ${quoted(value)}`, statement);
  }

  #break(statement: Statement): void {
    const exchange = this.#exchange;
    if (exchange.uriChanged) {
      exchange.validLocation = false;
      exchange.uriChanged = false;
    }
    this.#note("`break`: the rewrite directives end", statement);
  }

  #return(statement: Statement): Signal {
    const exchange = this.#exchange;
    const [first = "", second] = statement.args;
    const status = /^\d+$/.test(first) ? Number(first) : 302;
    const text = /^\d+$/.test(first) ? second : first;
    exchange.cause = { kind: "return", statement, text: `\`return ${first}\`` };
    if (status >= 400 && (text === undefined || text === "")) {
      this.#note(`\`return ${first}\``, statement);
      return { finalize: status };
    }
    const value = evaluate(exchange, text ?? "");
    if (status === 301 || status === 302 || status === 303 || status === 307 || status === 308) {
      exchange.redirectTo = value;
      exchange.cause = { kind: "redirect", statement, text: `\`return ${first}\`` };
      this.#note(`\`return ${status}\` redirects to ${quoted(value)}`, statement);
      return { finalize: status };
    }
    this.#note(`\`return ${first}\` answers by itself`, statement);
    return { outcome: { kind: "return", status, target: null, by: statement, body: readable(value) } };
  }

  #rewrite(statement: Statement): End {
    const exchange = this.#exchange;
    const [pattern = "", replacement = "", flag] = statement.args;
    if (!isKnown(exchange.uri)) return { signal: unknown(`the URI ${readable(exchange.uri)}`, statement) };
    const compiled = compiledOf(statement, pattern, false);
    if (compiled.kind === "undecidable") return { signal: unknown(compiled.reason, statement) };
    const match = compiled.exec(exchange.uri);
    if (match === null) {
      exchange.captures = [];
      this.#note(`\`rewrite ${pattern}\` does not match`, statement);
      return null;
    }
    exchange.capture(match);
    const isRedirect =
      flag === "redirect" || flag === "permanent" || /^(https?:\/\/|\$scheme)/.test(replacement);
    const dropsArgs = replacement.endsWith("?");
    const source = dropsArgs ? replacement.slice(0, -1) : replacement;
    exchange.internal = true;
    exchange.validUnparsedUri = false;
    if (flag === "break") {
      exchange.validLocation = false;
      exchange.uriChanged = false;
    } else exchange.uriChanged = true;
    if (isRedirect) {
      const status = flag === "permanent" ? 301 : 302;
      return { signal: this.#redirect(statement, source, status, dropsArgs) };
    }

    const { path, args } = splitAtQuestion(readScript(source));
    const uri = evaluateParts(exchange, path, false);
    if (args !== null) {
      const own = evaluateParts(exchange, args, true);
      const keeps = !dropsArgs && isEmptyValue(exchange.args) !== true;
      exchange.args = keeps ? concatenate([own, "&", exchange.args]) : own;
    } else if (dropsArgs) exchange.args = "";
    exchange.uri = uri;
    this.#quote = false;
    this.#note(`\`rewrite ${pattern}\` makes the URI ${quoted(uri)}`, statement);
    if (uri === "") {
      exchange.cause = { kind: "error", statement, text: "the rewritten URI is empty" };
      return { signal: { finalize: 500 } };
    }
    return flag === "last" || flag === "break" ? { signal: null } : null;
  }

  #redirect(statement: Statement, source: string, status: number, dropsArgs: boolean): Signal {
    const exchange = this.#exchange;
    const raw = evaluateParts(exchange, readScript(source), true);
    let target = mapKnown(raw, unescapeRedirect);
    if (!dropsArgs && isEmptyValue(exchange.args) !== true) {
      target = concatenate([target, source.includes("?") ? "&" : "?", exchange.args]);
    }
    exchange.redirectTo = target;
    exchange.cause = { kind: "redirect", statement, text: "`rewrite`" };
    this.#note(`\`rewrite\` redirects (${status}) to ${quoted(target)}`, statement);
    return { finalize: status };
  }

  #if(statement: Statement): End {
    const { block } = statement;
    if (block === null) return null;
    const condition = readCondition(statement.args);
    const holds = this.#holds(condition, statement);
    this.#note(`\`if (${conditionText(statement.args)})\` ${holds ? "holds" : "does not hold"}`, statement);
    if (!holds) return null;
    if (block.kind === "location-if") this.#exchange.enter(block);
    return this.#block(block);
  }

  #holds(condition: Condition, statement: Statement): boolean {
    const decided = this.#decide(condition, statement);
    if (decided !== null) return decided;
    const text = conditionText(statement.args);
    const answer = this.#exchange.ask({
      key: `if ${statement.file.name}:${statement.line} ${text}`,
      kind: "condition",
      text: `whether \`${text}\` holds`,
      statement,
      answers: ["no", "yes"],
    });
    return answer === "yes";
  }

  #decide(condition: Condition, statement: Statement): boolean | null {
    const exchange = this.#exchange;
    switch (condition.kind) {
      case "true": {
        const value = evaluate(exchange, condition.value);
        if (isKnown(value)) return value !== "" && value !== "0";
        return isEmptyValue(value) === false && areEqual(value, "0") === false ? true : null;
      }
      case "equal": {
        const equal = areEqual(
          evaluate(exchange, condition.value),
          evaluate(exchange, condition.text, { escapeCaptures: this.#quote }),
        );
        return equal === null ? null : equal !== condition.negative;
      }
      case "match": {
        const value = evaluate(exchange, condition.value);
        const compiled = compiledOf(statement, condition.pattern, condition.caseless);
        if (!isKnown(value) || compiled.kind === "undecidable") return null;
        const match = compiled.exec(value);
        if (match === null) exchange.captures = [];
        else exchange.capture(match);
        return (match !== null) !== condition.negative;
      }
      case "file": {
        const path = evaluate(exchange, condition.path, { escapeCaptures: this.#quote });
        const state = fileState(exchange, path, "missing", statement);
        const isSo =
          condition.test === "f"
            ? state === "file"
            : condition.test === "d"
              ? state === "directory"
              : state !== "missing";
        if (condition.test === "x" && state === "file") return null;
        return isSo !== condition.negative;
      }
      case "unreadable":
        return null;
    }
  }

  #note(text: string, statement: Statement): void {
    this.#exchange.note(this.#phase, text, statement);
  }
}

function quoted(value: Value): string {
  return `"${readable(value)}"`;
}

function unknown(reason: string, statement: Statement): Signal {
  return { outcome: { kind: "unknown", status: null, target: null, by: statement, reason } };
}

/** The condition of an `if` (`ngx_http_rewrite_if_condition`). */
export type Condition =
  | { readonly kind: "true"; readonly value: string }
  | { readonly kind: "equal"; readonly value: string; readonly text: string; readonly negative: boolean }
  | {
      readonly kind: "match";
      readonly value: string;
      readonly pattern: string;
      readonly caseless: boolean;
      readonly negative: boolean;
    }
  | {
      readonly kind: "file";
      readonly path: string;
      readonly test: "f" | "d" | "e" | "x";
      readonly negative: boolean;
    }
  | { readonly kind: "unreadable" };

/** Reads the words of `if`, with its parentheses. */
export function readCondition(args: readonly string[]): Condition {
  const words = conditionWords(args);
  const [first = "", operator, last] = words;
  if (first.startsWith("$") && first.length > 1) {
    if (operator === undefined) return { kind: "true", value: first };
    if (last === undefined || words.length !== 3) return { kind: "unreadable" };
    switch (operator) {
      case "=":
      case "!=":
        return { kind: "equal", value: first, text: last, negative: operator === "!=" };
      case "~":
      case "~*":
      case "!~":
      case "!~*":
        return {
          kind: "match",
          value: first,
          pattern: last,
          caseless: operator.endsWith("*"),
          negative: operator.startsWith("!"),
        };
      default:
        return { kind: "unreadable" };
    }
  }
  const test = /^(!?)-([fdex])$/.exec(first);
  if (test === null || operator === undefined || words.length !== 2) return { kind: "unreadable" };
  const letter = test[2];
  if (letter !== "f" && letter !== "d" && letter !== "e" && letter !== "x") return { kind: "unreadable" };
  return { kind: "file", path: operator, test: letter, negative: test[1] === "!" };
}

function conditionWords(args: readonly string[]): readonly string[] {
  const words = [...args];
  const first = words[0] ?? "";
  if (first === "(") words.shift();
  else if (first.startsWith("(")) words[0] = first.slice(1);
  const last = words.at(-1) ?? "";
  if (last === ")") words.pop();
  else if (last.endsWith(")")) words[words.length - 1] = last.slice(0, -1);
  return words;
}

function conditionText(args: readonly string[]): string {
  return conditionWords(args).join(" ");
}

/** The replacement of a `rewrite` before and after its first `?`. */
function splitAtQuestion(parts: readonly ScriptPart[]): {
  readonly path: readonly ScriptPart[];
  readonly args: readonly ScriptPart[] | null;
} {
  for (const [index, part] of parts.entries()) {
    if (part.kind !== "text" || !part.text.includes("?")) continue;
    const { path, args } = splitArgs(part.text);
    return {
      path: [...parts.slice(0, index), { kind: "text", text: path }],
      args: [{ kind: "text", text: args }, ...parts.slice(index + 1)],
    };
  }
  return { path: parts, args: null };
}

const compiled = new WeakMap<Statement, () => CompiledPattern>();

function compiledOf(statement: Statement, pattern: string, caseless: boolean): CompiledPattern {
  let known = compiled.get(statement);
  if (known === undefined) {
    known = lazyPattern(pattern, caseless);
    compiled.set(statement, known);
  }
  return known();
}
