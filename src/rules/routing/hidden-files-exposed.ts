import type { Anchor, Context, ServedFile, VirtualServer } from "../../semantics/index.ts";
import { mayHoldProject, servedTrees } from "../../site/index.ts";
import { defineRule, type Report } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Hidden files that nginx would hand out: history, secrets. */
export default defineRule({
  id: "hidden-files-exposed",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["django-react", "security"],
  checklist: ["headers.hidden-files"],
  docs: {
    summary: "nginx would serve hidden files",
    why: "A site deployed by `git pull` or `rsync` brings `.git` and `.env` along, and scanners request them from every host: the first holds the whole source and its history, the second the passwords. nginx has no notion of hidden files; it refuses only what a location refuses. For a `^~` location nginx does not check the regex locations beside it, so it needs its own refusal.",
    bad: "server {\n    root /srv/shop;\n    location / {\n        try_files $uri $uri/ =404;\n    }\n}\n",
    good: "server {\n    root /srv/shop;\n    location / {\n        try_files $uri $uri/ =404;\n    }\n    location ~ /\\.(?!well-known/) {\n        deny all;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#location"],
  },
  check({ servers, site, report, met, unmet, isMetUnheard }) {
    /** By the folder: one tree is one cause, however many servers give it out. */
    const causes = new Map<string, Cause>();
    const isMinded = servers.some(refusesSome);
    for (const server of servers) {
      // The refusal may stand where this part is included.
      if (server.isPartial) continue;
      const found = exposedIn(server);
      const [first, ...rest] = found;
      const { opener } = server.context;
      if (first === undefined) {
        if (isMetUnheard === true || opener === null || !servesFiles(server)) continue;
        // Nobody keeps a project there; a reviewer asks all the same.
        const [served] = servedIn(server, () => true);
        if (served === undefined) met(opener);
        else unmet({ at: served.by, why: `GET ${served.uri} is not refused`, concerns: [server.context] });
        continue;
      }
      // `dangerous-root` speaks of more than these files.
      if (site.dangersOf(server).some(({ statement }) => statement.directive === first.by.directive)) {
        unmet({ at: first.by, why: `GET ${first.uri} is not refused`, concerns: [server.context] });
        continue;
      }
      const folder = first.by.args.join(" ");
      const known = causes.get(folder);
      const isLikely = isMinded || mayBeCheckedOut(folder) || runsScriptsOf(server);
      if (known === undefined)
        causes.set(folder, { first, others: rest, twins: [], concerns: [server.context], isLikely });
      else {
        known.concerns.push(server.context);
        if (opener !== null) known.twins.push(opener);
        known.isLikely ||= isLikely;
      }
    }
    const idle = [...causes.values()].filter(({ isLikely }) => !isLikely);
    for (const cause of causes.values()) if (cause.isLikely) report(describe(cause, []));
    // Trees of pages, about which nothing is said: one word for all of them.
    const [first, ...others] = idle;
    if (first !== undefined) report({ ...describe(first, others), severity: "info" });
  },
});

interface Cause {
  readonly first: ServedFile;
  /** Other hidden files of the same server. */
  readonly others: readonly ServedFile[];
  /** Servers that give out the same tree. */
  readonly twins: Anchor[];
  /** All servers that do. */
  readonly concerns: Context[];
  /** Something speaks for a project in the folder, with its history and its secrets. */
  isLikely: boolean;
}

function describe({ first, others, twins, concerns }: Cause, alike: readonly Cause[]): Report {
  const files = [...others, ...alike.flatMap((cause) => [cause.first, ...cause.others])];
  const elsewhere = new Map(files.map((file) => [file.by.directive, file]));
  elsewhere.delete(first.by.directive);
  return {
    at: first.by,
    message: `nginx would serve hidden files below ${codeOf(first.by)}, such as \`${first.uri}\`: no location refuses them.`,
    help: "add `location ~ /\\.(?!well-known/) { deny all; }` to the server, and into each `^~` location",
    concerns: [...concerns, ...alike.flatMap((cause) => cause.concerns)],
    related: [
      ...[...elsewhere.values()].map(({ by, uri }) => ({ at: by, message: `serves \`${uri}\`, too` })),
      ...twins.map((at) => ({ at, message: "the same here" })),
    ],
    witness: { kind: "request", value: `GET ${first.uri}` },
  };
}

/** Somebody has thought of hidden files, and refuses some. */
function refusesSome(server: VirtualServer): boolean {
  return server.locations.some(
    (location) =>
      location.isRegex &&
      /^\^?(?:\.\*)?\/?\(*(?:\\\.|\[\.\])/.test(location.pattern) &&
      server.at(location).admits().kind === "closed",
  );
}

/** Folders of people, who check projects out there. */
function mayBeCheckedOut(folder: string): boolean {
  return /^\/(?:home|Users|root)\/|(?:^|\/)(?:src|source|repo|checkout|git|current)(?:\/|$)/.test(folder);
}

/** The tree holds scripts, and so the code of the site. */
function runsScriptsOf({ places }: VirtualServer): boolean {
  return places.some(
    ({ handler, context }) =>
      (handler.kind === "pass" && handler.pass === "fastcgi_pass") ||
      context.last("index")?.args.includes("index.php"),
  );
}

function servesFiles({ places }: VirtualServer): boolean {
  return places.some(({ handler, files }) => handler.kind === "static" && files.statement !== null);
}

const HIDDEN = [".git/config", ".env"] as const;

/** Nobody reads on after so many places with one cure. */
const ENOUGH = 10;

/** One of each tree that somebody may have put a project into. */
function exposedIn(server: VirtualServer): ServedFile[] {
  return servedIn(server, mayHoldProject);
}

function servedIn(server: VirtualServer, isAsked: (folder: string) => boolean): ServedFile[] {
  const found: ServedFile[] = [];
  for (const prefix of servedTrees(server)) {
    for (const name of HIDDEN) {
      const file = server.fileAt(prefix + name, `/${name}`);
      if (file === null || !isAsked(file.by.args[0] ?? "")) continue;
      if (found.push(file) === ENOUGH) return found;
      break;
    }
  }
  return found;
}
