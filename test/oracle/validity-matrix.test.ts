/**
 * Every directive that this nginx knows, in every context, with few and many arguments, with values of every kind: does
 * it start, and do we say so? A fixed sample; everything with NGINX_ORACLE=full (half an hour;
 * NGINX_ANSWERS names a folder that keeps what nginx said, for the next time). And directives together,
 * by hand.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "../../src/parser/index.ts";
import {
  type ArgumentPattern,
  Configuration,
  type ContextKind,
  type DirectiveFacts,
  directiveNames,
  isSince,
  lookupDirective,
  parseVersion,
  patternAt,
} from "../../src/semantics/index.ts";
import { Agreement } from "./validity/agreement.ts";
import { DISAGREEMENTS, LEAST_AGREEMENT, THIRD_PARTY } from "./validity/disagreements.ts";
import { errorsIn } from "./validity/errors.ts";
import { FRAMES, PLACES } from "./validity/frames.ts";
import { BINARIES, isFull, type Nginx, startJudge } from "./validity/judges.ts";

const VALUES = [
  ..."zz 0 1 -1 10x 1k 1g 1s 1ms 1y on OFF '' $uri $nosuch 70000 127.0.0.1 10.0.0.0/33 [::1]:80 unix:/x http://127.0.0.1 http://127.0.0.1/a /a @a ~( ^(a)(b)$ *.a a=b x=$uri =404 404 999 1.5 1M 1h30m 99999999999999999999 always all none".split(
    " ",
  ),
];

/** Never put to nginx: they would load, include or start things, or are given on the command line. */
const LEFT_OUT = new Set([
  "load_module",
  "include",
  "daemon",
  "master_process",
  "pid",
  "working_directory",
  // nchan 1.3.6 refuses them whatever they say: it takes its own default for a duplicate, or compares the wrong word.
  "nchan_message_temp_path",
  "nchan_permessage_deflate_compression_strategy",
  "nchan_redis_ssl_verify_certificate",
  "nchan_redis_tls_verify_certificate",
]);

/** Arguments that are right, from the configurations of the mutants, by directive. */
function examples(): ReadonlyMap<string, readonly string[]> {
  const folder = join(import.meta.dirname, "validity/good");
  const found = new Map<string, readonly string[]>();
  for (const name of readdirSync(folder).sort()) {
    const entry = parse(readFileSync(join(folder, name), "utf8"), name);
    const tree = { entry, top: "main" as const, includes: new Map(), files: [entry], fragment: false };
    for (const { name, context, directive } of new Configuration(tree).root.below) {
      const family = lookupDirective(name)?.find(({ contexts }) => contexts.includes(context.kind))?.family;
      const key = `${family} ${name}`;
      if (family !== undefined && !found.has(key))
        found.set(
          key,
          directive.args.map(({ raw }) => raw),
        );
    }
  }
  return found;
}

interface Probe {
  readonly facts: DirectiveFacts;
  readonly place: ContextKind;
  readonly args: readonly string[];
}

const OWNERS = [
  { owner: "nginx itself", known: DISAGREEMENTS, least: LEAST_AGREEMENT.matrix, share: 1 },
  { owner: "third parties", known: THIRD_PARTY, least: LEAST_AGREEMENT.thirdParty, share: 0.2 },
];

const KINDS: readonly [what: string, probesOf: (facts: DirectiveFacts, right: Examples) => Probe[]][] = [
  ["contexts", contextProbes],
  ["arities", arityProbes],
  ["values", valueProbes],
];

/** So many of each kind are asked; everything in the long run. */
const SAMPLE = 1_000 * Number(process.env.NGINX_SAMPLES ?? 1);

describe.skipIf(BINARIES.length === 0).each(BINARIES)("single directives, to %s", (binary) => {
  const nginx = startJudge(binary);
  const right = examples();

  describe.each(OWNERS)("of $owner", ({ owner, known, least, share }) => {
    const directives = directiveNames()
      .filter((name) => !LEFT_OUT.has(name))
      .flatMap((name) => lookupDirective(name) ?? [])
      .filter(({ exact, edition }) => exact && (edition === "third-party") === (known === THIRD_PARTY));

    it.each(KINDS)("%s", { timeout: isFull ? 7_200_000 : 240_000 }, (what, probesOf) => {
      const probes = directives.flatMap((facts) => probesOf(facts, right));
      const step = isFull ? 1 : Math.max(1, Math.floor(probes.length / (SAMPLE * share)));
      const agreement = new Agreement(`matrix of ${what}, ${owner}`, binary, known);
      for (const [index, probe] of probes.entries()) {
        if (index % step !== 0 || !knows(nginx, probe.facts) || isOfAnother(probe)) continue;
        const text = write(probe);
        const question = `${probe.place}: ${text.split("\n")[1]}`;
        agreement.count(question, nginx.ask(text), errorsIn(text, nginx.version));
      }
      const result = agreement.close();
      console.log(result.lines.join("\n"));
      if (process.env.NGINX_REPORT) {
        const name = [process.env.NGINX_REPORT, nginx.version, owner.replace(" ", "-"), what].join(".");
        writeFileSync(name, agreement.report());
      }
      expect(result.unexplained).toEqual([]);
      expect(result.share).toBeGreaterThanOrEqual(least);
    });
  });
});

describe.skipIf(BINARIES.length === 0).each(BINARIES)("several directives, to %s", (binary) => {
  const nginx = startJudge(binary);

  it("are taken together where nginx takes them", () => {
    const agreement = new Agreement("hand-written combinations", binary);
    const lines = readFileSync(join(import.meta.dirname, "validity/combinations.txt"), "utf8").split("\n");
    for (const line of lines) {
      const [, place = "", words = ""] = /^([a-z_-]+): (.*)$/.exec(line) ?? [];
      const frame = FRAMES[place as ContextKind];
      if (frame === undefined) continue;
      const text = `${frame[0]}\n${words.replaceAll("⏎", "\n")}\n${frame[1]}\n`;
      agreement.count(line, nginx.ask(text), errorsIn(text, nginx.version));
    }
    const result = agreement.close();
    console.log(result.lines.join("\n"));
    expect(result.unexplained).toEqual([]);
    expect(result.share).toBeGreaterThanOrEqual(LEAST_AGREEMENT.matrix);
  });
});

/** The place is that of another module's directive of this name, which this nginx may not have. */
function isOfAnother({ facts, place }: Probe): boolean {
  const here = lookupDirective(facts.name)?.find(({ contexts }) => contexts.includes(place));
  return here !== undefined && here !== facts;
}

const answers = new Map<string, boolean>();
/** Whether this nginx has the directive: its version by the table, its modules by asking. */
function knows(nginx: Nginx, facts: DirectiveFacts): boolean {
  const version = parseVersion(nginx.version);
  if (facts.since !== null && isSince(version, facts.since) !== true) return false;
  if (facts.removed !== null && isSince(version, facts.removed) !== false) return false;
  const place = facts.contexts.find((context) => FRAMES[context]);
  if (place === undefined) return false;
  const key = `${nginx.binary} ${facts.name} ${place}`;
  const answer =
    answers.get(key) ?? !/unknown directive/.test(nginx.ask(write({ facts, place, args: [] })).refusal ?? "");
  answers.set(key, answer);
  return answer;
}

function write({ facts, place, args }: Probe): string {
  const [before, after] = FRAMES[place] ?? ["", ""];
  const words = [facts.name, ...args].join(" ");
  return `${before}\n${words}${facts.block === "none" ? ";" : " { }"}\n${after}\n`;
}

type Examples = ReadonlyMap<string, readonly string[]>;

function contextProbes(facts: DirectiveFacts, right: Examples): Probe[] {
  return PLACES.map((place) => ({ facts, place, args: rightArguments(facts, right) }));
}

function arityProbes(facts: DirectiveFacts, right: Examples): Probe[] {
  const place = facts.contexts.find((context) => FRAMES[context]);
  if (place === undefined) return [];
  const args = rightArguments(facts, right);
  return [0, 1, 2, 3, 4, 5, 6, 7].map((count) => ({
    facts,
    place,
    args: Array.from(
      { length: count },
      (_, at) => args[at] ?? rightValue(facts.values && patternAt(facts.values, at)),
    ),
  }));
}

/** Each value at each of the first three arguments, the others being right. */
function valueProbes(facts: DirectiveFacts, right: Examples): Probe[] {
  const place = facts.contexts.find((context) => FRAMES[context]);
  if (place === undefined) return [];
  const args = rightArguments(facts, right);
  const positions = Math.min(
    3,
    Math.max(args.length, facts.arity.min) + (facts.values === null ? 1 : 0),
    facts.arity.max,
  );
  return Array.from({ length: positions }, (_, at) => at).flatMap((at) =>
    VALUES.map((value) => ({ facts, place, args: args.slice(0, at).concat(value, args.slice(at + 1)) })),
  );
}

function rightArguments(facts: DirectiveFacts, right: Examples): readonly string[] {
  const example = right.get(`${facts.family} ${facts.name}`);
  if (example !== undefined) return example;
  return Array.from({ length: facts.arity.min }, (_, at) =>
    rightValue(facts.values && patternAt(facts.values, at)),
  );
}

function rightValue(pattern: ArgumentPattern | null | undefined): string {
  switch (pattern?.kind) {
    case "flag":
      return "on";
    case "count":
    case "number":
    case "integer":
    case "power-of-two":
      return "8";
    case "size":
    case "offset":
    case "decimal-size":
    case "size-or-variable":
      return "8k";
    case "pool-size":
      return "512";
    case "msec":
    case "sec":
      return "1s";
    case "variable":
      return "$v9";
    case "cidr":
      return "192.0.2.1";
    case "method":
      return "GET";
    case "access":
      return "user:rw";
    default:
      return pattern?.literals[0] ?? "zz";
  }
}
