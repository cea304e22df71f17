/** How long browsers keep an answer, by its headers. */
import { fromBytes } from "../regex/index.ts";
import type { Header } from "../request/index.ts";

export type Freshness =
  | { readonly kind: "seconds"; readonly seconds: number; readonly header: Header }
  /** Nothing says it. */
  | { readonly kind: "unsaid" }
  /** A variable decides. */
  | { readonly kind: "unknown" };

/** Of several values the strictest holds (RFC 9111, 4.2.1). */
export function freshnessOf(headers: readonly Header[]): Freshness {
  const caching = headers.filter(({ name }) => /^cache-control$/i.test(name));
  if (caching.some(({ value }) => value.includes("$"))) return { kind: "unknown" };
  let found: Freshness = { kind: "unsaid" };
  for (const header of caching) {
    const value = fromBytes(header.value);
    const age = /(?:^|[\s,])max-age\s*=\s*"?(\d+)/i.exec(value)?.[1];
    const isRefused = /(?:^|[\s,])no-(?:store|cache)(?![\w=])/i.test(value);
    if (!isRefused && age === undefined) continue;
    const seconds = isRefused ? 0 : Number(age);
    if (found.kind !== "seconds" || seconds < found.seconds) found = { kind: "seconds", seconds, header };
  }
  if (found.kind === "unsaid" && headers.some(({ name }) => /^expires$/i.test(name)))
    return { kind: "unknown" };
  return found;
}

/** For people: `1 year`, `30 days`, `2 hours`. */
export function durationOf(seconds: number): string {
  const units = [
    [31_536_000, "year"],
    [86_400, "day"],
    [3600, "hour"],
    [60, "minute"],
  ] as const;
  const [size, name] = units.find(([size]) => seconds >= size) ?? [1, "second"];
  const count = Math.round(seconds / size);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
