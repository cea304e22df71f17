/** What the language lacks for lists: adding all of one to another, and putting values together by a key. */

/**
 * Adds all of one list to another. `list.push(...items)` ends the run where there are more than about 120,000: each is an
 * argument on the stack. `check:style` refuses that.
 */
export function append<Value>(list: Value[], items: readonly Value[]): void {
  for (const item of items) list.push(item);
}

/** Adds a value to those that a map has under one key. */
export function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const same = map.get(key);
  if (same === undefined) map.set(key, [value]);
  else same.push(value);
}

/** Values by their key, both in the order in which they come. */
export function groupBy<Key, Value>(
  values: Iterable<Value>,
  keyOf: (value: Value) => Key,
): Map<Key, [Value, ...Value[]]> {
  const groups = new Map<Key, [Value, ...Value[]]>();
  for (const value of values) {
    const key = keyOf(value);
    const same = groups.get(key);
    if (same === undefined) groups.set(key, [value]);
    else same.push(value);
  }
  return groups;
}

/** Of sorted items the number of the first that is not before something; their count where all are. */
export function firstNotBefore<Item>(items: readonly Item[], isBefore: (item: Item) => boolean): number {
  let from = 0;
  let to = items.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    const item = items[middle];
    if (item !== undefined && isBefore(item)) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The least of any number of numbers; as of `Math.min`, infinity for none. */
export function least(numbers: Iterable<number>): number {
  let found = Number.POSITIVE_INFINITY;
  for (const each of numbers) found = Math.min(found, each);
  return found;
}

/** The greatest of any number of numbers; as of `Math.max`, minus infinity for none. */
export function greatest(numbers: Iterable<number>): number {
  let found = Number.NEGATIVE_INFINITY;
  for (const each of numbers) found = Math.max(found, each);
  return found;
}

/** A question about an object, answered once: thousands of trees may include the same file, and thousands of servers ask the same. */
export function askedOnce<Subject extends object, Answer>(
  ask: (subject: Subject) => Answer,
): (subject: Subject) => Answer {
  const known = new WeakMap<Subject, Answer>();
  return (subject) => {
    const told = known.get(subject);
    if (told !== undefined || known.has(subject)) return told as Answer;
    const answer = ask(subject);
    known.set(subject, answer);
    return answer;
  };
}
