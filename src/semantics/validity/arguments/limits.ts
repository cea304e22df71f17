/** `limit_req`, `limit_req_zone`, `limit_conn_zone`. */

import type { Statement } from "../../tree.ts";
import { parseRate, parseSize } from "../../values/index.ts";
import {
  type ArgumentProblem,
  checkParameters,
  hasPages,
  isAnything,
  isPositive,
  type Parameters,
  type Surroundings,
} from "./problem.ts";

/** The parts of `zone=name:size`; the size is null without a colon. */
function readZone(value: string): { readonly name: string; readonly size: string | null } {
  const colon = value.indexOf(":");
  return colon < 0
    ? { name: value, size: null }
    : { name: value.slice(0, colon), size: value.slice(colon + 1) };
}

const ZONE: Parameters = {
  "zone=": {
    accepts: (value) => {
      const { size } = readZone(value);
      return size !== null && hasPages(size, 8);
    },
    says: (word, value) => {
      const { name, size } = readZone(value);
      return size === null || !parseSize(size).ok
        ? `invalid zone size "${word}"`
        : `zone "${name}" is too small`;
    },
    write: "zone=name:10m",
  },
  // NGINX Plus.
  sync: { write: "sync" },
};

const REQUEST_ZONE: Parameters = {
  ...ZONE,
  "rate=": {
    accepts: (value) => parseRate(value).ok,
    says: (word) => `invalid rate "${word}"`,
    write: "rate=10r/s",
  },
};

/** `limit_req_zone` and `limit_conn_zone`: a key, then `zone=name:size`. */
export function* checkLimitZone(statement: Statement, around: Surroundings): Generator<ArgumentProblem> {
  const parameters = statement.name === "limit_req_zone" ? REQUEST_ZONE : ZONE;
  const [problem] = checkParameters(statement, 1, parameters, around);
  if (problem !== undefined) yield problem;
  else yield* checkHasZone(statement, 1, /^zone=[^:]/, "add `zone=name:10m`");
}

const REQUEST: Parameters = {
  "zone=": { accepts: isAnything, write: "zone=name" },
  "burst=": {
    accepts: isPositive,
    says: (word) => `invalid burst value "${word}"`,
    write: "burst=20",
  },
  "delay=": {
    accepts: isPositive,
    says: (word) => `invalid delay value "${word}"`,
    write: "delay=8",
    since: "1.15.7",
  },
  nodelay: { write: "nodelay" },
};

export function* checkLimitReq(statement: Statement, around: Surroundings): Generator<ArgumentProblem> {
  const [problem] = checkParameters(statement, 0, REQUEST, around);
  if (problem !== undefined) yield problem;
  else yield* checkHasZone(statement, 0, /^zone=/, "name a zone: `zone=name`");
}

function* checkHasZone(
  statement: Statement,
  from: number,
  zone: RegExp,
  help: string,
): Generator<ArgumentProblem> {
  if (statement.args.slice(from).some((word) => zone.test(word))) return;
  yield { at: statement, message: `"${statement.name}" must have "zone" parameter`, help };
}
