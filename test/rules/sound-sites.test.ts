/** Five kinds of sites that a careful person set up: nobody wants to hear a word about them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultPolicy, lint } from "../../src/linter/index.ts";
import type { Preset } from "../../src/rules/index.ts";
import { treeOf } from "../tree.ts";

const folder = join(import.meta.dirname, "../../fixtures/sites/sound");
const names = readdirSync(folder).filter((name) => name.endsWith(".conf"));

/** What distributions bring along. */
const STOCK = {
  "mime.types":
    "types { text/html html htm; text/css css; application/javascript js mjs; image/png png; image/svg+xml svg; font/woff2 woff2; application/json json; application/wasm wasm; }",
  fastcgi_params: "fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD $request_method;",
};

describe.each<Preset>(["recommended", "security"])("under %s", (preset) => {
  it.each(names)("%s is sound", (name) => {
    const tree = treeOf({ [name]: readFileSync(join(folder, name), "utf8"), ...STOCK });
    const { findings, notifications } = lint([tree], { policy: { ...defaultPolicy, presets: [preset] } });
    expect(findings.map(({ line, ruleId, message }) => `${line} ${ruleId} ${message}`)).toEqual([]);
    expect(notifications).toEqual([]);
  });
});
