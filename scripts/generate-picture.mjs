/**
 * Draws docs/pictures/terminal.svg: what a command really prints, in its colours. With `--check`, writes nothing and fails
 * where the picture shows something else.
 */
import { spawnSync } from "node:child_process";
import { generate, root } from "./generated.mjs";

const COMMAND = "nginx-lint --only metrics-unprotected --only location-shadowed fixtures/sites/shop";

const COLUMN = 8.4;
const LINE = 19;
const MARGIN = 18;
const BAR = 34;
const BACKGROUND = "#161b22";
const INK = "#d7dee8";

/** What the escape codes that the program uses change, and what they change back. */
const CODES = new Map([
  [0, () => ({})],
  [1, (style) => ({ ...style, bold: true })],
  [2, (style) => ({ ...style, dim: true })],
  [4, (style) => ({ ...style, underline: true })],
  [22, ({ bold: _, dim: __, ...style }) => style],
  [24, ({ underline: _, ...style }) => style],
  [31, (style) => ({ ...style, fill: "#ff7b72" })],
  [32, (style) => ({ ...style, fill: "#6fd391" })],
  [33, (style) => ({ ...style, fill: "#e3b341" })],
  [34, (style) => ({ ...style, fill: "#79b8ff" })],
  [36, (style) => ({ ...style, fill: "#76d7ea" })],
  [39, ({ fill: _, ...style }) => style],
]);

function outputOf(command) {
  const { NO_COLOR: _, ...env } = process.env;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["dist/nginx-lint.mjs", ...command.split(" ").slice(1)],
    {
      cwd: root,
      encoding: "utf8",
      env: { ...env, FORCE_COLOR: "1" },
    },
  );
  // The time is the only thing that differs from run to run.
  return `${stdout}${stderr}`.replace(/\d+(?:\.\d+)? m?s(?=\S*\n*$)/, "24 ms").trimEnd();
}

/** The parts of each line that look alike: their text, column and style. */
function drawn(text) {
  let style = {};
  return text.split("\n").map((line) => {
    const parts = [];
    let column = 0;
    for (const [piece, codes] of line.matchAll(/\u001b\[([\d;]*)m|[^\u001b]+/g)) {
      if (codes === undefined) {
        // Browsers make one space of several: each run of words has a place of its own.
        for (const { 0: text, index } of piece.matchAll(/\S+(?: \S+)*/g)) {
          parts.push({ text, column: column + [...piece.slice(0, index)].length, style });
        }
        column += [...piece].length;
        continue;
      }
      for (const code of codes.split(";").map(Number)) {
        const change = CODES.get(code);
        if (change === undefined) throw new Error(`no colour for the escape code ${code}`);
        style = change(style);
      }
    }
    return parts;
  });
}

function escaped(text) {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function partAt(row, { text, column, style }) {
  const { fill, bold, dim, underline } = style;
  const attributes = [
    `x="${(MARGIN + column * COLUMN).toFixed(1)}"`,
    `y="${BAR + MARGIN + row * LINE}"`,
    // Whatever font a reader has: columns stay where they are.
    `textLength="${([...text].length * COLUMN).toFixed(1)}"`,
    ...(fill === undefined ? [] : [`fill="${fill}"`]),
    ...(bold ? ['font-weight="bold"'] : []),
    ...(dim ? ['opacity=".65"'] : []),
    ...(underline ? ['text-decoration="underline"'] : []),
  ];
  return `<text ${attributes.join(" ")}>${escaped(text)}</text>`;
}

const lines = drawn(`\u001b[2m$\u001b[22m \u001b[1m${COMMAND}\u001b[22m\n${outputOf(COMMAND)}`);
const columns = Math.max(...lines.flat().map(({ text, column }) => column + [...text].length));
const width = Math.ceil(columns * COLUMN + 2 * MARGIN);
const height = BAR + MARGIN + lines.length * LINE;
const lights = ["#ff5f57", "#febc2e", "#28c840"].map(
  (fill, index) => `<circle cx="${MARGIN + 4 + index * 20}" cy="${BAR / 2}" r="6" fill="${fill}"/>`,
);
const texts = lines.flatMap((parts, row) => parts.map((part) => partAt(row, part)));
generate(
  "docs/pictures/terminal.svg",
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="What nginx-lint prints">
<rect width="${width}" height="${height}" rx="9" fill="${BACKGROUND}"/>
${lights.join("\n")}
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="${INK}">
${texts.join("\n")}
</g>
</svg>
`,
);
