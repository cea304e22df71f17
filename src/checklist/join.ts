/** Answers about several trees together. */
import { MOST_PLACES } from "../linter/index.ts";
import { append } from "../lists/index.ts";
import { type Answer, reasonOfAll, type Status } from "./answer.ts";

/** What is worse in one tree speaks for all; what does not apply in one may apply in another. */
const WORST_FIRST: readonly Status[] = ["fail", "manual", "pass", "n/a"];

/**
 * One answer for each item.
 * @param all the answers about each tree, in the same order of items; trees may be thousands, so that they are asked for one by one
 * @param areParts the trees are parts of one configuration
 */
export function joinAnswers(all: Iterable<readonly Answer[]>, areParts: boolean): readonly Answer[] {
  let count = 0;
  let only: readonly Answer[] = [];
  let items: readonly JoinedItem[] = [];
  for (const answers of all) {
    count++;
    only = answers;
    if (count === 1) items = answers.map((answer) => new JoinedItem(answer));
    else for (const [index, answer] of answers.entries()) items[index]?.add(answer);
  }
  if (count === 1) return only;
  return items.map((item) => {
    const { answer } = item;
    return areParts && answer.id === "setup.split-files"
      ? { ...answer, status: "pass", reason: `${count} files` }
      : answer;
  });
}

/** What trees say of one item: those that say the worst. */
class JoinedItem {
  readonly #about: Omit<Answer, "hasMore">;
  #status: Status;
  #reasons = new Set<string>();
  #rules = new Set<string>();
  #places: Answer["places"][number][] = [];
  #hasMore = false;

  constructor(first: Answer) {
    const { hasMore: _, ...about } = first;
    this.#about = about;
    this.#status = first.status;
    this.add(first);
  }

  add({ status, reason, rules, places, hasMore }: Answer): void {
    const order = WORST_FIRST.indexOf(status) - WORST_FIRST.indexOf(this.#status);
    if (order > 0) return;
    if (order < 0) {
      this.#status = status;
      this.#reasons = new Set();
      this.#rules = new Set();
      this.#places = [];
      this.#hasMore = false;
    }
    if (reason !== "") this.#reasons.add(reason);
    for (const rule of rules) this.#rules.add(rule);
    const room = MOST_PLACES - this.#places.length;
    append(this.#places, places.slice(0, room));
    this.#hasMore ||= hasMore === true || places.length > room;
  }

  get answer(): Answer {
    return {
      ...this.#about,
      status: this.#status,
      reason: reasonOfAll([...this.#reasons]),
      rules: [...this.#rules],
      places: this.#places,
      ...(this.#hasMore ? { hasMore: true } : {}),
    };
  }
}
