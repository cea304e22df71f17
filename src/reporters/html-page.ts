/** What every HTML page has around its body: one file that asks nobody for anything. */
import { HOMEPAGE } from "./catalogue.ts";
import { STYLE } from "./html-style.ts";
import { htmlText } from "./html-text.ts";

export interface HtmlPage {
  /** Plain text, beside the program's name. */
  readonly title: string;
  /** HTML. */
  readonly body: string;
  /** What runs in the page; its policy allows nothing else. */
  readonly script?: string;
  /** The version of nginx-lint. */
  readonly version: string;
}

export async function htmlPage({ title, body, script, version }: HtmlPage): Promise<string> {
  const scripts = script === undefined ? "" : ` script-src ${await sourceHash(script)};`;
  const policy = `default-src 'none'; img-src data:; style-src ${await sourceHash(STYLE)};${scripts} base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>nginx-lint: ${htmlText(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
${body}
<footer>Made by <a href="${HOMEPAGE}" rel="noreferrer">nginx-lint</a> ${htmlText(version)}</footer>
${
  script === undefined
    ? ""
    : `<script>${script}</script>
`
}</body>
</html>
`;
}

/** A source of the content security policy that allows exactly this text. */
async function sourceHash(text: string): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  // Only a page without https has no Web Crypto; there the policy cannot be as strict.
  if (!subtle) return "'unsafe-inline'";
  const digest = await subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${btoa(Array.from(new Uint8Array(digest), (byte) => String.fromCharCode(byte)).join(""))}'`;
}
