import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { formatReport } from "../../src/reporters/index.ts";
import {
  clean,
  finding,
  HOSTILE_TEXTS,
  hostile,
  NGINX_CONF,
  options,
  ordinary,
  region,
  resultOf,
} from "./sample.ts";

const page = (result: typeof ordinary) => formatReport("html", result, options);

/** The page's tags, without the texts, the style and the script. */
function tags(text: string): string[] {
  const body = text.replace(/<style>[\s\S]*?<\/style>/, "").replace(/<script>[\s\S]*?<\/script>/, "");
  return body.match(/<\/?[a-z][^>]*>/gi) ?? [];
}

it("allows its own style and script and nothing else", async () => {
  const text = await page(ordinary);
  const policy = text.match(/http-equiv="Content-Security-Policy" content="([^"]*)"/)?.[1];
  const hash = (part: string) => `'sha256-${createHash("sha256").update(part).digest("base64")}'`;
  const style = text.match(/<style>([\s\S]*?)<\/style>/)![1]!;
  const script = text.match(/<script>([\s\S]*?)<\/script>/)![1]!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`style-src ${hash(style)}`);
  expect(policy).toContain(`script-src ${hash(script)}`);
});

it("loads nothing", async () => {
  const loading = tags(await page(ordinary)).filter((tag) => /\bsrc=|url\(|@import|<link/i.test(tag));
  expect(loading).toEqual(['<link rel="icon" href="data:,">']);
});

it("shows each finding after its line, with the place marked", async () => {
  const text = await page(ordinary);
  const order = [
    '<mark class="warning" data-of="finding-1">location ~* \\.(js|css|woff|woff2|ttf|eot|ico)$</mark>',
    'id="finding-1"',
    '<mark class="error" data-of="finding-2">add_header Cache-Control &quot;no-cache&quot;;</mark>',
    'id="finding-2"',
  ].map((part) => text.indexOf(part));
  expect(order).not.toContain(-1);
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

it("holds every line of a file once, in order", async () => {
  const numbers = [...(await page(ordinary)).matchAll(/data-line="(\d+)"/g)].map((match) => Number(match[1]));
  const lines = NGINX_CONF.text.trimEnd().split("\n").length;
  expect(numbers).toEqual(Array.from({ length: lines }, (_, index) => index + 1));
});

it("leads from a finding to the lines it speaks of", async () => {
  const text = await page(ordinary);
  const targets = [...text.matchAll(/href="#([^"]*)"/g)].map((match) => match[1]);
  expect(targets).toContain("file-1-line-5");
  for (const target of targets) expect(text).toContain(`id="${target}"`);
});

it("marks places that overlap", async () => {
  const at = region(NGINX_CONF, "listen 443 ssl");
  const text = await page(
    resultOf([finding(at), finding(region(NGINX_CONF, "443 ssl;"), { severity: "error" })]),
  );
  expect(text).toContain(
    '<mark class="warning" data-of="finding-1">listen </mark>' +
      '<mark class="error" data-of="finding-1 finding-2">443 ssl</mark>' +
      '<mark class="error" data-of="finding-2">;</mark>',
  );
});

it("shows only the surroundings in a very long file", async () => {
  const file = { name: "long.conf", text: "a;\n".repeat(20_000) };
  const text = await page(resultOf([finding(region(file, "a;", 10_000))], [file]));
  expect(text.match(/data-line=/g)).toHaveLength(7);
  expect(text).toContain("9997 lines not shown");
});

it("says that a clean run is clean, without filters", async () => {
  const text = await page(clean);
  expect(text).toContain("✓ No problems in 1 file");
  expect(text).not.toContain('<form id="filters"');
});

it("gives hostile text no tag and no attribute", async () => {
  const text = await page(hostile);
  const names = new Set(tags(text).map((tag) => tag.match(/^<\/?([a-z0-9]+)/i)![1]));
  for (const name of ["img", "svg", "iframe", "textarea"]) expect(names).not.toContain(name);
  expect(text.match(/<script/g)).toHaveLength(1);
  for (const tag of tags(text)) expect(tag.replace(/"[^"]*"/g, '""')).not.toMatch(/[\s"]on\w+=/i);
  expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  for (const raw of HOSTILE_TEXTS.filter((one) => /[<\u001b\u202e]/.test(one)))
    expect(text).not.toContain(raw);
});
