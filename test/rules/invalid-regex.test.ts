import { expect, it } from "vitest";
import { reportsOf } from "./ask.ts";

it.each([
  ["*.php$", "a pattern is no shell glob: write `\\.php$`"],
  ["*.tar.gz", "a pattern is no shell glob: write `\\.tar\\.gz$`"],
  ["^/+*", "write what `*` repeats before it (`.*` for any text), or `\\*` for the character itself"],
])("%s: %s", (pattern, help) => {
  const [report] = reportsOf("invalid-regex", `server { location ~ ${pattern} { return 204; } }`);
  expect(report?.help).toBe(help);
});
