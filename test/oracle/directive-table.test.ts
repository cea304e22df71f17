/**
 * Contexts, arities and values of the directive table, asked of a real nginx: only what it says of the one line counts.
 * A fixed sample by default; the whole matrix with NGINX_ORACLE=full (minutes).
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  type ArgumentPattern,
  acceptsCount,
  argumentProblem,
  type ContextKind,
  type DirectiveFacts,
  directiveNames,
  isSince,
  lookupDirective,
  parseVersion,
  patternAt,
} from "../../src/semantics/index.ts";
import { FRAMES, PLACES } from "./validity/frames.ts";
import { BINARIES, DEBIAN, isFull } from "./validity/judges.ts";

const TIME = { timeout: isFull ? 3_600_000 : 240_000 };

const VALUES = [
  "zz",
  "1",
  "0",
  "1k",
  "1g",
  "1s",
  "1ms",
  "1y",
  "on",
  "OFF",
  "-1",
  "10.0.0.0/8",
  "user:rw",
  "$v",
  "700",
  "''",
];

/** Where the table knows more than the nginx that is asked, and why. */
const WIDER: Readonly<Record<string, string>> = {
  keepalive: "`keepalive 32 local` and `keepalive 0` since 1.29.7",
  limit_req_zone: "`sync` of NGINX Plus",
  proxy_http_version: "`2` since 1.29.4",
  proxy_next_upstream: "`denied` of NGINX Plus",
  fastcgi_next_upstream: "`denied` of NGINX Plus",
  uwsgi_next_upstream: "`denied` of NGINX Plus",
  scgi_next_upstream: "`denied` of NGINX Plus",
  grpc_next_upstream: "`denied` of NGINX Plus",
  proxy_protocol: "`v2` since 1.31.4",
  use: "methods of other systems",
  http2_max_concurrent_pushes: "obsolete since 1.25.1: any value",
  http2_push_preload: "obsolete since 1.25.1: any value",
};
/** Never put to nginx: they would load, include or start things. */
const LEFT_OUT = new Set(["load_module", "include", "daemon", "master_process"]);

const someBinary = BINARIES.length > 0 ? BINARIES : ["no nginx"];
describe.skipIf(BINARIES.length === 0).each(someBinary)("the directive table against %s", TIME, (binary) => {
  const directory = mkdtempSync(join(tmpdir(), "nginx-lint-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  // `load_module modules/…` is relative to the prefix.
  const hasModules = binary === DEBIAN.binary && existsSync(DEBIAN.enabled);
  if (hasModules) symlinkSync(DEBIAN.modules, join(directory, "modules"));
  const head = hasModules ? `include ${DEBIAN.enabled}/*.conf;` : "";

  /** nginx's complaint about the probe; null where it has none, or complains of something else. */
  function complaint(place: ContextKind, probe: string): string | null {
    const [before, after] = FRAMES[place] ?? ["", ""];
    const file = join(directory, "probe.conf");
    writeFileSync(file, `${head}${before}\n\n${probe}\n${after}\n`);
    const globals = `pid ${directory}/pid; error_log stderr;`;
    const run = spawnSync(binary, ["-t", "-q", "-p", directory, "-c", file, "-g", globals], {
      encoding: "utf8",
    });
    if (run.status === 0) return null;
    // Modules of others may refuse at another level.
    const lines = run.stderr.split("\n");
    const line =
      lines.find((text) => text.includes("[emerg]")) ?? lines.find((text) => /:3$/.test(text)) ?? "";
    return line.trim().endsWith("probe.conf:3") ? line.replace(/^.*?\[\w+\] [^ ]+ /, "") : null;
  }

  const version = parseVersion(
    /nginx\/([0-9.]+)/.exec(spawnSync(binary, ["-v"], { encoding: "utf8" }).stderr)?.[1] ?? "",
  );

  /** Whether this nginx has the directive: its version by the table, its modules by asking. */
  const isKnown = new Map<string, boolean>();
  function knows(facts: DirectiveFacts): boolean {
    if (facts.since !== null && isSince(version, facts.since) !== true) return false;
    if (facts.removed !== null && isSince(version, facts.removed) !== false) return false;
    const place = facts.contexts.find((context) => FRAMES[context]);
    if (place === undefined) return false;
    const key = `${facts.name} ${place}`;
    const known = isKnown.get(key) ?? !isUnknown(complaint(place, write(facts, facts.arity.min)));
    isKnown.set(key, known);
    return known;
  }

  const exact = directiveNames()
    .filter((name) => !LEFT_OUT.has(name))
    .flatMap((name) => (lookupDirective(name) ?? []).filter((facts) => facts.exact && facts.block !== "lua"));
  const sample = <T>(probes: readonly T[], size: number): readonly T[] => {
    const step = isFull ? 1 : Math.max(1, Math.floor(probes.length / size));
    return probes.filter((_, index) => index % step === 0);
  };

  it("allows directives where nginx does", () => {
    const probes = exact.flatMap((facts) => PLACES.map((place) => ({ facts, place })));
    const wrong: string[] = [];
    for (const { facts, place } of sample(probes, 250)) {
      if (!knows(facts)) continue;
      const here = lookupDirective(facts.name)?.find(({ contexts }) => contexts.includes(place));
      if (here !== undefined && (here !== facts || !here.exact)) continue;
      const answer = complaint(place, write(facts, facts.arity.min));
      const isRefused = answer !== null && (/is not allowed here/.test(answer) || isUnknown(answer));
      if (isRefused === (here !== undefined)) wrong.push(`${facts.name} in ${place}: ${answer}`);
    }
    expect(wrong).toEqual([]);
  });

  it("counts arguments as nginx does", () => {
    const probes = exact.flatMap((facts) => [0, 1, 2, 3, 4, 5, 6, 7].map((count) => ({ facts, count })));
    const wrong: string[] = [];
    for (const { facts, count } of sample(probes, 250)) {
      const place = facts.contexts.find((context) => FRAMES[context]);
      if (place === undefined || !knows(facts) || WIDER[facts.name]) continue;
      const answer = complaint(place, write(facts, count));
      const isRefused = answer?.includes("invalid number of arguments") ?? false;
      if (isRefused === acceptsCount(facts.arity, count))
        wrong.push(`${facts.name} with ${count}: ${answer}`);
    }
    expect(wrong).toEqual([]);
  });

  it("reads values as nginx does", () => {
    const probes = exact
      .filter((facts) => facts.block === "none" && facts.values !== null && !WIDER[facts.name])
      .flatMap((facts) => valueProbes(facts));
    const wrong: string[] = [];
    for (const { facts, args, pattern, value } of sample(probes, 250)) {
      const place = facts.contexts.find((context) => FRAMES[context]);
      if (place === undefined || !knows(facts)) continue;
      const answer = complaint(place, `${facts.name} ${args.join(" ")};`);
      if (answer !== null && /not supported|is not available/.test(answer)) continue;
      const problem = argumentProblem(pattern, value === "''" ? "" : value);
      if ((answer !== null) !== (problem !== null))
        wrong.push(`${facts.name} ${args.join(" ")}: ${problem} / ${answer}`);
    }
    expect(wrong).toEqual([]);
  });
});

function isUnknown(answer: string | null): boolean {
  return answer?.includes("unknown directive") ?? false;
}

function write(facts: DirectiveFacts, count: number): string {
  const words = [facts.name, ...new Array<string>(count).fill("zz")].join(" ");
  return facts.block === "none" ? `${words};` : `${words} { }`;
}

interface ValueProbe {
  readonly facts: DirectiveFacts;
  readonly args: readonly string[];
  readonly pattern: ArgumentPattern;
  readonly value: string;
}

/** Each value at each required argument that is not mere text, the others being right. */
function valueProbes(facts: DirectiveFacts): ValueProbe[] {
  const patterns = facts.values ?? [];
  const probes: ValueProbe[] = [];
  for (let position = 0; position < Math.max(1, facts.arity.min); position++) {
    const pattern = patternAt(patterns, position);
    if (pattern === undefined || ["text", "regex", "path"].includes(pattern.kind)) continue;
    for (const value of [...VALUES, ...pattern.literals]) {
      const args = Array.from({ length: Math.max(facts.arity.min, position + 1) }, (_, index) =>
        index === position ? value : rightValue(patternAt(patterns, index)),
      );
      probes.push({ facts, args, pattern, value });
    }
  }
  return probes;
}

function rightValue(pattern: ArgumentPattern | undefined): string {
  switch (pattern?.kind) {
    case "count":
    case "number":
      return "4";
    case "size":
      return "8k";
    case "msec":
    case "sec":
      return "1s";
    case "variable":
      return "$v9";
    default:
      return pattern?.literals[0] ?? "zz";
  }
}
