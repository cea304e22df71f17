import { EmbeddedActionsParser, EOF, type TokenType } from "chevrotain";
import { describe, expect, it } from "vitest";
import { Grammar } from "../../src/parser/grammar.ts";
import { VOCABULARY } from "../../src/parser/tokens.ts";

type Lookahead = (this: { LA_FAST(): { tokenTypeIdx: number | undefined } }) => unknown;

interface Analysed {
  readonly lookAheadFuncsCache: Map<number, Lookahead>;
  readonly shortRuleNameToFull: Record<number, string>;
}

/** What the parser does at each choice when a token of this type comes. */
function choicesOf(grammar: Grammar, { tokenTypeIdx }: TokenType): Record<string, unknown> {
  const { lookAheadFuncsCache, shortRuleNameToFull } = grammar as unknown as Analysed;
  const next = { LA_FAST: () => ({ tokenTypeIdx }) };
  return Object.fromEntries(
    [...lookAheadFuncsCache]
      .map(([key, look]) => [`${shortRuleNameToFull[key & ~0xfff]} ${key & 0xfff}`, look.call(next)])
      .sort(),
  );
}

/** Chevrotain's own analysis, which the grammar leaves out. */
class AnalysedGrammar extends Grammar {
  protected override performSelfAnalysis(): void {
    (EmbeddedActionsParser.prototype as unknown as AnalysedGrammar).performSelfAnalysis.call(this);
  }
}

describe("what the grammar knows about the next token", () => {
  it.each([...VOCABULARY, EOF].map((type) => [type.name, type] as const))(
    "is what Chevrotain finds out, for %s",
    (_, type) => {
      const expected = choicesOf(new AnalysedGrammar(), type);
      expect(Object.keys(expected)).toHaveLength(7);
      expect(choicesOf(new Grammar(), type)).toEqual(expected);
    },
  );
});
