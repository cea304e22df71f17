import { expect, it } from "vitest";
import type { Assumptions } from "../../src/rules/index.ts";
import { Statement } from "../../src/semantics/index.ts";
import { reportsOf } from "./ask.ts";

/** The lines that a rule reports, given what the user says of the deployment. */
function linesOf(id: string, text: string, assume: Assumptions): number[] {
  return reportsOf(id, text, { assume })
    .filter(({ confidence }) => confidence !== "low")
    .map(({ at }) => (at instanceof Statement ? at.line : 0));
}

const SITE = `server {
  root /srv/site;
  location / { }
  location /console/ { }
}
`;

it("takes the user's word for where single-page apps live", () => {
  expect(linesOf("spa-missing-try-files", SITE, {})).toEqual([]);
  expect(linesOf("spa-missing-try-files", SITE, { spa: ["/console/"] })).toEqual([4]);
});

const BACKEND = `server {
  listen 80;
  location / {
    proxy_pass http://app;
  }
}
`;

it("takes the user's word for which URIs export metrics", () => {
  expect(linesOf("metrics-unprotected", BACKEND, {})).toEqual([]);
  expect(linesOf("metrics-unprotected", BACKEND, { metricsPaths: ["/internal/stats"] })).toEqual([3]);
});
