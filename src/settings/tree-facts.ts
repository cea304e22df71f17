/** What a tree shows of the things that settings are about. */
import {
  Configuration,
  type Context,
  type Location,
  type Server,
  type SourceTree,
} from "../semantics/index.ts";
import type { TreeFacts } from "./init.ts";

/** Looks over the trees that `nginx-lint init` is called on; `nginxVersion` is found elsewhere. */
export function treeFacts(trees: readonly SourceTree[], nginxVersion: string | null): TreeFacts {
  const servers = trees.flatMap((tree) => new Configuration(tree).servers);
  const locations = servers.flatMap((server) => [...server.allLocations()]);
  const names = trees.flatMap((tree) => tree.files.map((file) => file.name));
  const spa = distinct([...servers.filter(fallsBackToPage).map(() => "/"), ...locations.flatMap(appPrefix)]);
  return {
    presets: spa.length > 0 && locations.some(isDjangos) ? ["django-react"] : [],
    entries: trees.filter((tree) => !tree.fragment).map((tree) => tree.entry.name),
    nginxVersion,
    // Of a part of a server nobody knows what it listens on.
    tls: servers.some(
      (server) => server.partial || server.listens.some((listen) => listen.tls || listen.unknown),
    ),
    servers: servers.length,
    spa,
    metricsPaths: distinct(locations.flatMap(hiddenMetrics)),
    root: null,
    vendored: names.some((name) => /(?:^|\/)h5bp\//.test(name)) ? ["**/h5bp/**"] : [],
  };
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

/** `try_files … /index.html`: the page of an app answers whatever is not a file. */
function fallsBackToPage({ context }: Server | Location): boolean {
  return lastArgument(context, "try_files")?.endsWith("/index.html") === true;
}

function lastArgument(context: Context, name: string): string | undefined {
  return context.last(name)?.args.at(-1);
}

function appPrefix(location: Location): string[] {
  const isPrefix = location.modifier === "" || location.modifier === "^~";
  return isPrefix && location.pattern.startsWith("/") && fallsBackToPage(location) ? [location.pattern] : [];
}

/** Django is asked over uWSGI, or at the address of its admin, or has its collected files served beside it. */
function isDjangos({ isRegex, pattern, context }: Location): boolean {
  if (context.last("uwsgi_pass") !== undefined) return true;
  if (isRegex || !/^\/(?:django|admin\/|(?:static|media)\/$)/.test(pattern)) return false;
  return ["proxy_pass", "alias"].some((name) => context.last(name) !== undefined);
}

/** A location whose own name says nothing of metrics, and that leads to them. */
function hiddenMetrics(location: Location): string[] {
  if (location.isRegex || location.isNamed || /metrics|prometheus/.test(location.pattern)) return [];
  const target = location.context.last("proxy_pass")?.args[0] ?? "";
  return /^https?:\/\/[^/]+\/(?:.*\/)?(?:metrics|prometheus)\/?$/.test(target) ? [location.pattern] : [];
}
