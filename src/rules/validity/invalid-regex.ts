import type { Word } from "../../parser/index.ts";
import { checkPcre, readLocation, type Statement } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** Patterns that PCRE does not compile. */
export default defineRule({
  id: "invalid-regex",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "Regular expressions compile",
    why: "nginx compiles every pattern with PCRE when it starts, and refuses to start where one is wrong.",
    bad: "location ~ ^/user/(\\d+$ {\n    return 204;\n}\n",
    good: "location ~ ^/user/(\\d+)$ {\n    return 204;\n}\n",
    references: ["https://www.pcre.org/current/doc/html/pcre2pattern.html"],
  },
  check({ configuration, report }) {
    const holders = ["location", "server_name", "rewrite", "if"].flatMap((name) => configuration.all(name));
    const entries = configuration.all("map").flatMap(({ block }) => block?.statements ?? []);
    for (const statement of [...holders, ...entries]) {
      for (const { pattern, word } of patternsOf(statement)) {
        const verdict = checkPcre(pattern);
        if (verdict.ok !== false) continue;
        report({
          at: { file: statement.file, start: word.start, end: word.end },
          message: `${verdict.nginxMessage}: nginx does not start.`,
          help: `correct the pattern at character ${verdict.offset + 1}: ${verdict.message}`,
          identity: pattern,
        });
      }
    }
  },
});

interface WrittenPattern {
  readonly pattern: string;
  readonly word: Word;
}

function* patternsOf(statement: Statement): Generator<WrittenPattern> {
  const { args: words, name: nameWord } = statement.directive;
  const { args } = statement;
  switch (statement.name) {
    case "location": {
      const word = words.at(-1);
      const { modifier, pattern } = readLocation(args);
      if (word !== undefined && (modifier === "~" || modifier === "~*")) yield { pattern, word };
      return;
    }
    case "server_name":
      for (const word of words) {
        if (word.value.startsWith("~") && word.value.length > 1) yield { pattern: word.value.slice(1), word };
      }
      return;
    case "rewrite": {
      const [word] = words;
      if (word !== undefined && statement.context.kind !== "map") yield { pattern: word.value, word };
      return;
    }
    case "if": {
      // Cut short by a `;`, it is no condition.
      if (statement.directive.block === null) return;
      const [, operator, word] = words;
      if (word === undefined || !/^!?~\*?$/.test(operator?.value ?? "")) return;
      // The closing parenthesis belongs to the condition, as its own word or at the end of this one.
      const last = words.at(-1);
      const pattern = last === word && word.value.endsWith(")") ? word.value.slice(0, -1) : word.value;
      yield { pattern, word };
      return;
    }
    default:
      if (statement.context.kind === "map" && nameWord.value.startsWith("~")) {
        yield { pattern: nameWord.value.replace(/^~\*?/, ""), word: nameWord };
      }
  }
}
