import { expect, it } from "vitest";
import { formatReport } from "../../src/reporters/index.ts";
import { clean, hostile, options, ordinary } from "./sample.ts";

it("writes one line a finding: place, severity, message, rule", async () => {
  const lines = (await formatReport("compact", ordinary, options)).split("\n");
  expect(lines[2]).toBe("nginx.conf:14:16: info: TLSv1 is in force. [tls-deprecated-protocols]");
  expect(lines).toHaveLength(ordinary.findings.length + 1);
});

it("makes a sentence of the message and one of the help", async () => {
  expect(await formatReport("compact", ordinary, options)).toContain(
    "without `Strict-Transport-Security` (line 3). Repeat it here. [add-header-inheritance]",
  );
});

it("keeps a finding on its line whatever its texts hold", async () => {
  expect((await formatReport("compact", hostile, options)).split("\n")).toHaveLength(2);
});

it("is empty for a clean run", async () => {
  expect(await formatReport("compact", clean, options)).toBe("");
});
