import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

it("nginx-lint.schema.json is what the rules and the settings say", () => {
  expect(() =>
    execFileSync(process.execPath, ["scripts/generate-schema.mjs", "--check"], { stdio: "pipe" }),
  ).not.toThrow();
});
