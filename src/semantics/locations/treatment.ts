/** What a location does with a URI, and whether two of them differ in a way that a user would notice. */

import { askedOnce } from "../../lists/index.ts";
import { isFilledIn } from "../../parser/index.ts";
import { admissionAt } from "../admission/admission.ts";
import { type FileBase, fileBaseOf, filePath, type Handler, handlerOf } from "../content.ts";
import { effective } from "../effective.ts";
import { listAt } from "../inheritance.ts";
import type { Location } from "../server.ts";
import type { Context, Statement } from "../tree.ts";

export interface Treatment {
  readonly location: Location;
  readonly handler: Handler;
  /** The `try_files` or `error_page` that hands what is no file to a named location; null without. */
  readonly fallback: Statement | null;
  /** Something in it cannot be told: an include, a rewrite to elsewhere, a variable. */
  readonly isUnclear: boolean;
  readonly isRefusing: boolean;
}

export const treatmentOf = askedOnce(read);

function read(location: Location): Treatment {
  const { context } = location;
  const handler = handlerOf(context);
  const last = context.last("try_files");
  const leads = last?.args.at(-1)?.startsWith("@") === true;
  const errorPage = effective(context, "error_page").statements.find(
    ({ args }) => args.includes("404") && args.at(-1)?.startsWith("@"),
  );
  const rewrites = context
    .all("rewrite")
    .some(({ args }) => !/^(break|redirect|permanent)$/.test(args[2] ?? ""));
  const isStatus = handler.kind === "return" && handler.status !== null && handler.status >= 400;
  let isRefusing: boolean | undefined;
  return {
    location,
    handler,
    fallback: leads ? last : (errorPage ?? null),
    isUnclear: context.incomplete || rewrites || isWrittenElsewhere(context, handler),
    get isRefusing() {
      isRefusing ??= handler.kind === "return" ? isStatus : isGuarded(location);
      return isRefusing;
    },
  };
}

/** A template says where its files are, or what answers. */
function isWrittenElsewhere(context: Context, handler: Handler): boolean {
  const statement =
    handler.kind === "static" ? fileBaseOf(context).statement : (context.last("proxy_pass") ?? null);
  return statement?.args.some(isFilledIn) === true;
}

function isGuarded({ server, context }: Location): boolean {
  return context.has("internal") || admissionAt(server, context).kind === "closed";
}

export type Difference =
  /** Another file. */
  | { readonly kind: "file" }
  /** Another backend, or disk instead of a backend, or the reverse. */
  | { readonly kind: "handler" }
  /** Guarded by the one, open at the other. */
  | { readonly kind: "access"; readonly guard: Statement | null }
  /** Headers that the other does not send. */
  | { readonly kind: "headers"; readonly names: readonly string[] }
  /** The same files, but nobody who makes those that are not there. */
  | { readonly kind: "fallback"; readonly by: Statement };

/** What the user of `uri` notices when `winner` takes it instead of `loser`; null: nothing, or it cannot be told. */
export function compareTreatments(loser: Location, winner: Location, uri: string): Difference | null {
  const meant = treatmentOf(loser);
  const got = treatmentOf(winner);
  if (meant.isUnclear || got.isUnclear) return null;
  // Who refuses, means to.
  if (got.isRefusing) return null;
  if (got.handler.kind === "return") return null;
  // A redirect is no thing that a file or a backend could be mistaken for.
  if (meant.handler.kind === "return" && !meant.isRefusing) return null;
  const difference = handlerDifference(meant, got, uri);
  const isSameThing = difference === "same" || meant.handler.kind === "return" || isMereGuard(loser.context);
  if (meant.isRefusing && isSameThing) return { kind: "access", guard: guardStatement(loser.context) };
  if (difference !== "same") return difference;
  // What a script sends is no file of the loser's.
  if (meant.handler.kind === "static" && got.handler.kind === "pass") return null;
  const names = lostHeaders(loser.context, winner.context);
  if (names.length > 0) return { kind: "headers", names };
  return makesFiles(meant) && got.fallback === null ? { kind: "fallback", by: meant.fallback } : null;
}

/** What is no file is asked of a backend: one that scales pictures, say. Front controllers of PHP make pages. */
function makesFiles(meant: Treatment): meant is Treatment & { readonly fallback: Statement } {
  if (meant.handler.kind !== "static" || meant.fallback === null) return false;
  const named = meant.location.server.named(meant.fallback.args.at(-1) ?? "");
  const handler = named === undefined ? null : handlerOf(named.context);
  return handler?.kind === "pass" && handler.pass !== "fastcgi_pass";
}

/** A cheap look, before any URI is tried, whether two locations could differ for some. */
export function mayTreatDifferently(loser: Location, winner: Location): boolean {
  if (winner.children.length > 0) return true;
  const meant = treatmentOf(loser);
  const got = treatmentOf(winner);
  return !meant.isUnclear && !got.isUnclear && got.handler.kind !== "return" && !got.isRefusing;
}

/** A location that only guards what is served from elsewhere anyway. */
function isMereGuard(context: Context): boolean {
  return handlerOf(context).kind === "static" && !context.has("root") && !context.has("alias");
}

function handlerDifference(meant: Treatment, got: Treatment, uri: string): Difference | null | "same" {
  const a = meant.handler;
  const b = got.handler;
  if (a.kind === "static" && b.kind === "static") {
    return fileDifference(a.base, b.base, uri);
  }
  if (a.kind === "static" && b.kind === "pass" && b.pass === "fastcgi_pass") {
    // Scripts are meant to be run wherever they lie; what counts is whether they are looked for in the right folder.
    return fileDifference(a.base, fileBaseOf(got.location.context), uri);
  }
  if (a.kind === "pass" && b.kind === "pass") {
    if (a.pass !== b.pass) return { kind: "handler" };
    if (a.target !== b.target)
      return a.target.includes("$") || b.target.includes("$") ? null : { kind: "handler" };
    // The same words; with a URI part the two names replace different parts of the URI.
    return "same";
  }
  if (a.kind === "module" && b.kind === "module")
    return a.statement.name === b.statement.name ? "same" : { kind: "handler" };
  if (a.kind === "pass" && meant.location.context.has("try_files")) return null;
  // Files that are there are served by both: the named location only gets what is not.
  if (a.kind === "pass" && b.kind === "static" && got.fallback !== null) {
    return leadsElsewhere(got, a.target) ? { kind: "handler" } : null;
  }
  return { kind: "handler" };
}

/** What is no file goes to the named location of another backend. */
function leadsElsewhere({ location, fallback }: Treatment, target: string): boolean {
  const named = location.server.named(fallback?.args.at(-1) ?? "");
  const handler = named === undefined ? null : handlerOf(named.context);
  return handler?.kind === "pass" && handler.target !== target && !`${handler.target}${target}`.includes("$");
}

function fileDifference(meant: FileBase, got: FileBase, uri: string): Difference | null | "same" {
  if (meant.statement === got.statement && meant.replaces === got.replaces) return "same";
  const wanted = filePath(meant, uri);
  const given = filePath(got, uri);
  if (wanted === null || given === null) return null;
  return normalised(wanted) === normalised(given) ? "same" : { kind: "file" };
}

function normalised(path: string): string {
  return path.replace(/\/{2,}/g, "/");
}

/** The first directive that guards the place. */
export function guardStatement(context: Context): Statement | null {
  for (const name of ["internal", "deny", "auth_basic", "auth_request", "allow", "return"]) {
    const statement = effective(context, name).statements.at(-1);
    if (statement !== undefined && statement.args[0] !== "off") return statement;
  }
  return null;
}

/** Caching is what such regex locations are for. */
const CACHING = /^(cache-control|expires|pragma|vary|etag)$/i;

/** Headers that the loser's own `add_header` lines set and the winner does not send. */
function lostHeaders(loser: Context, winner: Context): string[] {
  const sent = new Set(listAt(winner, "add_header").statements.map(({ args }) => args[0]?.toLowerCase()));
  const own = loser.all("add_header").map(({ args }) => args[0] ?? "");
  return [...new Set(own)].filter((name) => !CACHING.test(name) && !sent.has(name.toLowerCase()));
}
