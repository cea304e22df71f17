/** What an argument with variables can be where it stands, and who chooses each part of it. */
import { append, greatest } from "../../lists/index.ts";
import { spend } from "../budget.ts";
import { hasByte, setOf, TextLanguage, toBytes } from "../regex/index.ts";
import { type Definition, definitionsOf, type MapDefinition } from "../request/definitions.ts";
import { readScript, type ScriptPart } from "../request/script.ts";
import type { Server } from "../server.ts";
import type { ServerName } from "../server-name.ts";
import type { Context, Statement } from "../tree.ts";
import { BYTES, type Chooser, type Origin, type Source, sourceOf } from "./sources.ts";
import { literally, type Step, type Subject, stepsTo } from "./steps.ts";

/** A part of a value: a text of the configuration, or a variable. */
export interface ValuePart extends Source {
  /** As it is written: `https://`, `$uri`, `$1`. */
  readonly written: string;
  /** Who picks it where it is one of several texts: the chooser of a map's source. */
  readonly pickedBy: Chooser;
}

/** A value at a place: its parts in order. */
export class AttackedValue {
  readonly parts: readonly ValuePart[];
  #language: TextLanguage | undefined;

  constructor(parts: readonly ValuePart[]) {
    this.parts = parts;
  }

  /** The least trustworthy of those who choose bytes of it. */
  get chooser(): Chooser {
    return strongest(this.parts.map(({ chooser }) => chooser));
  }

  /** The parts that any client chooses. */
  get chosen(): readonly ValuePart[] {
    return this.parts.filter(({ chooser }) => chooser === "client");
  }

  /** The parts of a request by which any client has a say. */
  get origins(): readonly Origin[] {
    return distinct(this.parts.flatMap(({ origins }) => origins));
  }

  /** All that it can be. */
  get language(): TextLanguage {
    this.#language ??= TextLanguage.concatenation(this.parts.map(({ language }) => language));
    return this.#language;
  }

  /** Whether any client can bring a byte into it, given as a character. */
  clientsCanWrite(char: string): boolean {
    return this.chosen.some(({ language }) => language.mayHold(char.charCodeAt(0)));
  }
}

const RANK: readonly Chooser[] = ["operator", "nginx", "upstream", "secret", "unknown", "client"];

function strongest(choosers: readonly Chooser[]): Chooser {
  return RANK[greatest([0, ...choosers.map((chooser) => RANK.indexOf(chooser))])] ?? "operator";
}

function distinct(origins: readonly Origin[]): readonly Origin[] {
  const byKey = new Map(origins.map((origin) => [keyOf(origin), origin]));
  return [...byKey.values()];
}

function keyOf(origin: Origin): string {
  return `${origin.kind} ${"name" in origin ? origin.name : ""}`;
}

/** Values are followed so far: a chain of `set` may double its length at every step. */
const MOST_PARTS = 60;
const DEEPEST = 12;

/**
 * The value of an argument at a place.
 * @param until the directive of the rewrite module that the argument belongs to; null for one that is asked for later
 * @param takesAnyName whether the server is asked for names that it does not list
 */
export function valueAt(
  place: { readonly server: Server; readonly context: Context; readonly takesAnyName: boolean },
  argument: string,
  until: Statement | null,
): AttackedValue {
  const steps = stepsTo(place.server, place.context, until);
  const reader = new Reader(place.server, place.context, place.takesAnyName, steps);
  const isEscaped = until?.name === "rewrite" || until?.name === "set";
  return new AttackedValue(reader.parts(readScript(argument), steps.length, 0, { isEscaped }));
}

/** What a text stands in. */
interface Around {
  /** nginx encodes `$1` to `$9` here as it does arguments (`ngx_http_script_copy_capture_code`). */
  readonly isEscaped?: boolean;
  readonly entry?: Inside | null;
}

/** Captures and what is known of a variable inside of a map's entry. */
interface Inside {
  readonly pattern: string;
  readonly caseless: boolean;
  readonly source: ValuePart;
  /** The variable that is the source, where it is one. */
  readonly variable: string | null;
}

class Reader {
  readonly #server: Server;
  readonly #context: Context;
  readonly #takesAnyName: boolean;
  readonly #steps: readonly Step[];
  readonly #sets = new Map<number, readonly ValuePart[]>();
  /** What is in variables from elsewhere, by their names and how deep they were met; and how many parts that took. */
  readonly #known = new Map<string, { readonly part: ValuePart; readonly work: number }>();
  /** Parts that were read. */
  #work = 0;

  constructor(server: Server, context: Context, takesAnyName: boolean, steps: readonly Step[]) {
    this.#server = server;
    this.#context = context;
    this.#takesAnyName = takesAnyName;
    this.#steps = steps;
  }

  parts(script: readonly ScriptPart[], before: number, depth: number, around: Around = {}): ValuePart[] {
    const found: ValuePart[] = [];
    for (const part of script) {
      this.#reads(1);
      append(found, this.#part(part, before, depth, around));
    }
    return found.length > MOST_PARTS ? [merged(found, "…")] : found;
  }

  #reads(parts: number): void {
    this.#work += parts;
    spend(4 * parts);
  }

  #part(part: ScriptPart, before: number, depth: number, around: Around): readonly ValuePart[] {
    switch (part.kind) {
      case "text":
        return [textPart(part.text)];
      case "filled":
        return [unknown(part.text)];
      case "capture":
        return [this.#capture(part.index, before, depth, around)];
      case "variable":
        return depth > DEEPEST
          ? [unknown(`$${part.name}`)]
          : this.#variable(part.name, before, depth, around.entry ?? null);
    }
  }

  #variable(name: string, before: number, depth: number, inside: Inside | null): readonly ValuePart[] {
    const group = inside === null ? null : groupOf(inside, name);
    if (group !== null) return [{ ...group, written: `$${name}` }];
    const own = this.#filled(name, before, depth);
    const parts = own ?? [this.#givenOnce(name, depth)];
    const [only] = parts;
    if (parts.length !== 1 || only === undefined) return parts;
    const guarded = this.#guarded(only, name, before);
    return [inside !== null && inside.variable === name ? matching(guarded, inside) : guarded];
  }

  /** What `set` and named captures have put into a variable; null where none does here. */
  #filled(name: string, before: number, depth: number): readonly ValuePart[] | null {
    const found: (readonly ValuePart[])[] = [];
    let isSure = false;
    for (let at = before - 1; at >= 0 && !isSure; at--) {
      const step = this.#steps[at];
      if (step?.kind === "set" && step.name === name) {
        found.push(this.#set(step.value, at, depth));
        isSure = step.isSure;
      } else if (step?.kind === "pattern" && step.pattern.includes("(?")) {
        const group = this.#group(step, name, at, depth);
        if (group === null) continue;
        found.push([{ ...group, written: `$${name}` }]);
        isSure = step.isSure;
      }
    }
    const [first] = found;
    if (first === undefined) return null;
    if (isSure && found.length === 1) return first;
    const all = found.map((parts) => merged(parts, `$${name}`));
    return [either(isSure ? all : [...all, textPart("")], `$${name}`)];
  }

  /** What the `set` of a step gave. */
  #set(value: string, at: number, depth: number): readonly ValuePart[] {
    let parts = this.#sets.get(at);
    if (parts === undefined) {
      parts = this.parts(readScript(value), at, depth + 1, { isEscaped: true });
      this.#sets.set(at, parts);
    }
    return parts;
  }

  /** Maps of maps ask again and again. It costs as much as it did, since its language is as large. */
  #givenOnce(name: string, depth: number): ValuePart {
    const key = `${depth} ${name}`;
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.#reads(known.work);
      return known.part;
    }
    const before = this.#work;
    const part = this.#given(name, depth);
    this.#known.set(key, { part, work: this.#work - before });
    return part;
  }

  /** What else is in a variable. */
  #given(name: string, depth: number): ValuePart {
    const written = `$${name}`;
    const { configuration } = this.#server;
    const definitions = definitionsOf(configuration);
    const definition = definitions.byName.get(name);
    if (definition !== undefined) return this.#defined(definition, written, depth);
    if (name === "host") return this.#host();
    const source = name === "uri" || name === "document_uri" ? this.#uri() : sourceOf(name);
    if (source !== null) return { ...source, written, pickedBy: "operator" };
    if (!definitions.isFilledSomewhere(name)) return unknown(written);
    return this.#elsewhere(name, depth);
  }

  /** It is filled by another part of the configuration, whose value may come along with the request. */
  #elsewhere(name: string, depth: number): ValuePart {
    const written = `$${name}`;
    const found = [textPart("")];
    for (const statement of this.#server.context.allBelow("set")) {
      if (statement.args[0]?.toLowerCase() !== written || found.length > 8) continue;
      const context = statement.context;
      const steps = stepsTo(this.#server, context, statement);
      const reader = new Reader(this.#server, context, this.#takesAnyName, steps);
      const parts = reader.parts(readScript(statement.args[1] ?? ""), steps.length, depth + 4, {
        isEscaped: true,
      });
      found.push(merged(parts, written));
    }
    return inexact(either(found, written));
  }

  #defined(definition: Definition, written: string, depth: number): ValuePart {
    switch (definition.kind) {
      case "map":
        return this.#mapped(definition, written, depth);
      case "geo": {
        const { entries, fallback } = definition;
        const texts = [fallback, ...entries.map(({ value }) => value)];
        return {
          ...either(
            texts.map((text) => textPart(toBytes(text))),
            written,
          ),
          pickedBy: "nginx",
        };
      }
      case "split_clients": {
        const texts = definition.shares.map(({ value }) => textPart(toBytes(value)));
        return { ...either([...texts, textPart("")], written), pickedBy: "nginx" };
      }
      case "unread":
        return unknown(written);
    }
  }

  #mapped(map: MapDefinition, written: string, depth: number): ValuePart {
    const end = this.#steps.length;
    const source = merged(this.parts(readScript(map.source), end, depth + 1), map.source);
    const variable = /^\$\{?(\w+)\}?$/.exec(map.source)?.[1]?.toLowerCase() ?? null;
    const values = new Map<string, ValuePart>();
    const add = (value: string, inside: Inside | null) => {
      const isPlain = !value.includes("$");
      const key = isPlain ? value : `${inside?.pattern}\n${value}`;
      if (values.has(key) || values.size > MOST_VALUES) return;
      const parts = this.parts(readScript(value), end, depth + 1, { entry: inside });
      values.set(key, merged(parts, value));
    };
    for (const [key, value] of map.literals) {
      const pattern = map.hostnames ? "" : `^${literally(key)}\\z`;
      add(value, { pattern, caseless: true, source, variable });
    }
    for (const { text, caseless, value } of map.patterns)
      add(value, { pattern: text, caseless, source, variable });
    add(map.fallback, null);
    const all = either([...values.values()], written);
    const pickedBy = strongest([source.chooser, all.pickedBy]);
    return { ...all, origins: distinct([...all.origins, ...source.origins]), pickedBy };
  }

  /** `$1` to `$9`: of the last pattern with such a group that surely matched, or of one that may have been asked after it. */
  #capture(
    index: number,
    before: number,
    depth: number,
    { isEscaped = false, entry = null }: Around,
  ): ValuePart {
    const written = `$${index}`;
    const own = entry === null ? null : groupOf(entry, index);
    if (own !== null) return { ...own, written };
    const found: ValuePart[] = [];
    for (let at = before - 1; at >= 0; at--) {
      const step = this.#steps[at];
      if (step?.kind !== "pattern") continue;
      const group = this.#group(step, index, at, depth, isEscaped);
      if (group === null) continue;
      found.push({ ...group, written });
      if (step.isSure) break;
    }
    return found.length === 0 ? textPart("") : either(found, written);
  }

  #group(
    { pattern, caseless, subject }: Extract<Step, { kind: "pattern" }>,
    group: number | string,
    at: number,
    depth: number,
    isEscaped = false,
  ): ValuePart | null {
    if (!pattern.includes("(")) return null;
    const whole = this.#subject(subject, at, depth);
    // A line end came encoded, and so the target held a `%`: everything is encoded again.
    const source = isEscaped ? { ...whole, language: whole.language.within(BYTES.target()) } : whole;
    return groupOf({ pattern, caseless, source, variable: null }, group);
  }

  #subject(subject: Subject, at: number, depth: number): ValuePart {
    if (subject === "uri") return { ...SUBJECTS.uri(), written: "$uri", pickedBy: "operator" };
    if (subject === "host") return { ...SUBJECTS.host(), written: "$host", pickedBy: "operator" };
    if (depth > DEEPEST) return unknown(subject.argument);
    return merged(this.parts(readScript(subject.argument), at, depth + 1), subject.argument);
  }

  #guarded(part: ValuePart, name: string, before: number): ValuePart {
    let { language } = part;
    for (const step of this.#steps.slice(0, before)) {
      if (step.kind !== "guard" || step.name !== name) continue;
      language = language.matching(step.pattern, step);
    }
    return language === part.language ? part : { ...part, language };
  }

  /** The URI, as far as the location says what it is. */
  #uri(): Source | null {
    const path = sourceOf("uri");
    const location = this.#server.locationOf(this.#context);
    if (path === null || location === null || location.isNamed) return path;
    const isChanged =
      this.#steps.some(({ kind }) => kind === "uri") ||
      location.context.has("try_files") ||
      location.context.has("index");
    if (isChanged) return path;
    const { pattern, isExact, isRegex, isCaseless } = location;
    if (isExact) {
      return { chooser: "operator", origins: [], language: TextLanguage.text(toBytes(pattern)) };
    }
    if (isRegex) return { ...path, language: path.language.matching(pattern, { caseless: isCaseless }) };
    const rest = TextLanguage.repeated(BYTES.path());
    return { ...path, language: TextLanguage.concatenation([TextLanguage.text(toBytes(pattern)), rest]) };
  }

  /** `$host`: any name where the server takes any, else those that it lists. */
  #host(): ValuePart {
    const written = "$host";
    const { names, partial } = this.#server;
    const any: ValuePart = { ...SUBJECTS.host(), written, pickedBy: "operator" };
    if (this.#takesAnyName) return any;
    // What includes it, or another file, may list the names.
    if (partial) return { ...any, chooser: "unknown", origins: [] };
    const listed = names.map((name) => listedHost(name, any));
    return { ...either(listed, written), pickedBy: "client" };
  }
}

/** `$host` under one name of a server. */
function listedHost(name: ServerName, any: ValuePart): ValuePart {
  const { language } = any;
  switch (name.kind) {
    case "exact":
      return textPart(toBytes(name.text));
    case "suffix":
      return { ...any, language: language.matching(`${literally(name.suffix)}\\z`) };
    case "prefix":
      return { ...any, language: language.matching(`^${literally(name.prefix)}`) };
    case "regex":
      return { ...any, language: language.matching(name.pattern, { caseless: true }) };
  }
}

/** The longest list of values that is told apart. */
const MOST_VALUES = 200;

const SUBJECTS = {
  uri: (): Source => {
    const language = TextLanguage.repeated(BYTES.path());
    return { chooser: "client", origins: [{ kind: "path" }], language };
  },
  host: (): Source => {
    const language = TextLanguage.repeated(BYTES.host());
    return { chooser: "client", origins: [{ kind: "header", name: "host" }], language };
  },
};

function groupOf({ pattern, caseless, source }: Inside, group: number | string): ValuePart | null {
  if (!pattern.includes("(")) return null;
  const language = TextLanguage.group(pattern, group, { caseless, within: source.language.bytes });
  return language === null ? null : { ...source, language };
}

/** The part where its text is known to match. */
function matching(part: ValuePart, { pattern, caseless }: Inside): ValuePart {
  if (pattern === "") return inexact(part);
  return { ...part, language: part.language.matching(pattern, { caseless }) };
}

function inexact(part: ValuePart): ValuePart {
  const language = TextLanguage.union([part.language, TextLanguage.repeated(setOf(), { exact: false })]);
  return { ...part, language };
}

function textPart(bytes: string): ValuePart {
  return {
    written: bytes,
    chooser: "operator",
    origins: [],
    pickedBy: "operator",
    language: TextLanguage.text(bytes),
  };
}

function unknown(written: string): ValuePart {
  return {
    written,
    chooser: "unknown",
    origins: [],
    pickedBy: "unknown",
    language: TextLanguage.repeated(BYTES.any(), { exact: false }),
  };
}

/** Who has a say in several parts, and by what of the request. */
function choiceOf(parts: readonly ValuePart[]): Pick<ValuePart, "chooser" | "origins" | "pickedBy"> {
  return {
    chooser: strongest(parts.map(({ chooser }) => chooser)),
    origins: distinct(parts.flatMap(({ origins }) => origins)),
    pickedBy: strongest(parts.map(({ pickedBy }) => pickedBy)),
  };
}

/** Several parts in a row as one. */
function merged(parts: readonly ValuePart[], written: string): ValuePart {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return {
    written,
    ...choiceOf(parts),
    language: TextLanguage.concatenation(parts.map(({ language }) => language)),
  };
}

/** One part of several. */
function either(parts: readonly ValuePart[], written: string): ValuePart {
  return {
    written,
    ...choiceOf(parts),
    language: TextLanguage.union(parts.map(({ language }) => language)),
  };
}

/** Where a URL made of parts has its host, as far as clients have a say. */
export interface UrlParts {
  /** The parts before the path, whose bytes a client chooses. */
  readonly authority: readonly ValuePart[];
  /** The parts that follow, that a client chooses. */
  readonly path: readonly ValuePart[];
}

/**
 * Takes a URL apart. A part that begins with a slash, `?` or `#` wherever it is not empty ends the host; one that a client
 * chooses and that need not, belongs to it.
 */
export function urlParts({ parts }: AttackedValue): UrlParts {
  const authority: ValuePart[] = [];
  const path: ValuePart[] = [];
  let isPath = false;
  let text = "";
  for (const part of parts) {
    if (part.chooser === "operator" && part.origins.length === 0) {
      text += part.written;
      // One slash may become two.
      isPath ||= /^\/(?!\/)/.test(text)
        ? text.length > 1
        : /[/?#]/.test(text.replace(/^(?:[a-z][a-z+]*:)?\/\//i, ""));
      continue;
    }
    if (!isPath && endsHost(part)) isPath = text !== "" || authority.length > 0 || text.includes("://");
    if (part.chooser !== "client") text += "x";
    else if (isPath) path.push(part);
    else {
      authority.push(part);
      text += "x";
    }
  }
  return { authority, path };
}

function endsHost({ language }: ValuePart): boolean {
  const { set } = language.beginnings;
  for (let byte = 0; byte < 256; byte++) {
    if (hasByte(set, byte) && byte !== 0x2f && byte !== 0x3f && byte !== 0x23) return false;
  }
  return true;
}
