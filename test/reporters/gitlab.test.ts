import { expect, it } from "vitest";
import { formatReport } from "../../src/reporters/index.ts";
import { clean, finding, hostile, NGINX_CONF, options, ordinary, region, resultOf } from "./sample.ts";

interface Entry {
  description: string;
  check_name: string;
  fingerprint: string;
  severity: string;
  location: { path: string; lines: { begin: number; end: number } };
}

async function entries(result: typeof ordinary): Promise<Entry[]> {
  return JSON.parse(await formatReport("gitlab", result, options));
}

it.each([
  ["ordinary", ordinary],
  ["hostile", hostile],
])("has all that GitLab asks of an entry: %s findings", async (_name, result) => {
  const list = await entries(result);
  expect(list).toHaveLength(result.findings.length);
  for (const entry of list) {
    expect(entry.description).toMatch(/\S/);
    expect(entry.check_name).toMatch(/^[a-z-]+$/);
    expect(["info", "minor", "major", "critical", "blocker"]).toContain(entry.severity);
    expect(entry.location.path).not.toMatch(/^(?:\.?\/|$)/);
    expect(entry.location.lines.begin).toBeGreaterThanOrEqual(1);
    expect(entry.location.lines.end).toBeGreaterThanOrEqual(entry.location.lines.begin);
  }
});

it("maps severities so that errors stand out", async () => {
  expect((await entries(ordinary)).map((entry) => entry.severity)).toEqual(["major", "critical", "info"]);
});

it("never repeats a fingerprint: GitLab would drop the second", async () => {
  const at = region(NGINX_CONF, "server");
  const list = await entries(resultOf([finding(at), finding(at), finding(at)]));
  expect(new Set(list.map((entry) => entry.fingerprint)).size).toBe(3);
});

it("names files without a leading `./`", async () => {
  const at = { ...region(NGINX_CONF, "server"), file: "./conf/x.conf" };
  expect((await entries(resultOf([finding(at)])))[0]?.location.path).toBe("conf/x.conf");
});

it("is an empty list for a clean run", async () => {
  expect(await entries(clean)).toEqual([]);
});
