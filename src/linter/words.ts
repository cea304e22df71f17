/** What rules say of places, noted with the servers that it holds for, and put together by item or by server. */
import { push } from "../lists/index.ts";
import type { Anchor } from "../rules/index.ts";
import type { Region } from "./finding.ts";
import { spotOf } from "./plain-report.ts";

export type SayingKind = "violated" | "untold" | "met";

/** What a rule said of a place. */
export interface Saying {
  readonly kind: SayingKind;
  readonly at: Anchor;
  /** The numbers of the servers that it is about, each once; null: all of them. */
  readonly about: readonly number[] | null;
  readonly note: string | null;
  /** The rule that is named instead, where it speaks. */
  readonly owner: string | null;
  readonly items: readonly string[];
  /** It answers items, and says nothing of the rule itself. */
  readonly isOfItems: boolean;
}

/** All that was said of one place. */
interface Told {
  readonly at: Anchor;
  readonly notes: readonly string[];
  readonly owner: string | null;
}

/** Each place once, in the order in which they were named. */
export type Heard = Readonly<Record<SayingKind, ReadonlyMap<string, Told>>>;

/** What the rules that answer an item of the checklist say together. */
export interface ItemVerdict {
  /** `untold`: it is about something here, and no file tells whether it is kept. */
  readonly outcome: SayingKind;
  /** In reading order; of very many the first. */
  readonly places: readonly Region[];
  /** Some places are left out. */
  readonly hasMore: boolean;
  /** Of a violation the request that shows it, or what is seen; of what is not told, where to look. Each once. */
  readonly notes: readonly string[];
  /** The rules that say so, by their ids. */
  readonly rules: readonly string[];
}

/** Of one rule all is kept up to here; what comes then only where it says something of a server that was not said yet. */
export const MOST_SAYINGS = 10_000;
/** Servers that the sayings of one rule may name together. */
const MOST_NAMED = 300_000;
/** Places of an item that are named. */
export const MOST_PLACES = 1_000;

/** What one rule said. */
export class Words {
  readonly #sayings: Saying[] = [];
  #named = 0;
  #hasMore = false;
  #isCut = false;
  /** By server, kind and items: what was said. Made when not everything is kept any more. */
  #known: Set<string> | undefined;
  #byServer: ReadonlyMap<number | null, readonly number[]> | undefined;

  /** How much is kept. */
  get size(): number {
    return this.#sayings.length;
  }

  /** It names more servers than can be kept: what is said of one may be missing. */
  get isCut(): boolean {
    return this.#isCut;
  }

  add(saying: Saying): void {
    const { about } = saying;
    if (this.#sayings.length >= MOST_SAYINGS && !this.#isNews(saying)) {
      this.#hasMore = true;
      return;
    }
    this.#named += about?.length ?? 0;
    if (this.#named > MOST_NAMED && about !== null && about.length > 1) {
      this.#isCut = true;
      this.#named -= about.length;
      return;
    }
    this.#sayings.push(saying);
    this.#byServer = undefined;
  }

  #isNews(saying: Saying): boolean {
    this.#known ??= new Set(this.#sayings.flatMap(keysOf));
    const known = this.#known;
    const news = keysOf(saying).filter((key) => !known.has(key));
    for (const key of news) known.add(key);
    return news.length > 0;
  }

  /** @param numbers of servers; null: all of the tree */
  heard(numbers: readonly number[] | null): Heard {
    return put(this.#about(numbers).filter(({ isOfItems }) => !isOfItems));
  }

  /** By the item. */
  heardByItem(numbers: readonly number[] | null): ReadonlyMap<string, Heard> {
    const sayings = new Map<string, Saying[]>();
    for (const saying of this.#about(numbers)) for (const item of saying.items) push(sayings, item, saying);
    return new Map([...sayings].map(([item, own]) => [item, put(own)]));
  }

  /** Some places are not among those that are kept. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  violationsOf(item: string): readonly Saying[] {
    return this.#sayings.filter(({ kind, items }) => kind === "violated" && items.includes(item));
  }

  #about(numbers: readonly number[] | null): readonly Saying[] {
    if (numbers === null) return this.#sayings;
    this.#byServer ??= byServer(this.#sayings);
    const places = new Set<number>();
    for (const number of [null, ...numbers])
      for (const place of this.#byServer.get(number) ?? []) places.add(place);
    return [...places].sort((a, b) => a - b).flatMap((place) => this.#sayings[place] ?? []);
  }
}

function keysOf({ kind, about, items, isOfItems }: Saying): readonly string[] {
  const what = `${kind} ${isOfItems} ${items.join(" ")}`;
  return (about ?? ["all"]).map((server) => `${server} ${what}`);
}

/** The numbers of the sayings about each server; under null, of those about all of them. */
function byServer(sayings: readonly Saying[]): ReadonlyMap<number | null, readonly number[]> {
  const found = new Map<number | null, number[]>();
  for (const [place, { about }] of sayings.entries())
    for (const server of about ?? [null]) push(found, server, place);
  return found;
}

function put(sayings: readonly Saying[]): Heard {
  const told = {
    violated: new Map<string, Told>(),
    untold: new Map<string, Told>(),
    met: new Map<string, Told>(),
  };
  const notes = new Map<Told, string[]>();
  for (const { kind, at, note, owner } of sayings) {
    const { file, start, end } = spotOf(at);
    const key = `${file}\0${start}\0${end}`;
    const known = told[kind].get(key);
    const all = known === undefined ? [] : (notes.get(known) ?? []);
    if (note !== null) all.push(note);
    const now = { at, notes: all, owner: known?.owner === null ? null : owner };
    notes.set(now, all);
    told[kind].set(key, now);
  }
  return told;
}

/**
 * Violated where one rule says so; else not told where one says so; kept where one says so and none anything else; null where no
 * rule says anything.
 */
export function joined(
  spoken: readonly (readonly [id: string, heard: Heard, hasMore: boolean])[],
  toRegion: (at: Anchor) => Region,
): ItemVerdict | null {
  for (const outcome of ["violated", "untold", "met"] as const) {
    const speaking = new Set(spoken.flatMap(([id, heard]) => (heard[outcome].size > 0 ? [id] : [])));
    const isLeft = ({ owner }: Told) => owner === null || !speaking.has(owner);
    const same = spoken.flatMap(([id, heard, hasMore]) => {
      const own = [...heard[outcome].values()].filter(isLeft);
      return own.length > 0 ? [{ id, own, hasMore }] : [];
    });
    if (same.length === 0) continue;
    const places = same.flatMap(({ own }) => own.map(({ at }) => toRegion(at))).sort(inReadingOrder);
    const notes = new Set<string>();
    for (const [, heard] of spoken)
      for (const told of heard[outcome].values()) for (const note of told.notes) notes.add(note);
    return {
      outcome,
      places: places.slice(0, MOST_PLACES),
      hasMore: places.length > MOST_PLACES || same.some(({ hasMore }) => hasMore),
      notes: [...notes],
      rules: same.map(({ id }) => id),
    };
  }
  return null;
}

/**
 * The numbers of the servers of which an item is violated, as {@link joined} has it.
 *
 * @param spoken what each rule says of the item
 */
export function violators(
  spoken: readonly (readonly [id: string, violations: readonly Saying[]])[],
  servers: number,
): readonly number[] {
  const ofAll = new Speakers();
  const own = new Map<number, Speakers>();
  for (const [id, violations] of spoken) {
    for (const { about, owner } of violations) {
      if (about === null) ofAll.add(id, owner);
      for (const server of about ?? []) {
        const here = own.get(server) ?? new Speakers();
        own.set(server, here);
        here.add(id, owner);
      }
    }
  }
  const found: number[] = [];
  for (let server = 0; server < servers; server++) {
    const here = own.get(server);
    if (ofAll.violates(here) || (here?.violates(ofAll) ?? false)) found.push(server);
  }
  return found;
}

/** Who says that something is violated, and for whom. */
class Speakers {
  readonly ids = new Set<string>();
  readonly #owners = new Set<string | null>();

  add(id: string, owner: string | null): void {
    this.ids.add(id);
    this.#owners.add(owner);
  }

  /** Whether one of them speaks for a rule that does not speak itself, neither here nor among the others. */
  violates(others: Speakers | undefined): boolean {
    const speaks = (id: string) => this.ids.has(id) || (others?.ids.has(id) ?? false);
    return [...this.#owners].some((owner) => owner === null || !speaks(owner));
  }
}

export function inReadingOrder(a: Region, b: Region): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.offset - b.offset;
}
