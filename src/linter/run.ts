import { Budget } from "../semantics/index.ts";
import { Repeats } from "./fate.ts";
import { Shelf } from "./shelf.ts";

/** What is found out about a tree or a server takes memory and time: of more than anyone has, the first are looked at. */
const MOST_TREES = 15_000;
const MOST_SERVERS = 20_000;
/** A checklist has each of its rules simulate requests to a server, kept or not, and keeps all that they say. */
const MOST_JUDGED = 5_000;

/** What a run may think and keep, over all that it lints: trees that are looked at apart share it. */
export class Run {
  readonly budget: Budget;
  /** Trees, and servers one by one, that it still looks at. A template is a tree for each of its readings. */
  trees = MOST_TREES;
  servers = MOST_SERVERS;
  /** Servers of which it still says whether rules are kept. */
  judged = MOST_JUDGED;
  repeats = new Repeats();
  /** What is kept of the findings so far. */
  shelf = new Shelf();

  constructor(budget = new Budget()) {
    this.budget = budget;
  }

  /** A run that goes on with what is left, and keeps findings apart: of several attempts the last one counts. */
  attempt(): Run {
    const next = new Run(this.budget);
    next.shelf = this.shelf.copy();
    next.trees = this.trees;
    next.servers = this.servers;
    next.judged = this.judged;
    next.repeats = this.repeats;
    return next;
  }
}

/** What is said where there are more trees than a run looks at. @param count of those that it does not */
export function tellUnseenFiles(count: number): string {
  return `${count === 1 ? "1 file was" : `${count} files were`} not looked at: of files that no configuration includes, a run takes the first ones`;
}
