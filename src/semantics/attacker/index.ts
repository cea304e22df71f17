/** What an attacker can put where: who chooses which part of a value, and requests that show it. */
export { type Exposure, exposuresOf } from "./answer.ts";
export { type Attempt, attempts } from "./requests.ts";
export type { Chooser, Origin } from "./sources.ts";
export { AttackedValue, type UrlParts, urlParts, type ValuePart, valueAt } from "./value.ts";
