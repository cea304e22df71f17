import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { REPOSITORY } from "./run.ts";

it.each([
  ["nginx-lint.schema.json is what the rules and the settings say", "generate-schema"],
  ["docs/rules is what the rules say", "generate-docs"],
])("%s", (_, script) => {
  const check = () =>
    execFileSync(process.execPath, [`scripts/${script}.mjs`, "--check"], { cwd: REPOSITORY, stdio: "pipe" });
  expect(check).not.toThrow();
});
