/** How much speaks for Django behind a pass, and where it hands out files. */
import {
  handlerOf,
  type Location,
  type Place,
  type Statement,
  type VirtualServer,
} from "../semantics/index.ts";

/** Programs that run Django, and names that people give to it. */
const NAMES = /django|gunicorn|uvicorn|daphne|hypercorn|[uw]?wsgi|\basgi|channels/i;

/** 0: nothing; 1: weak; 2 and more: strong. */
export function djangoEvidence(server: VirtualServer, pass: Statement): number {
  const target = pass.args[0] ?? "";
  const host = /^(?:\w+:\/\/)?([^/:]+)/.exec(target)?.[1] ?? "";
  const members = server.model.configuration.upstreams.get(host)?.block?.all("server") ?? [];
  const addresses = [target, ...members.map(({ args }) => args[0] ?? "")];
  let score = 0;
  if (pass.name === "uwsgi_pass" || addresses.some((text) => NAMES.test(text))) score += 2;
  if (addresses.some((text) => /:8000\b/.test(text))) score += 1;
  if (server.locations.some(isAdmin)) score += 1;
  return score;
}

function isAdmin({ pattern, context }: Location): boolean {
  return /^\^?\/(?:django-?)?admin\/?$/.test(pattern) && handlerOf(context).kind === "pass";
}

/** Files of Django's that somebody asks for. */
export interface DjangoFiles {
  readonly name: "static" | "media";
  /** The location that is written for them. */
  readonly pattern: RegExp;
  readonly tail: string;
  /** The item of the checklist that is about them. */
  readonly item: string;
  /** The setting that names their directory. */
  readonly setting: "STATIC_ROOT" | "MEDIA_ROOT";
}

export const DJANGO_FILES: readonly DjangoFiles[] = [
  {
    name: "static",
    pattern: /^\^?\/(?:[\w-]+\/)*(?:[\w-]*[-_])?static(?:files)?\/?$/,
    tail: "admin/css/base.css",
    item: "static.django-static-alias",
    setting: "STATIC_ROOT",
  },
  {
    name: "media",
    pattern: /^\^?\/(?:[\w-]+\/)*(?:[\w-]*[-_])?(?:media|uploads)\/?$/,
    tail: "avatars/1.jpg",
    item: "static.media-alias",
    setting: "MEDIA_ROOT",
  },
];

/** A place that gives out static files from disk. */
export function givesOutAssets({ context, handler, files, location }: Place): boolean {
  if (handler.kind !== "static" || location === null) return false;
  if (!context.hasAny(["alias", "root", "try_files", "expires"])) return false;
  return /static|assets|\(?(?:css|js)\|/.test(location.pattern) || /static/.test(files.path);
}

/** Whether a location is written for such files: by its prefix, or by a pattern for all below one. */
export function isForDjangoFiles(
  { pattern, literalPrefix, isRegex, isExact, isNamed }: Location,
  files: DjangoFiles,
): boolean {
  if (isExact || isNamed) return false;
  if (!isRegex) return files.pattern.test(pattern);
  return files.pattern.test(literalPrefix) && /^\^[\w/-]+(?:\(?\??:?\.[*+]\)?\$?)?$/.test(pattern);
}

/** The items of the checklist that are about the files of a location. */
export function itemsOfFiles(location: Location): readonly string[] {
  return DJANGO_FILES.filter((files) => isForDjangoFiles(location, files)).map(({ item }) => item);
}
