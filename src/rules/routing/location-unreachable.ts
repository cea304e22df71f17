import {
  type Location,
  type Statement,
  treatmentOf,
  type Unreachable,
  type VirtualServer,
} from "../../semantics/index.ts";
import { acmeWebroots, candidatesFor, itemsOfFiles } from "../../site/index.ts";
import { defineRule, type Report } from "../rule.ts";
import { codeOf } from "../wording.ts";
import { meantLocation } from "./meant-location.ts";

/** No request can reach a location. */
export default defineRule({
  id: "location-unreachable",
  category: "routing",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["tls.renewal", "static.django-static-alias", "static.media-alias"],
  docs: {
    summary: "No request can reach a location",
    why: "A location that no request reaches is dead: its access rules, root and backend do nothing, whatever its author believes. Regex locations are checked in file order, so one whose URIs are all taken by earlier ones is never reached; a `return` in the server answers before nginx looks for a location, wherever it is written.",
    bad: `server {
    listen 80;
    location ~ \\.(css|js|png)$ {
        root /srv/app;
    }
    location ~ \\.min\\.js$ {
        root /srv/other;
    }
}
`,
    good: `server {
    listen 80;
    location ~ \\.min\\.js$ {
        root /srv/other;
    }
    location ~ \\.(css|js|png)$ {
        root /srv/app;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#location"],
  },
  scope: "server",
  check({ server, report }) {
    const webroots = acmeWebroots(server);
    const answered: Location[] = [];
    let by: Statement | null = null;
    for (const [location, reason] of server.unreachable) {
      // `location-never-matches` knows what was meant.
      if (reason.kind === "no-uri" && location.outer === null && meantLocation(location) !== null) continue;
      if (reason.kind !== "answered") {
        const items = webroots.includes(location) ? ["tls.renewal"] : itemsOfFiles(location);
        report({ ...describe(location, reason, server), items });
      } else {
        answered.push(location);
        by ??= reason.by;
      }
    }
    if (by !== null) report({ ...describeAnswer(server, by, answered), items: [] });
  },
});

/** One finding for the `return` that keeps all of them from being asked. */
function describeAnswer(server: VirtualServer, by: Statement, lost: readonly Location[]): Report {
  const names = lost.slice(0, 3).map(({ title }) => `\`${title}\``);
  const more = lost.length > 3 ? ` and ${lost.length - 3} more` : "";
  const page = server.context
    .all("error_page")
    .map(({ args }) => args.at(-1) ?? "")
    .find((target) => target.startsWith("/"));
  const verb = lost.length === 1 ? "is" : "are";
  const move = lost.some(({ pattern }) => pattern === "/")
    ? "move it into the location it is meant for, or remove the others"
    : "move it into `location / { }`";
  return {
    at: by,
    message: `This server answers every request with ${codeOf(by)} before it looks for a location: ${names.join(", ")}${more} ${verb} never reached.`,
    help:
      page === undefined || !lost.some(({ pattern }) => page.startsWith(pattern))
        ? move
        : `move it into a \`location / { }\`, or let \`error_page\` lead to a named location: \`${page}\` runs into the same line again`,
    related: lost.map(({ statement }) => ({ at: statement, message: "never reached" })),
    ...(isLeftover(by, lost) ? { severity: "info" as const } : {}),
    witness: { kind: "request", value: `GET ${lost[0]?.isRegex ? "/" : (lost[0]?.pattern ?? "/")}` },
  };
}

/** The `location /` of a site that has moved to HTTPS: idle, and nobody misses it. */
function isLeftover({ name, args }: Statement, lost: readonly Location[]): boolean {
  if (name !== "return" || !/^30[1278]$/.test(args[0] ?? "") || !args[1]?.startsWith("https://"))
    return false;
  return lost.every(({ pattern, isPrefix }) => isPrefix && pattern === "/");
}

function describe(
  location: Location,
  reason: Exclude<Unreachable, { kind: "answered" }>,
  server: VirtualServer,
): Report {
  const { title, statement } = location;
  const base = { at: statement, identity: title } as const;
  switch (reason.kind) {
    case "regex-before":
      return {
        ...base,
        message: `No request reaches \`${title}\`: ${titles(reason.by)}, which ${reason.by.length === 1 ? "comes" : "come"} first, ${reason.by.length === 1 ? "takes" : "take"} all its requests.`,
        help: "move it up, or remove it",
        related: reason.by.map((other) => ({ at: other.statement, message: "takes the request" })),
        ...(isRefusedAnyway(location, reason.by) ? { severity: "info" as const } : {}),
      };
    case "prefix-taken": {
      const isOuterLevel = reason.by.outer !== location.outer;
      return {
        ...base,
        message: `No request reaches \`${title}\`: \`${reason.by.title}\` takes every URI under it.`,
        help: isOuterLevel
          ? `add \`^~\` to the location around it, or remove it`
          : `write \`location ^~ ${location.pattern} {\`, or remove it`,
        related: [{ at: reason.by.statement, message: "takes the request" }],
        ...(isRefusedAnyway(location, [reason.by]) ? { severity: "info" as const } : {}),
        ...witnessFor(location, reason.by, server),
      };
    }
    case "not-asked":
      return {
        ...base,
        message: `No request reaches \`${title}\`: its URIs are under ${titles(reason.by)}, where \`^~\` stops nginx from checking regex locations.`,
        help: `nest it in ${titles(reason.by)}, or remove it`,
        related: reason.by.map((other) => ({ at: other.statement, message: "takes the request" })),
      };
    case "outside-outer":
      return {
        ...base,
        message: `No request reaches \`${title}\`: it matches no URI of \`${reason.by.title}\`, in which it is nested.`,
        help: "move it out, or correct the pattern",
        related: [{ at: reason.by.statement, message: "only its URIs get here" }],
      };
    case "no-uri":
      return {
        ...base,
        message: `No request reaches \`${title}\`: ${shapeOf(location)}.`,
        help: "correct the pattern, or remove the location",
      };
    case "twin":
      return {
        ...base,
        message: `No request reaches this \`${title}\`: nginx uses the first of that name.`,
        help: "remove one, or rename it",
        related: [{ at: reason.by.statement, message: "takes the request" }],
      };
  }
}

/** Nothing changes where both refuse. */
function isRefusedAnyway(location: Location, by: readonly Location[]): boolean {
  return [location, ...by].every((each) => treatmentOf(each).isRefusing);
}

function titles(locations: readonly Location[]): string {
  const names = locations.slice(0, 4).map(({ title }) => `\`${title}\``);
  return locations.length > 4 ? `${names.join(", ")} and ${locations.length - 4} more` : names.join(" and ");
}

/** What no URI can look like. */
function shapeOf({ pattern, isRegex }: Location): string {
  if (/\\\?|\?\w+=/.test(pattern)) return "locations are matched without the query string";
  if (isRegex ? /^\^[^/\\([.]/.test(pattern) : !pattern.startsWith("/")) return "every URI begins with `/`";
  if (pattern.includes("//")) return "nginx merges `//` into `/` before it looks for a location";
  if (/%[0-9a-f]{2}/i.test(pattern)) return "URIs are decoded before they are matched";
  return "no URI looks like that after nginx has decoded and normalized it";
}

function witnessFor(location: Location, by: Location, server: VirtualServer): Pick<Report, "witness"> {
  const { folder, tails } = candidatesFor(location);
  const uri = [location.pattern, ...tails.map(({ text }) => folder + text)].find((each) => {
    const taker = server.takerOf(each);
    return taker.kind === "location" && taker.location === by;
  });
  return uri === undefined ? {} : { witness: { kind: "request", value: `GET ${uri}` } };
}
