import {
  bounded,
  compareTreatments,
  type Difference,
  fileBaseOf,
  filePath,
  type Handler,
  handlerOf,
  isOnlyEnding,
  isSubset,
  type Location,
  languageOf,
  languageOfLocation,
  Memo,
  matchLocation,
  neverMeets,
  type Server,
  type Statement,
  toBytes,
  treatmentOf,
  unreachableLocations,
  witnessOf,
} from "../../semantics/index.ts";
import { candidatesFor, isForFiles, type Tail } from "../../site/index.ts";
import { type Confidence, type Detail, defineRule, type Report } from "../rule.ts";

/** Requests that look as if they belonged to a prefix, and are taken by a regular location that treats them differently. */
export default defineRule({
  id: "location-shadowed",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  fix: "unsafe",
  docs: {
    summary: "No regular location takes requests that belong to a prefix and treats them differently",
    why: "nginx remembers the longest prefix and then asks the regular locations in file order: the first that matches wins, however long the prefix is. So `location ~* \\.css$` takes the stylesheets of every prefix, with its own root, backend, access rules and headers. `^~` on the prefix stops that.",
    bad: `server {
    listen 80;
    location /django-static/ {
        alias /srv/django/static/;
    }
    location ~* \\.(js|css)$ {
        root /srv/app/dist;
        expires 1y;
    }
}
`,
    good: `server {
    listen 80;
    location ^~ /django-static/ {
        alias /srv/django/static/;
    }
    location ~* \\.(js|css)$ {
        root /srv/app/dist;
        expires 1y;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#location"],
  },
  check({ configuration, report }) {
    for (const server of configuration.servers) {
      if (server.context.incomplete) continue;
      const search = new Search(server);
      for (const { loser, askers } of contests(server)) {
        const pairs = search.pairsOf(loser, askers);
        if (pairs.length === 0 || unreachableLocations(server).has(loser)) continue;
        for (const pair of pairs) report(describe(pair, askers));
      }
    }
  },
});

/** A prefix, and the regular locations that nginx asks once it has remembered it, in their order. */
interface Contest {
  readonly loser: Location;
  readonly askers: readonly Location[];
}

function* contests(server: Server): Generator<Contest> {
  const pending: { level: readonly Location[]; outer: readonly Location[] }[] = [
    { level: server.locations, outer: [] },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { level, outer } = next;
    const patterns = level.filter(({ isRegex }) => isRegex);
    const open = patterns.length > 0 || outer.length > 0 ? [...patterns, ...outer] : outer;
    for (const location of level) {
      const { modifier, pattern, children } = location;
      const isPrefix = modifier === "" || modifier === "^~";
      // `^~` stops the patterns of its own level; one outside still wins.
      const askers = modifier === "^~" ? outer : open;
      if (isPrefix && pattern !== "/" && askers.length > 0) yield { loser: location, askers };
      if (children.length > 0) pending.push({ level: children, outer: isPrefix ? askers : [] });
    }
  }
}

interface Pair {
  readonly loser: Location;
  /** The pattern that takes the request. */
  readonly asker: Location;
  /** The same, or a location nested in it. */
  readonly winner: Location;
  readonly uri: string;
  readonly isCredible: boolean;
  readonly difference: Difference;
}

/** Searches for witnesses by automaton, beyond the usual paths. */
const MAX_SEARCHES = 200;

class Search {
  readonly #server: Server;
  readonly #lists = new Map<readonly Location[], PatternList>();
  #searches = 0;

  constructor(server: Server) {
    this.#server = server;
  }

  pairsOf(loser: Location, askers: readonly Location[]): readonly Pair[] {
    let list = this.#lists.get(askers);
    if (list === undefined) {
      list = patternList(askers);
      this.#lists.set(askers, list);
    }
    const pairs = new Map<Location, Pair>();
    const settled = new Set<Location>();
    const { folder, tails } = candidatesFor(loser);
    const folderBytes = toBytes(folder);
    for (const tail of tails) {
      const { text, isCredible } = tail;
      const asker = askers[list.first(folderBytes, tail) ?? askers.length];
      if (asker === undefined || (pairs.has(asker) && !isCredible)) continue;
      if (pairs.get(asker)?.isCredible) continue;
      const isTold = isCredible || isStatic(loser) || treatmentOf(loser).isRefusing;
      // What is not told only spares a search for other witnesses.
      if (!isTold && (settled.has(asker) || !isUnusual(asker))) continue;
      if (!mayDiffer(loser, asker) || neverMeets(asker, loser)) continue;
      const uri = folder + text;
      const bytes = folderBytes + text;
      const winner = this.#winner(loser, asker, bytes);
      if (winner === null) continue;
      settled.add(asker);
      const difference = isTold ? compareTreatments(loser, winner, bytes) : null;
      if (difference === null) continue;
      // Whoever looks for a way past a guard asks for what nobody else does.
      const isSought = isCredible || difference.kind === "access";
      if (isSought || isStatic(loser)) {
        pairs.set(asker, { loser, asker, winner, uri, isCredible: isSought, difference });
      }
    }
    for (const asker of askers) {
      if (settled.has(asker) || !isUnusual(asker)) continue;
      if (mayDiffer(loser, asker) && !neverMeets(asker, loser)) this.#searchWitness(loser, asker, pairs);
    }
    return [...pairs.values()].filter(({ asker }) => !isRefinement(asker, loser));
  }

  /** The location that really takes a URI of the loser, where it is the pattern or one nested in it. */
  #winner(loser: Location, asker: Location, bytes: string): Location | null {
    const match = matchLocation(this.#server, bytes);
    if (match.kind !== "location") return null;
    let remembered: Location | null = null;
    for (const step of match.steps) {
      if (step.kind === "prefix") remembered = step.location;
      if (step.kind === "regex" && step.matches === true) break;
    }
    if (remembered !== loser) return null;
    for (let around: Location | null = match.location; around !== null; around = around.outer) {
      if (around === asker) return match.location;
    }
    return null;
  }

  /** Unusual patterns: any URI of both. */
  #searchWitness(loser: Location, asker: Location, pairs: Map<Location, Pair>): void {
    if (this.#searches >= MAX_SEARCHES) return;
    if (!isForFiles(loser) && !treatmentOf(loser).isRefusing) return;
    const language = languageOfLocation(asker);
    if (language === null) return;
    this.#searches++;
    const found = witnessOf(language, { prefix: loser.pattern });
    if (found === null || isFarFetched(asker, loser, found.uri)) return;
    const winner = this.#winner(loser, asker, found.bytes);
    const difference = winner === null ? null : compareTreatments(loser, winner, found.bytes);
    if (winner === null || difference === null) return;
    pairs.set(asker, { loser, asker, winner, uri: found.uri, isCredible: true, difference });
  }
}

/** Requests that nobody sends: they only show how much a careless pattern matches. */
function isFarFetched(asker: Location, { pattern }: Location, uri: string): boolean {
  const isFile = /\/[^/]+\.\w+$/.test(pattern);
  // `/.well-known` with a dot that stands for any letter.
  return isFile || /\.?well-known/.test(asker.pattern) || uri.slice(pattern.length).includes("/.");
}

/** Not about endings of files: the usual paths say little about it. */
function isUnusual({ pattern }: Location): boolean {
  return !/\\\.|\.\(/.test(pattern);
}

/** A cheap look before any URI is tried. */
function mayDiffer(loser: Location, asker: Location): boolean {
  if (asker.children.length > 0) return true;
  const meant = treatmentOf(loser);
  const got = treatmentOf(asker);
  return !meant.isUnclear && !got.isUnclear && got.handler.kind !== "return" && !got.isRefusing;
}

const patternLists = new Memo<PatternList>(100);

/** One for all that is written alike: a thousand sites share a few lists. */
function patternList(askers: readonly Location[]): PatternList {
  const key = askers.map(({ modifier, pattern }) => `${modifier} ${pattern.length} ${pattern}`).join("\n");
  return patternLists.get(key, () => new PatternList(askers));
}

interface NumberedPattern {
  readonly number: number;
  readonly compiled: Location["compiled"];
}

/** Finds the first pattern of a list that matches, by its number. */
class PatternList {
  readonly #byEnding: readonly NumberedPattern[];
  readonly #byAll: readonly NumberedPattern[];
  readonly #endings = new Map<string, number | "undecided" | null>();

  constructor(askers: readonly Location[]) {
    const byEnding: NumberedPattern[] = [];
    const byAll: NumberedPattern[] = [];
    askers.forEach((asker, number) => {
      // What stands before the last segment of a URI does not matter to those.
      (isOnlyEnding(asker) ? byEnding : byAll).push({ number, compiled: asker.compiled });
    });
    this.#byEnding = byEnding;
    this.#byAll = byAll;
  }

  /** Null where none matches, or one before it cannot be decided. */
  first(folder: string, { text, ending }: Tail): number | null {
    let byEnding = this.#endings.get(ending);
    if (byEnding === undefined) {
      byEnding = firstMatch(this.#byEnding, ending, Number.POSITIVE_INFINITY);
      this.#endings.set(ending, byEnding);
    }
    if (byEnding === "undecided") return null;
    if (this.#byAll.length === 0) return byEnding;
    const bound = byEnding ?? Number.POSITIVE_INFINITY;
    const byAll = firstMatch(this.#byAll, folder + text, bound);
    return byAll === "undecided" ? null : (byAll ?? byEnding);
  }
}

function firstMatch(
  patterns: readonly NumberedPattern[],
  bytes: string,
  bound: number,
): number | "undecided" | null {
  for (const { number, compiled } of patterns) {
    if (number > bound) return null;
    const pattern = compiled();
    if (pattern.kind !== "exact") return "undecided";
    if (pattern.test(bytes)) return number;
  }
  return null;
}

function isStatic({ context }: Location): boolean {
  return handlerOf(context).kind === "static";
}

/** A pattern for nothing but a part of the prefix, in whatever case, is meant so. */
function isRefinement(asker: Location, loser: Location): boolean {
  if (!asker.pattern.startsWith("^")) return false;
  const language = languageOfLocation(asker);
  const prefix = loser.pattern.replace(/\/$/, "");
  if (language === null) return asker.pattern.slice(1).startsWith(prefix);
  const escaped = prefix.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const below = languageOf(`^${escaped}`, { caseless: true });
  return below.kind === "language" && bounded(() => isSubset(language, below.language)) === true;
}

function describe(pair: Pair, askers: readonly Location[]): Report {
  const { loser, asker, winner, uri, isCredible, difference } = pair;
  const bytes = toBytes(uri);
  const details: Detail[] = [
    { label: "request", text: `GET ${uri}` },
    placeDetail("gets", winner, bytes),
    placeDetail("meant", loser, bytes),
  ];
  return {
    at: winner.statement,
    message: `Requests for \`${loser.title}\` end up in \`${winner.title}\`, ${consequence(difference, loser, winner)}.`,
    help: repairOf(loser, asker, askers),
    confidence: confidenceOf(loser, isCredible),
    related: [{ at: loser.statement, message: "loses the request" }],
    witness: { kind: "request", value: `GET ${uri}` },
    details,
    identity: `${loser.title} ${asker.title}`,
    ...fixOf(loser, asker),
  };
}

function confidenceOf(loser: Location, isCredible: boolean): Confidence {
  if (!isCredible) return "low";
  return loser.server.partial ? "medium" : "high";
}

function consequence(difference: Difference, loser: Location, winner: Location): string {
  switch (difference.kind) {
    case "file":
      return `which looks for their files below ${folderName(winner)} and not in ${folderName(loser)}`;
    case "handler":
      return `which hands them to ${sourceName(treatmentOf(winner).handler)} and not to ${sourceName(treatmentOf(loser).handler)}`;
    case "access":
      return difference.guard === null
        ? "which lets everyone in"
        : `where \`${[difference.guard.name, ...difference.guard.args].join(" ")}\` is not asked`;
    case "headers":
      return `and are sent without ${difference.names.map((name) => `\`${name}\``).join(", ")}`;
  }
}

function folderName({ context }: Location): string {
  const { statement, path } = fileBaseOf(context);
  return statement === null ? "nginx's own `html`" : `\`${path}\``;
}

function sourceName(handler: Handler): string {
  switch (handler.kind) {
    case "static":
      return handler.base.statement === null ? "nginx's own `html`" : `\`${handler.base.path}\``;
    case "pass":
      return `\`${handler.target}\``;
    case "module":
    case "return":
      return `\`${handler.statement.name}\``;
  }
}

/** What answers the URI at a location, and the line that says so. */
function placeDetail(label: string, location: Location, bytes: string): Detail {
  const { handler } = treatmentOf(location);
  const source: Statement | null = handler.kind === "static" ? handler.base.statement : handler.statement;
  const at = source ?? location.statement;
  if (handler.kind === "pass" && handler.pass === "fastcgi_pass") {
    const script = filePath(fileBaseOf(location.context), bytes);
    if (script !== null) return { label, text: `the script ${script}`, at };
  }
  if (handler.kind !== "static") {
    return { label, text: `${handler.statement.name} ${handler.statement.args.join(" ")}`, at };
  }
  return {
    label,
    text: (filePath(handler.base, bytes) ?? `a file below ${handler.base.path}`).replace(/\/{2,}/g, "/"),
    at,
  };
}

/** Writes `^~` where prefix and pattern stand side by side. */
function fixOf(loser: Location, asker: Location): Pick<Report, "fix"> {
  const [word, ...more] = loser.statement.directive.args;
  if (loser.outer !== asker.outer || loser.modifier !== "" || word === undefined || more.length > 0)
    return {};
  const edit = { file: loser.statement.file, offset: word.start, length: 0, text: "^~ " };
  return { fix: { description: "keep the patterns away with `^~`", safe: false, edits: [edit] } };
}

/** `^~` at the level of the pattern; where the prefix there is `/`, that would switch off all patterns. */
function repairOf(loser: Location, asker: Location, askers: readonly Location[]): string {
  let rival = loser;
  while (rival.outer !== null && rival.outer !== asker.outer) rival = rival.outer;
  if (rival.outer !== asker.outer || rival.pattern === "/") {
    return `exclude \`${loser.pattern}\` from the pattern, or nest \`${asker.title}\` in the location that it is for`;
  }
  const denials = askers.filter((other) => other.outer === asker.outer && treatmentOf(other).isRefusing);
  const [denial] = denials;
  const caution =
    denial === undefined ? "" : `; \`${denial.title}\` is then not asked here either, so nest a copy of it`;
  return `write \`location ^~ ${rival.pattern} {\`${caution}`;
}
