/** The text of a settings file (YAML or JSON) as a tree in which everything knows its place. */
import type { Alias, Document, Node, Pair, ParsedNode } from "yaml";
import type { SettingsProblem } from "./settings-error.ts";

/** 1-based; columns in UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type Located = Scalar | List | Mapping;

export interface Scalar {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  /** As written: `1.30`, where the value is the number 1.3. */
  readonly source: string;
  readonly at: Place;
}

export interface List {
  readonly kind: "list";
  readonly items: readonly Located[];
  readonly at: Place;
}

export interface Entry {
  readonly key: string;
  readonly keyAt: Place;
  readonly value: Located;
}

export interface Mapping {
  readonly kind: "mapping";
  readonly entries: readonly Entry[];
  readonly at: Place;
}

/** Settings are small; what is larger is another file, or an attack. */
const MOST_BYTES = 256 * 1024;
const MOST_NODES = 20_000;
const MOST_DEPTH = 32;
const TOO_DEEP = "is nested too deeply: not a settings file";

/** A parsed file: its tree (null where there is none to use) and the mistakes of its syntax. */
export interface SettingsDocument {
  readonly root: Located | null;
  readonly problems: readonly SettingsProblem[];
}

/**
 * Reads the bytes of a settings file. `name` is what messages call it.
 * JSON is read as the YAML that it is, so both have places.
 */
export async function readDocument(bytes: Uint8Array, name: string): Promise<SettingsDocument> {
  const whole = (message: string): SettingsDocument => ({
    root: null,
    problems: [{ file: name, line: 1, column: 1, message }],
  });
  if (bytes.length > MOST_BYTES) return whole(`is larger than ${MOST_BYTES / 1024} KiB: not a settings file`);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return whole("is UTF-16; save it as UTF-8");
  }
  const text = decode(bytes);
  if (text === null) {
    return {
      root: null,
      problems: [{ file: name, ...firstBadByte(bytes), message: "is not UTF-8; save it as UTF-8" }],
    };
  }
  if (text.trim() === "") {
    return whole("is empty; `nginx-lint init` writes a commented one, and `{}` stands for no settings");
  }
  if (text.includes("\0")) return whole("contains NUL bytes: not a text file");
  return parse(text, name);
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Only asked when decoding failed: the lines before the broken one decode. */
function firstBadByte(bytes: Uint8Array): Place {
  let line = 1;
  let start = 0;
  for (;;) {
    const newline = bytes.indexOf(10, start);
    const end = newline === -1 ? bytes.length : newline;
    if (decode(bytes.subarray(start, end)) === null || newline === -1) break;
    line++;
    start = newline + 1;
  }
  let column = 1;
  while (decode(bytes.subarray(start, start + column)) !== null && start + column < bytes.length) column++;
  return { line, column };
}

async function parse(text: string, name: string): Promise<SettingsDocument> {
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  const problems: SettingsProblem[] = [];
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const complain = (at: Place, message: string) => problems.push({ file: name, ...at, message });

  let document: Document.Parsed;
  try {
    // Repeated keys are looked for below, where both places are known.
    document = yaml.parseDocument(text, {
      lineCounter: lines,
      uniqueKeys: false,
      prettyErrors: false,
      version: "1.2",
    });
  } catch (error) {
    // The parser recurses: thousands of nested brackets end here.
    if (!(error instanceof RangeError)) throw error;
    complain({ line: 1, column: 1 }, TOO_DEEP);
    return { root: null, problems };
  }
  const [first] = document.errors;
  if (first !== undefined) {
    // What follows the first error of syntax is often its consequence.
    const isDeep = /call stack/.test(first.message);
    complain(place(first.pos[0]), isDeep ? TOO_DEEP : syntaxMessage(first.code, first.message));
    return { root: null, problems };
  }
  for (const warning of document.warnings) {
    complain(
      place(warning.pos[0]),
      `${warning.message.replace("tag:yaml.org,2002:", "!!")}; settings are plain data`,
    );
  }

  let targets: ReadonlyMap<Alias, Node> | undefined;
  let nodes = 0;
  let exhausted = false;
  const locate = (node: Node | null, fallback: Place, depth: number): Located => {
    const at = node?.range ? place(node.range[0]) : fallback;
    const nothing: Scalar = { kind: "scalar", value: null, source: "", at };
    if (exhausted) return nothing;
    if (++nodes > MOST_NODES || depth > MOST_DEPTH) {
      exhausted = true;
      complain(at, depth > MOST_DEPTH ? TOO_DEEP : "is too large with its aliases expanded");
      return nothing;
    }
    if (node === null) return nothing;
    if (yaml.isAlias(node)) {
      targets ??= targetsOfAliases(document, yaml);
      const target = targets.get(node);
      if (target === undefined) {
        complain(at, `there is no anchor \`&${node.source}\` before this alias`);
        return nothing;
      }
      return locate(target, at, depth + 1);
    }
    if (yaml.isSeq(node)) {
      return {
        kind: "list",
        at,
        items: node.items.map((item) => locate(yaml.isNode(item) ? item : null, at, depth + 1)),
      };
    }
    if (yaml.isMap(node)) {
      const entries: Entry[] = [];
      const seen = new Map<string, Place>();
      for (const pair of node.items as Pair<ParsedNode, ParsedNode | null>[]) {
        const keyAt = pair.key?.range ? place(pair.key.range[0]) : at;
        if (!yaml.isScalar(pair.key)) {
          complain(keyAt, "a key must be a plain word");
          continue;
        }
        const key = pair.key.source ?? String(pair.key.value ?? "");
        const earlier = seen.get(key);
        if (earlier !== undefined) {
          complain(keyAt, `\`${key}\` is given twice; the first is at line ${earlier.line}`);
          continue;
        }
        seen.set(key, keyAt);
        entries.push({ key, keyAt, value: locate(pair.value, keyAt, depth + 1) });
      }
      return { kind: "mapping", at, entries };
    }
    if (!yaml.isScalar(node)) return nothing;
    const { value } = node;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      return { kind: "scalar", value, source: node.source ?? String(value), at };
    }
    return nothing;
  };
  // Comments alone are no settings, and no mistake.
  const root = document.contents === null ? null : locate(document.contents, { line: 1, column: 1 }, 0);
  return { root: exhausted ? null : root, problems };
}

/** What each alias stands for: the last node before it with its anchor. One look for all of them. */
function targetsOfAliases(document: Document.Parsed, yaml: typeof import("yaml")): Map<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  yaml.visit(document, {
    Node(_, node) {
      if (yaml.isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

/** The commonest slips in plainer words than the parser's. */
function syntaxMessage(code: string, message: string): string {
  switch (code) {
    case "TAB_AS_INDENT":
      return "indent YAML with spaces, not tabs";
    case "BLOCK_AS_IMPLICIT_KEY":
      return "two `:` on one line, or wrong indentation; quote a value that holds `: `";
    case "MULTIPLE_DOCS":
      return "holds several documents (`---`); write one";
    default:
      return `not YAML: ${message}`;
  }
}

/** The value of a key of a mapping, with the place of the key. */
export function entryOf(mapping: Mapping, key: string): Entry | undefined {
  return mapping.entries.find((entry) => entry.key === key);
}
