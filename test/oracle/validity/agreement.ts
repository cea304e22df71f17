/** Counts how often two judges of a configuration agree, and keeps what they disagree about. */
import type { Finding } from "../../../src/linter/index.ts";
import { DISAGREEMENTS, type Disagreement, explanationOf } from "./disagreements.ts";
import type { Verdict } from "./judges.ts";

export class Agreement {
  readonly #what: string;
  readonly #binary: string;
  readonly #known: readonly Disagreement[];
  #agreed = 0;
  #leftOut = 0;
  #refused = 0;
  #atItsLine = 0;
  #withOneFinding = 0;
  readonly #machine = new Map<string, number>();
  readonly #explained = new Map<string, number>();
  readonly #unexplained: string[] = [];
  readonly #all: string[] = [];

  constructor(what: string, binary: string, known = DISAGREEMENTS) {
    this.#what = what;
    this.#binary = binary;
    this.#known = known;
  }

  /** @param probe what was asked, for people */
  count(probe: string, { refusal, isMachine }: Verdict, errors: readonly Finding[]): void {
    const [error] = errors;
    if (isMachine) {
      this.#leftOut++;
      const kind = (refusal ?? "").replace(/"[^"]*"/g, '"…"').slice(0, 60);
      this.#machine.set(kind, (this.#machine.get(kind) ?? 0) + 1);
      return;
    }
    if ((refusal === null) === (error === undefined)) {
      this.#agreed++;
      if (refusal !== null && error !== undefined) this.#compare(refusal, error, errors.length);
      return;
    }
    const ours = error === undefined ? "accepted" : `${error.ruleId}: ${error.message} (line ${error.line})`;
    const line = `${probe}\n    nginx: ${refusal ?? "accepted"}\n    we: ${ours}`;
    this.#all.push(line);
    const reason = explanationOf(this.#known, refusal, error ?? null);
    if (reason === null) this.#unexplained.push(line);
    else this.#explained.set(reason, (this.#explained.get(reason) ?? 0) + 1);
  }

  /** Where nginx meets a forgotten sign lines later, the parser's place is the better one. */
  #compare(refusal: string, error: Finding, count: number): void {
    this.#refused++;
    const line = Number(/:(\d+)$/.exec(refusal)?.[1] ?? error.line);
    if (error.ruleId === "syntax" || error.line === line) this.#atItsLine++;
    if (count === 1) this.#withOneFinding++;
  }

  /** Shares of the refusals that both agree on. */
  likeness(): { atItsLine: number; withOneFinding: number } {
    const refused = Math.max(1, this.#refused);
    return { atItsLine: this.#atItsLine / refused, withOneFinding: this.#withOneFinding / refused };
  }

  close(): { lines: string[]; unexplained: readonly string[]; share: number } {
    const disagreed = this.#all.length;
    const asked = this.#agreed + disagreed;
    const share = asked === 0 ? 1 : this.#agreed / asked;
    const percent = (share * 100).toFixed(2);
    const lines = [
      `${this.#what}, ${this.#binary}: agreed on ${this.#agreed} of ${asked} (${percent} %), ${this.#leftOut} about the machine left out, ${disagreed - this.#unexplained.length} explained`,
      ...[...this.#explained].map(([reason, count]) => `  ${count} × ${reason}`),
    ];
    return { lines, unexplained: this.#unexplained, share };
  }

  /** Everything, for whoever looks into it. */
  report(): string {
    const machine = [...this.#machine]
      .sort(([, a], [, b]) => b - a)
      .map(([kind, count]) => `${count} × ${kind}`);
    return `${[...this.#all, "", "about the machine:", ...machine].join("\n")}\n`;
  }
}
