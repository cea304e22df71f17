/** Asks two configurations the same requests, and tells which of them are answered in another way. */
import { append, push } from "../lists/index.ts";
import {
  type AnswerChange,
  Configuration,
  type Context,
  compareAnswers,
  describeOutcome,
  Model,
  opens,
  type Request,
  type Simulation,
  type SourceTree,
  simulate,
  type Version,
  type VirtualServer,
} from "../semantics/index.ts";
import { type Probe, probesOf, type World } from "./probes.ts";

/** What is kept of a simulation. */
export type Answer = Pick<
  Simulation,
  "server" | "context" | "location" | "outcome" | "errorPages" | "requestHeaders" | "responseHeaders"
>;

/** One request that is answered in another way. */
export interface AnswerDifference {
  readonly request: Request;
  /** What was assumed, for people: `when the upstream is down`; empty for nothing unusual. */
  readonly when: string;
  readonly before: Answer;
  readonly after: Answer;
  readonly changes: readonly AnswerChange[];
  /** It was refused before, and is let in after. */
  readonly opens: boolean;
}

/** What came of asking. */
export interface Comparison {
  readonly differences: readonly AnswerDifference[];
  /** How many requests were asked of both; those with a hundred headers count for several. */
  readonly asked: number;
  /** Servers that differ, and of which nothing, or not all, was asked for want of requests. */
  readonly unasked: number;
}

export interface ComparisonOptions {
  /** Ask no more requests than this; servers share them evenly. Default: 20,000. */
  readonly most?: number;
}

const MOST = 20_000;

/** With fewer headers a request counts for one; with a thousand, which nobody sends, for that many. */
const MANY_HEADERS = 32;

/** However many servers there are, of each it is asked what its locations are there for. */
const LEAST_OF_SERVER = 40;

/**
 * Compares what two configurations answer: of every server whose text differs (of all where something around them does), for
 * each location and guard.
 */
export function compareTrees(
  before: SourceTree,
  after: SourceTree,
  { version = null, ...options }: ComparisonOptions & { readonly version?: Version | null } = {},
): Comparison {
  const model = (tree: SourceTree) => new Model(new Configuration(tree), version);
  return new AnswersBefore(model(before)).compare(model(after), options);
}

/** One side of many comparisons: what it answers is remembered. */
export class AnswersBefore {
  readonly #model: Model;
  readonly #texts = new Map<Context, string>();
  readonly #probes = new Map<VirtualServer, readonly Probe[]>();
  readonly #answers = new Map<number, Map<World, Map<string, Answer>>>();
  #around: string | undefined;

  constructor(model: Model) {
    this.#model = model;
  }

  /** As {@link compareTrees}, with this side as the first. */
  compare(after: Model, { most = MOST }: ComparisonOptions = {}): Comparison {
    const servers = this.#touched(after);
    const share = Math.max(LEAST_OF_SERVER, Math.floor(most / Math.max(servers.length, 1)));
    const differences: AnswerDifference[] = [];
    let asked = 0;
    let unasked = 0;
    for (const index of servers) {
      if (asked >= most) {
        unasked++;
        continue;
      }
      for (const probe of this.#probesAt(index, after, Math.min(share, most - asked))) {
        if (asked >= most) {
          unasked++;
          break;
        }
        const old = this.#answerTo(probe, index);
        asked +=
          1 + Math.floor(((old.requestHeaders.length + old.responseHeaders.length) / MANY_HEADERS) ** 2);
        const now = answerOf(after, probe, index);
        const changes = compareAnswers(old, now);
        if (changes.length === 0) continue;
        const { request, world } = probe;
        differences.push({
          request,
          when: world.name,
          before: old,
          after: now,
          changes,
          opens: opens(old, now),
        });
      }
    }
    return { differences, asked, unasked };
  }

  /** The numbers of the servers that are written in another way, as far as an answer could show it. */
  #touched(after: Model): readonly number[] {
    const count = Math.max(this.#model.servers.length, after.servers.length);
    const all = Array.from({ length: count }, (_, index) => index);
    this.#around ??= textAround(this.#model);
    if (this.#model.servers.length !== after.servers.length || this.#around !== textAround(after)) return all;
    return all.filter((index) => {
      const old = this.#model.servers[index]?.context;
      const now = after.servers[index]?.context;
      if (old === undefined || now === undefined) return true;
      const known = this.#texts.get(old) ?? textIn(old);
      this.#texts.set(old, known);
      return known !== textIn(now);
    });
  }

  /** Those of both sides, each once; of a server that has more, the most telling. */
  #probesAt(index: number, after: Model, most: number): readonly Probe[] {
    const server = this.#model.servers[index];
    let known = server === undefined ? [] : this.#probes.get(server);
    if (known === undefined) {
      known = server === undefined ? [] : [...probesOf(server)];
      if (server !== undefined) this.#probes.set(server, known);
    }
    const now = after.servers[index];
    const theirs = now === undefined ? [] : [...probesOf(now)];
    const seen = new Map<World, Set<string>>();
    const found: Probe[] = [];
    const add = (probe: Probe | undefined) => {
      if (probe === undefined) return;
      const keys = seen.get(probe.world) ?? new Set();
      seen.set(probe.world, keys);
      const key = keyOf(probe.request);
      if (keys.has(key)) return;
      keys.add(key);
      found.push(probe);
    };
    for (let at = 0; found.length < most && at < Math.max(known.length, theirs.length); at++) {
      add(known[at]);
      add(theirs[at]);
    }
    return found;
  }

  #answerTo(probe: Probe, index: number): Answer {
    const ofServer = this.#answers.get(index) ?? new Map<World, Map<string, Answer>>();
    this.#answers.set(index, ofServer);
    const ofWorld = ofServer.get(probe.world) ?? new Map<string, Answer>();
    ofServer.set(probe.world, ofWorld);
    const key = keyOf(probe.request);
    const answer = ofWorld.get(key) ?? answerOf(this.#model, probe, index);
    ofWorld.set(key, answer);
    return answer;
  }
}

function keyOf({ scheme, host, local, uri }: Request): string {
  return `${scheme} ${host} ${local?.address ?? ""} ${local?.port ?? ""} ${uri}`;
}

/** What becomes of a request; in a fragment, of one that has come to the server with that number. */
function answerOf(model: Model, { request, world }: Probe, index: number): Answer {
  const { configuration, version } = model;
  const own = configuration.fragment ? model.servers[index]?.server : undefined;
  const options = { ...world.options, configuration, version };
  const { server, context, location, outcome, errorPages, requestHeaders, responseHeaders } = simulate(
    request,
    own === undefined ? options : { ...options, server: own },
  );
  return { server, context, location, outcome, errorPages, requestHeaders, responseHeaders };
}

/** Directives that no answer shows. */
const UNSEEN =
  /^(?:log_\w+|access_log|error_log|open_log_file_cache|ssl_(?!verify|client|reject|trusted|certificate)\w+|\w+_buffers?|\w+_buffer_size|\w+_timeout|keepalive_\w+|sendfile\w*|tcp_\w+|resolver\w*|worker_\w+|pid|user)$/;

/** What is written outside of servers. */
function textAround({ configuration, servers }: Model): string {
  const inside = new Set(servers.map(({ context }) => context));
  return textIn(configuration.root, inside);
}

function textIn(context: Context, without: ReadonlySet<Context> = new Set()): string {
  const parts: string[] = [];
  const read = (around: Context): void => {
    if (without.has(around)) return;
    parts.push(around.incomplete ? "{?" : "{");
    for (const { name, file, directive, block } of around.statements) {
      if (block === null && UNSEEN.test(name)) continue;
      const { start, end, args, block: body } = directive;
      // Raw blocks (Lua) are part of what is written.
      if (body === null) append(parts, [name, ...args.map(({ value }) => value), ";"]);
      else parts.push(file.text.slice(start, block === null ? end : body.open));
      if (block !== null) read(block);
    }
    parts.push("}");
  };
  read(context);
  return parts.join("\n");
}

/** How many sentences tell of differences. */
const MOST_TOLD = 4;

/** The differences in sentences without a stop, one for those of a kind: what opens first. */
export function tellDifferences(differences: readonly AnswerDifference[]): readonly string[] {
  const kinds = new Map<string, AnswerDifference[]>();
  for (const each of differences) {
    const parts = each.changes.map(({ part, name = "" }) => `${part} ${name}`).join("|");
    const key = `${each.before.location?.title} ${each.after.location?.title} ${parts}`;
    push(kinds, key, each);
  }
  const groups = [...kinds.values()].sort((a, b) => Number(b[0]?.opens) - Number(a[0]?.opens));
  const told = groups.slice(0, MOST_TOLD).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const others = group.length === 1 ? "" : ` (and ${group.length - 1} more)`;
    return [`${tellDifference(first)}${others}`];
  });
  const rest = groups.slice(MOST_TOLD).reduce((sum, { length }) => sum + length, 0);
  return rest === 0 ? told : [...told, `${rest} more requests are answered in another way`];
}

function tellDifference({ request, when, before, after, changes }: AnswerDifference): string {
  const { method = "GET", scheme = "http", host, uri, address } = request;
  const who = when === "" && address !== undefined ? ` from ${address}` : when === "" ? "" : ` ${when}`;
  const subject = `\`${method} ${host ? `${scheme}://${host}` : ""}${uri}\`${who}`;
  const isOther = changes.some(({ part }) => !part.endsWith("-header"));
  if (isOther) {
    const [was, is] = [describeOutcome(before.outcome), describeOutcome(after.outcome)];
    return was === is ? `${subject} gets ${is} in another way` : `${subject} gets ${is} instead of ${was}`;
  }
  const words = changes.map(({ part, name = "", before: was, after: is }) => {
    const to = part === "request-header" ? " to the upstream" : "";
    if (is === null) return `without \`${name}\`${to}`;
    if (was === null) return `with \`${name}: ${is}\`${to}`;
    return `with \`${name}: ${is}\` instead of \`${was}\`${to}`;
  });
  return `${subject} goes ${words.slice(0, 3).join(", ")}${words.length > 3 ? ", …" : ""}`;
}
