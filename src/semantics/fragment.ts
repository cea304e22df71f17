/** Where the directives of a file stand that no known file includes. */
import type { ConfigFile, Directive } from "../parser/index.ts";
import type { ContextKind } from "./context-kind.ts";
import { type DirectiveFacts, lookupDirective } from "./directives/index.ts";

/**
 * The context in which most directives at the top of a file may stand; among several, the innermost, which is the
 * place that says least about what is around it. `unknown`, where nothing in the file looks like a directive.
 *
 * @param included the files that an `include` of the file brings, which stand in the same context
 */
export function inferContext(
  file: ConfigFile,
  included: (include: Directive) => readonly ConfigFile[] = () => [],
): ContextKind {
  const directives = topOf(file, included);
  if (directives.length === 0) return "location";
  const entries = inferEntries(directives);
  if (entries !== null) return entries;
  const votes = new Map<ContextKind, number>();
  for (const directive of new Map(directives.map((each) => [voteKey(each), each])).values()) {
    for (const context of contextsOf(directive)) votes.set(context, (votes.get(context) ?? 0) + 1);
  }
  let best: ContextKind = "location";
  for (const context of PREFERENCE) if ((votes.get(context) ?? 0) > (votes.get(best) ?? 0)) best = context;
  return best;
}

/** Among equals, the first. */
const PREFERENCE: readonly ContextKind[] = [
  "location",
  "server",
  "http",
  "upstream",
  "main",
  "events",
  "stream-server",
  "stream",
  "stream-upstream",
  "mail-server",
  "mail",
  "rtmp-application",
  "rtmp-server",
  "rtmp",
];

/** Directives are counted once a name, but a `server` block is something else than a `server` of an upstream. */
function voteKey({ name, block }: Directive): string {
  return block === null ? name.value : `${name.value} {`;
}

/** The directives at the top of a file and of what it includes there; each file once. */
function topOf(file: ConfigFile, included: (include: Directive) => readonly ConfigFile[]): Directive[] {
  const directives: Directive[] = [];
  const seen = new Set([file]);
  for (const each of seen) {
    const own = each.items.filter((item) => item.kind === "directive");
    // What a macro writes stands where it is called.
    const outside = own.filter(({ start }) => each.branches.partAround(start) === null);
    for (const item of outside.length > 0 ? outside : own) {
      if (item.name.value !== "include") directives.push(item);
      // A set is walked to its end, also to what is added on the way.
      else for (const file of included(item)) seen.add(file);
    }
  }
  return directives;
}

/** Where a directive may stand, as far as it tells. */
function contextsOf(directive: Directive): ReadonlySet<ContextKind> {
  const { name, block } = directive;
  const contexts = new Set<ContextKind>();
  const wanted = name.value === "server" && block !== null ? serverFamily(directive) : null;
  for (const facts of lookupDirective(name.value) ?? []) {
    if ((facts.block !== "none") !== (block !== null)) continue;
    if (wanted !== null && facts.family !== wanted) continue;
    for (const context of facts.contexts) contexts.add(context);
  }
  // It may be nested, but who keeps locations in a file of their own includes them in a server.
  if (name.value === "location") contexts.delete("location");
  return contexts;
}

/** Which module's `server` a block is, by what is in it: `http` where nothing speaks against it. */
function serverFamily({ block }: Directive): DirectiveFacts["family"] {
  let best: "http" | "stream" | "mail" = "http";
  const votes = { http: 0, stream: 0, mail: 0 };
  for (const item of block?.kind === "block" ? block.items : []) {
    if (item.kind !== "directive") continue;
    const { name, args } = item;
    if (name.value === "listen" && args.some(({ value }) => value === "udp")) votes.stream++;
    // Only in `http` has the address a scheme; it stands in the wrong place then.
    if (name.value === "proxy_pass" && /^https?:/.test(args[0]?.value ?? "")) {
      votes.http++;
      continue;
    }
    for (const { contexts } of lookupDirective(name.value) ?? []) {
      if (contexts.includes("server")) votes.http++;
      if (contexts.includes("stream-server")) votes.stream++;
      if (contexts.includes("mail-server")) votes.mail++;
    }
  }
  for (const family of ["stream", "mail"] as const) if (votes[family] > votes[best]) best = family;
  return best;
}

/** Entries of a `types`, `geo` or `map` block: they have no directive's name. */
function inferEntries(directives: readonly Directive[]): ContextKind | null {
  if (directives.some(({ block }) => block !== null)) return null;
  const names = directives.map(({ name }) => name.value);
  if (names.every((name) => /^[a-z]+\/[\w.+-]+$/i.test(name))) return "types";
  const keys = names.filter((name) => !OPTION_OF_ENTRIES.test(name));
  if (keys.length > 0 && keys.every(isAddress)) return "geo";
  if (keys.some((name) => /^[a-z][a-z0-9_]*$/.test(name))) return null;
  return directives.every(({ args }) => args.length === 1) ? "map" : "unknown";
}

const OPTION_OF_ENTRIES = /^(?:default|delete|ranges|hostnames|volatile|proxy_recursive)$/;

function isAddress(text: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+(?:[/-][\d.]+)?$/.test(text) || /^[0-9a-f]*:[0-9a-f:.]*(?:\/\d+)?$/i.test(text);
}
