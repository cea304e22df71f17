/** The production configuration of the deployment guide, where it is at hand. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lint } from "../../src/linter/index.ts";
import { treeOf } from "../tree.ts";

const guide = join(import.meta.dirname, "../../../shared/guide/deployment-guide.txt");
const isThere = existsSync(guide);
if (!isThere) console.warn(`skipped: there is no guide at ${guide}`);

/** The block of chapter 22, as a person would save it. */
function production(): string {
  const text = readFileSync(guide, "utf8");
  const chapter = text.slice(text.indexOf("\n## 22. "));
  const start = chapter.indexOf("```nginx\n") + "```nginx\n".length;
  return chapter.slice(start, chapter.indexOf("\n```", start) + 1);
}

/** `213 error add-header-inheritance` */
function findings(only: RegExp): string[] {
  const tree = treeOf({ "nginx.conf": production(), "/etc/nginx/mime.types": "types { text/html html; }" });
  return lint([tree])
    .findings.filter(({ ruleId }) => only.test(ruleId))
    .map(({ line, severity, ruleId }) => `${line} ${severity} ${ruleId}`);
}

describe.skipIf(!isThere)("the guide's production configuration", () => {
  it("loses its security headers at four places, one of them the page itself", () => {
    expect(findings(/^add-header-inheritance$/)).toEqual([
      "178 warning add-header-inheritance",
      "186 warning add-header-inheritance",
      "200 warning add-header-inheritance",
      "213 error add-header-inheritance",
    ]);
  });

  it("does not tell the scheme to two locations, for one reason", () => {
    expect(findings(/^missing-x-forwarded-proto$/)).toEqual(["115 warning missing-x-forwarded-proto"]);
  });

  it("has no other list that is lost, and no fault in its protocols", () => {
    expect(findings(/(?<!add-header)-inheritance$|^duplicate-header$|^tls-deprecated-protocols$/)).toEqual(
      [],
    );
  });
});
