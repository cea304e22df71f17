/** The answered checklist as a page that needs nothing else. */

import type { Answer, Status } from "../checklist/index.ts";
import { groupBy } from "../lists/index.ts";
import { docsUrl } from "./catalogue.ts";
import { asidesInWords, type ChecklistAsides, MARKS, placesOf, scoreOf } from "./checklist.ts";
import { htmlPage } from "./html-page.ts";
import { htmlProse, htmlText } from "./html-text.ts";

/** More places than this are counted. */
const MOST = 10;

const WORDS: Readonly<Record<Status, string>> = {
  pass: "pass",
  fail: "fail",
  "n/a": "not applicable",
  manual: "to check by hand",
};

/** In the looks of the HTML report. */
export function checklistHtml(
  answers: readonly Answer[],
  { version, asides }: { readonly version: string; readonly asides?: ChecklistAsides },
): Promise<string> {
  const score = scoreOf(answers);
  const said = asides === undefined ? [] : asidesInWords(asides);
  const chapters = [...groupBy(answers, ({ chapter }) => chapter)].map(
    ([chapter, group]) =>
      `<section class="chapter"><h2>${htmlText(chapter)}</h2>\n<ul>\n${group.map(itemOf).join("\n")}\n</ul></section>`,
  );
  const body = `<header>
<h1>nginx checklist</h1>
<p class="summary">${htmlText(score)}</p>
${said.map((line) => `<p>${htmlText(line)}</p>`).join("\n")}
</header>
<main>
${chapters.join("\n")}
</main>`;
  return htmlPage({ title: `checklist: ${score}`, body, version });
}

function itemOf(answer: Answer): string {
  const { id, title, status, reason, rules } = answer;
  const className = status === "n/a" ? "absent" : status;
  const mark = `<span class="mark" aria-hidden="true">${MARKS[status]}</span>`;
  const word = `<span class="status">${WORDS[status]}</span>`;
  const note = status === "fail" && rules.length > 0 ? failure(reason, rules) : htmlProse(reason);
  const where = status === "fail" ? placesOf(answer, MOST, (line) => `<code>${htmlText(line)}</code>`) : "";
  const notes = [note, where].filter((text) => text !== "").map((text) => `<p>${text}</p>`);
  return `<li class="item ${className}" id="${htmlText(id)}">${mark}<div>${htmlProse(title)} ${word}${notes.join("")}</div></li>`;
}

/** The rules as links; after them, the servers that the reason names. */
function failure(reason: string, rules: readonly string[]): string {
  const names = rules.join(", ");
  const rest = reason.startsWith(names) ? reason.slice(names.length) : "";
  const links = rules.map(
    (id) => `<a class="rule" href="${htmlText(docsUrl(id))}" rel="noreferrer">${htmlText(id)}</a>`,
  );
  return `${links.join(", ")}${htmlProse(rest)}`;
}
