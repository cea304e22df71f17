/**
 * The requests that findings show, asked of the simulation: they meet what the finding speaks of, and those of rules about what
 * anybody gets are answered. The bad examples of all pages and every fixture are asked.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Report, RULES } from "../../src/rules/index.ts";
import { Configuration, Model, type Simulation, Statement } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";
import { reportsOf } from "./ask.ts";

const root = join(import.meta.dirname, "../../fixtures/rules");

/** Rules whose witness anybody may send, and is answered. */
const ANSWERED: ReadonlySet<string> = new Set([
  "alias-traversal",
  "dangerous-root",
  "guard-comes-too-late",
  "hidden-files-exposed",
  "media-executable-allowed",
  "metrics-unprotected",
  "prefix-without-boundary",
  "return-bypasses-access",
  "script-sent-as-source",
  "status-page-exposed",
]);

interface Asked {
  readonly report: Report;
  readonly simulation: Simulation;
}

/** A report's request, asked of its server; null where it shows none, or only a pattern of one. */
function ask(report: Report): Simulation | null {
  const value = report.witness?.kind === "request" ? report.witness.value : null;
  const target = /^GET (?:(https?):\/\/([^/]+))?(\/\S*)$/.exec(value ?? "");
  const { at } = report;
  if (target === null || !(at instanceof Statement)) return null;
  const [, scheme, host, uri = "/"] = target;
  const model = new Model(new Configuration(at.context.root.tree), null);
  const serverOf = (each: Statement) => {
    const openers = [each, ...each.context.outward().map(({ opener }) => opener)];
    return model.servers.find(({ context: { opener } }) =>
      openers.some((outer) => outer?.directive === opener?.directive),
    );
  };
  const places = [at, ...(report.related ?? []).map((each) => each.at)];
  const server = places
    .flatMap((each) => (each instanceof Statement ? [serverOf(each)] : []))
    .find((each) => each !== undefined);
  if (server === undefined) return null;
  const request = {
    uri,
    ...(host === undefined ? {} : { host }),
    ...(scheme === undefined ? {} : { scheme: scheme as "http" | "https" }),
  };
  // Some get in by the other protocol only.
  const address = /IPv6/.test(report.message) ? { address: "2001:db8::7" } : {};
  const port = /plain HTTP, and this server also has `listen (\d+)`/.exec(report.message)?.[1];
  const plain = port === undefined ? {} : { scheme: "http" as const, local: { port: Number(port) } };
  return server.ask(
    { ...request, ...address, ...plain },
    { files: (path) => (path.endsWith("/") ? "directory" : "file") },
  );
}

function textsOf(rule: (typeof RULES)[number]): string[] {
  let names: string[] = [];
  try {
    names = readdirSync(join(root, rule.id)).filter(
      (name) => name.endsWith(".conf") && !name.startsWith("_"),
    );
  } catch {}
  return [rule.docs.bad, ...names.map((name) => readFileSync(join(root, rule.id, name), "utf8"))];
}

const asked = RULES.map((rule) => {
  const all = textsOf(rule).flatMap((text) => reportsOf(rule, treeOf(text)));
  const shown = all.flatMap((report): Asked[] => {
    const simulation = ask(report);
    return simulation === null ? [] : [{ report, simulation }];
  });
  return [rule.id, shown] as const;
}).filter(([, shown]) => shown.length > 0);

describe("the request of a finding", () => {
  it.each(asked)("of %s meets what the finding speaks of", (_, shown) => {
    const strange = shown.filter(({ report, simulation }) => !meets(report, simulation));
    expect(strange.map(({ report }) => `${report.witness?.value}: ${report.message}`)).toEqual([]);
  });

  it.each(asked.filter(([id]) => ANSWERED.has(id)))("of %s is answered to anybody", (_, shown) => {
    const refused = shown.filter(({ simulation: { outcome } }) => (outcome.status ?? 200) >= 300);
    expect(refused.map(({ report }) => `${report.witness?.value}: ${report.message}`)).toEqual([]);
  });
});

/** A line of the finding was met on the way, or answers stand under it. */
function meets({ at, related = [] }: Report, { context, outcome, trace }: Simulation): boolean {
  const met = new Set(
    [outcome.by, ...trace.map(({ statement }) => statement)].map((each) => each?.directive),
  );
  for (let around = context; around !== null; around = around.parent) met.add(around.opener?.directive);
  return [at, ...related.map((each) => each.at)].some(
    (each) =>
      each instanceof Statement && (met.has(each.directive) || met.has(each.context.opener?.directive)),
  );
}
