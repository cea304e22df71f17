import { askedOnce, greatest, least, push } from "../../lists/index.ts";
import { type ConfigFile, isFilledIn } from "../../parser/index.ts";
import type { Configuration, Statement } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf, shortListOf } from "../wording.ts";

/** Definitions that nothing in a whole tree uses. */
export default defineRule({
  id: "unused-definition",
  category: "routing",
  severity: "info",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "Nothing uses a `map`, `upstream`, log format or cache",
    why: "A definition has no effect until something uses it. An unused one is a leftover, or a sign that the line that should use it has the wrong name: a cache that does not cache, a log in the default format.",
    bad: "events {}\nhttp {\n    upstream app {\n        server 127.0.0.1:8000;\n    }\n    server {\n        listen 80;\n        location / {\n            proxy_pass http://127.0.0.1:8001;\n        }\n    }\n}\n",
    good: "events {}\nhttp {\n    upstream app {\n        server 127.0.0.1:8000;\n    }\n    server {\n        listen 80;\n        location / {\n            proxy_pass http://app;\n        }\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_upstream_module.html"],
  },
  check({ configuration, parts = NO_PARTS, report }) {
    // A part that could not be read may use it; so may scripts.
    if (!configuration.isWhole || configuration.lacksSites) return;
    if (configuration.all("load_module").length > 0) return;
    const kinds = [...configuration.root.namesBelow];
    if (kinds.some((name) => /lua|^js_|^perl/.test(name))) return;
    const definitions = DEFINING.flatMap((kind) =>
      configuration.all(kind).flatMap((statement) => {
        const name = definedBy(statement);
        return name === null ? [] : [{ statement, name }];
      }),
    );
    if (definitions.length === 0) return;
    const names = new Set(definitions.map(({ name }) => keyOf(name)));
    const lines = linesOf(names, configuration.statements);
    const byVariable = passesByVariable(configuration, kinds);
    const unused = new Map<string, Statement[]>();
    for (const { statement, name } of definitions) {
      if (isFilledIn(name)) continue;
      // The definition itself is one of them.
      const isUsed = lines.get(keyOf(name)) === "several";
      if (isUsed || !isWord(name) || (statement.name === "upstream" && byVariable)) continue;
      // nginx refuses another of that name, which is another rule's.
      if (statement.name === "log_format" && name === "combined") continue;
      if (wordsOfParts(parts).has(keyOf(name))) continue;
      push(unused, statement.name, statement);
    }
    for (const [kind, all] of unused) {
      // A kit of parts: one cause.
      const told = all.length > MOST ? all.slice(0, 1) : all;
      for (const statement of told) {
        const names = (told === all ? [statement] : all).map((each) => definedBy(each) ?? "");
        report({
          at: statement,
          message: `Nothing uses ${told === all ? codeOf(statement) : `${shortListOf(names.map((name) => `\`${name}\``))} (\`${kind}\`)`}.`,
          help: `use ${told === all ? `\`${names[0]}\`` : "them"} where ${told === all ? "it is" : "they are"} meant, or remove ${told === all ? "it" : "them"}`,
          related: told === all ? [] : all.slice(1).map((at) => ({ at, message: "not used either" })),
          identity: `${kind} ${names[0]}`,
        });
      }
    }
  },
});

const NO_PARTS: readonly ConfigFile[] = [];

/** More of one kind are told together. */
const MOST = 3;

/** The words of snippets that sites are to include, in lower case: what is used in them is no leftover. */
const wordsOfParts = askedOnce((parts: readonly ConfigFile[]): ReadonlySet<string> => {
  const words = new Set<string>();
  const add = ({ items }: Pick<ConfigFile, "items">): void => {
    for (const item of items) {
      if (item.kind !== "directive") continue;
      for (const { value } of item.args) for (const word of wordsOf(value)) words.add(word);
      if (item.block?.kind === "block") add(item.block);
    }
  };
  for (const file of parts) add(file);
  return words;
});

/** A variable, or a name that {@link wordsOf} tells from its surroundings. */
function isWord(name: string): boolean {
  return /^\$\w+$|^[\w.-]+$/.test(name);
}

function keyOf(name: string): string {
  return name.toLowerCase();
}

/** The line that has each of the names; "several" where more than one has it. */
function linesOf(
  names: ReadonlySet<string>,
  statements: readonly Statement[],
): ReadonlyMap<string, Statement | "several"> {
  const lines = new Map<string, Statement | "several">();
  // Most words of a tree stand in many of its lines.
  const found = new Map<string, readonly string[]>();
  const add = (word: string, statement: Statement) => {
    const by = lines.get(word);
    if (by === undefined) lines.set(word, statement);
    else if (by !== statement) lines.set(word, "several");
  };
  const lengths = [...names].map(({ length }) => length);
  const [shortest, longest] = [least(lengths), greatest(lengths)];
  const addAll = (text: string, statement: Statement) => {
    if (text.length < shortest) return;
    if (PLAIN.test(text)) {
      if (text.length > longest) return;
      const word = keyOf(text);
      if (names.has(word)) add(word, statement);
      return;
    }
    let known = found.get(text);
    if (known === undefined) {
      known = wordsOf(text).filter((word) => names.has(word));
      found.set(text, known);
    }
    for (const word of known) add(word, statement);
  };
  for (const statement of statements) {
    if (names.has(keyOf(statement.name))) add(keyOf(statement.name), statement);
    for (const arg of statement.args) addAll(arg, statement);
  }
  return lines;
}

/** One word. */
const PLAIN = /^[\w-]*$/;

/** The variables of a text in either spelling, its words, and what a word has before a dot. */
function wordsOf(text: string): readonly string[] {
  if (PLAIN.test(text)) return [keyOf(text)];
  const words: string[] = [];
  if (text.includes("$"))
    for (const [, variable] of text.matchAll(/\$\{?(\w+)/g)) words.push(keyOf(`$${variable}`));
  for (const word of keyOf(text).split(/[^\w.-]+/)) {
    words.push(word);
    for (let dot = word.indexOf("."); dot > 0; dot = word.indexOf(".", dot + 1)) {
      if (dot > LONGEST) break;
      words.push(word.slice(0, dot));
    }
  }
  return words;
}

/** No name of an upstream is longer, and a line of dots must not be taken apart. */
const LONGEST = 255;

/** Directives that define something by a name. */
const DEFINING = [
  "map",
  "geo",
  "split_clients",
  "upstream",
  "log_format",
  "proxy_cache_path",
  "fastcgi_cache_path",
  "uwsgi_cache_path",
  "scgi_cache_path",
];

/** The name that a line defines; null where it defines none. */
function definedBy({ name, args, context }: Statement): string | null {
  if (context.kind !== "http") return null;
  switch (name) {
    case "map":
      return args[1] ?? null;
    case "geo":
    case "split_clients":
      return args.at(-1) ?? null;
    case "upstream":
    case "log_format":
      return args[0] ?? null;
    case "proxy_cache_path":
    case "fastcgi_cache_path":
    case "uwsgi_cache_path":
    case "scgi_cache_path":
      return (
        args
          .find((word) => word.startsWith("keys_zone="))
          ?.slice(10)
          .split(":")[0] ?? null
      );
    default:
      return null;
  }
}

/** The host of some pass is a variable: it may be the name of any upstream. */
function passesByVariable(configuration: Configuration, kinds: readonly string[]): boolean {
  const passes = kinds.filter((name) => name.endsWith("_pass")).flatMap((name) => configuration.all(name));
  return passes.some(({ args }) => /^(\w+:\/\/)?[^/]*\$/.test(args[0] ?? ""));
}
