/** What the rewrite module has done when a place is reached: variables that were set, patterns that were asked. */
import { readCondition } from "../request/index.ts";
import type { Location, Server } from "../server.ts";
import type { Context, Statement } from "../tree.ts";

/** What a pattern is asked of: the URI, the host, or an argument with variables. */
export type Subject = "uri" | "host" | { readonly argument: string };

export type Step =
  | { readonly kind: "set"; readonly name: string; readonly value: string; readonly isSure: boolean }
  | {
      readonly kind: "pattern";
      readonly pattern: string;
      readonly caseless: boolean;
      readonly subject: Subject;
      /** It has matched wherever the place is reached. */
      readonly isSure: boolean;
    }
  /** The URI is another one from here on. */
  | { readonly kind: "uri"; readonly isSure: boolean }
  /** What is known of a variable where the place is reached. */
  | {
      readonly kind: "guard";
      readonly name: string;
      readonly pattern: string;
      readonly caseless: boolean;
      readonly negative: boolean;
    }
  /** A condition that holds where the place is reached. */
  | { readonly kind: "condition"; readonly statement: Statement };

const known = new WeakMap<Context, readonly Step[]>();

/**
 * The steps before a place, in order.
 * @param until a directive of the rewrite module: the steps before that one
 */
export function stepsTo(server: Server, context: Context, until: Statement | null): readonly Step[] {
  if (until !== null) return new Walk(server, context, until).steps;
  let steps = known.get(context);
  if (steps === undefined) {
    steps = new Walk(server, context, null).steps;
    known.set(context, steps);
  }
  return steps;
}

class Walk {
  readonly steps: Step[] = [];
  readonly #around: ReadonlySet<Context>;
  readonly #until: Statement | null;

  constructor(server: Server, context: Context, until: Statement | null) {
    this.#around = new Set((until?.context ?? context).outward());
    this.#until = until;
    for (const name of server.names) {
      if (name.kind !== "regex") continue;
      const { pattern } = name;
      const isSure = server.names.length === 1;
      this.steps.push({ kind: "pattern", pattern, caseless: /[A-Z]/.test(pattern), subject: "host", isSure });
    }
    const location = server.locationOf(until?.context ?? context);
    if (this.#run(server.context.statements) || location === null) return;
    this.#enter(location);
    this.#run(location.context.statements);
  }

  #enter({ isRegex, pattern, isCaseless }: Location): void {
    if (!isRegex) return;
    this.steps.push({ kind: "pattern", pattern, caseless: isCaseless, subject: "uri", isSure: true });
  }

  /** True where the end was met. */
  #run(statements: readonly Statement[], isSure = true): boolean {
    for (const statement of statements) {
      if (statement === this.#until) {
        if (statement.name === "rewrite") this.#pattern(statement, true);
        return true;
      }
      const [first = "", second = ""] = statement.args;
      if (statement.name === "set") {
        this.steps.push({ kind: "set", name: first.slice(1).toLowerCase(), value: second, isSure });
      } else if (statement.name === "rewrite") {
        this.#pattern(statement, false);
        this.steps.push({ kind: "uri", isSure: false });
      } else if (statement.name === "if" && this.#if(statement, isSure)) return true;
    }
    return false;
  }

  #pattern({ args: [pattern = ""] }: Statement, isSure: boolean): void {
    this.steps.push({ kind: "pattern", pattern, caseless: false, subject: "uri", isSure });
  }

  #if(statement: Statement, isSure: boolean): boolean {
    const { block, args } = statement;
    if (block === null) return false;
    const condition = readCondition(args);
    const isAround = this.#around.has(block);
    if (condition.kind === "match") {
      const { value: argument, pattern, caseless } = condition;
      const isMatched = isAround && !condition.negative;
      this.steps.push({ kind: "pattern", pattern, caseless, subject: { argument }, isSure: isMatched });
    }
    if (isAround || endsRequest(block)) {
      const guard = guardOf(args, isAround);
      if (guard !== null) this.steps.push(guard);
    }
    if (isAround) this.steps.push({ kind: "condition", statement });
    if (isAround) return this.#run(block.statements, isSure);
    if (!endsRequest(block)) this.#run(block.statements, false);
    return false;
  }
}

/** What a condition says of a variable where it holds, or where it does not. */
function guardOf(args: readonly string[], holds: boolean): Step | null {
  const condition = readCondition(args);
  if (condition.kind !== "match" && condition.kind !== "equal") return null;
  const name = /^\$\{?(\w+)\}?$/.exec(condition.value)?.[1]?.toLowerCase();
  if (name === undefined) return null;
  const negative = condition.negative === holds;
  if (condition.kind === "match") {
    const { pattern, caseless } = condition;
    return { kind: "guard", name, pattern, caseless, negative };
  }
  if (condition.text.includes("$")) return null;
  return { kind: "guard", name, pattern: `^${literally(condition.text)}\\z`, caseless: false, negative };
}

/** A pattern for a text. */
export function literally(text: string): string {
  return text.replace(/[^\w]/g, "\\$&");
}

/** An unconditional end: what stands behind the `if` is for those for which it did not hold. */
function endsRequest(block: Context): boolean {
  return block.statements.some(
    ({ name, args }) =>
      name === "return" || (name === "rewrite" && /^(?:last|redirect|permanent)$/.test(args[2] ?? "")),
  );
}
