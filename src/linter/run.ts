import { Budget } from "../semantics/index.ts";
import { Shelf } from "./shelf.ts";

/** What a run may think and keep, over all that it lints: trees that are looked at apart share it. */
export class Run {
  readonly budget: Budget;
  /** What is kept of the findings so far. */
  shelf = new Shelf();

  constructor(budget = new Budget()) {
    this.budget = budget;
  }

  /** A run that goes on with what is left, and keeps findings apart: of several attempts the last one counts. */
  attempt(): Run {
    const next = new Run(this.budget);
    next.shelf = this.shelf.copy();
    return next;
  }
}
