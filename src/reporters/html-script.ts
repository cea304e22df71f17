/** The filters of the HTML page. All of the page is there without them. */
export const SCRIPT = `
"use strict";
const all = (selector) => [...document.querySelectorAll(selector)];
const severities = all("input[name=severity]");
const [rule, file, text] = ["rule", "file", "text"].map((id) => document.getElementById(id));
const shown = document.getElementById("shown");
const articles = all("article.finding").map((element) => ({
  element,
  words: element.textContent.toLowerCase() + " " + element.dataset.file.toLowerCase(),
}));
function apply() {
  const wanted = new Set(severities.filter((box) => box.checked).map((box) => box.value));
  const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const visible = new Set();
  for (const { element, words: content } of articles) {
    const show =
      wanted.has(element.dataset.severity) &&
      (rule.value === "" || element.dataset.rule === rule.value) &&
      (file.value === "" || element.dataset.file === file.value) &&
      words.every((word) => content.includes(word));
    element.hidden = !show;
    if (show) visible.add(element.id);
  }
  for (const mark of all("mark")) {
    mark.classList.toggle("off", !mark.dataset.of.split(" ").some((id) => visible.has(id)));
  }
  for (const section of all("section.file")) {
    section.hidden = !section.querySelector("article:not([hidden])");
  }
  shown.textContent = visible.size === articles.length ? "all shown" : visible.size + " of " + articles.length + " shown";
}
if (shown) {
  document.getElementById("filters").hidden = false;
  for (const control of [...severities, rule, file, text]) control.addEventListener("input", apply);
  document.getElementById("filters").addEventListener("submit", (event) => event.preventDefault());
  apply();
}
`;
