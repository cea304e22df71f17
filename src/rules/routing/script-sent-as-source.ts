import {
  diskOf,
  fileSent,
  type Location,
  type Simulation,
  type Statement,
  type VirtualServer,
} from "../../semantics/index.ts";
import { removeArgument, replaceArgument } from "../fix.ts";
import { defineRule, type Fix } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Scripts that the server runs, and that some requests get as text. */
export default defineRule({
  id: "script-sent-as-source",
  category: "routing",
  severity: "error",
  confidence: "high",
  presets: ["recommended", "security"],
  fix: "unsafe",
  docs: {
    summary: "Some requests get a script's source, although the server runs scripts",
    why: "A script runs only in the location that passes it to an interpreter; every other location sends the file. Three things bypass it: a file named by a middle argument of `try_files` is sent right there (only the last argument goes through location matching again), `^~` or an earlier regex location takes scripts away, and `rewrite … break` stays in its location. Visitors then download the source, passwords included.",
    bad: `server {
    listen 80;
    root /srv/shop;
    location / {
        try_files $uri /index.php =404;
    }
    location ~ \\.php$ {
        try_files $uri =404;
        include fastcgi.conf;
        fastcgi_pass unix:/run/php/php-fpm.sock;
    }
}
`,
    good: `server {
    listen 80;
    root /srv/shop;
    location / {
        try_files $uri /index.php$is_args$args;
    }
    location ~ \\.php$ {
        try_files $uri =404;
        include fastcgi.conf;
        fastcgi_pass unix:/run/php/php-fpm.sock;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files"],
  },
  scope: "server",
  check({ server, report, met }) {
    if (server.isIncomplete) return;
    for (const { extension, runner } of runnersOf(server)) {
      const told = new Set<Statement>();
      for (const leak of leaksOf(server, extension)) {
        if (told.has(leak.at)) continue;
        told.add(leak.at);
        report({
          at: leak.at,
          message: `\`GET ${leak.uri}\` gets the source of \`${leak.file}\`: ${leak.reason}, so the request never gets to \`${runner.title}\`, which runs scripts.`,
          help: leak.help,
          related: [{ at: runner.statement, message: "runs scripts" }],
          witness: { kind: "request", value: `GET ${leak.uri}` },
          details: [
            { label: "request", text: `GET ${leak.uri}` },
            { label: "gets", text: leak.file },
          ],
          ...(leak.isSure ? {} : { confidence: "medium" }),
          ...(leak.fix === undefined ? {} : { fix: leak.fix }),
        });
      }
      if (told.size === 0) met(runner.statement);
    }
  },
});

const EXTENSIONS = ["php", "py", "pl", "cgi", "jsp", "asp", "aspx", "phtml"];
const RUNS = new Set(["fastcgi_pass", "uwsgi_pass", "scgi_pass", "proxy_pass"]);

interface Runner {
  readonly extension: string;
  readonly runner: Location;
}

/** The regex locations that hand all scripts of a kind to somebody. */
function runnersOf(server: VirtualServer): Runner[] {
  return EXTENSIONS.flatMap((extension) => {
    if (!server.locations.some(({ isRegex, pattern }) => isRegex && pattern.includes(extension))) return [];
    const [own, other] = ["", "some/"].map((folder) => server.takerOf(`/${folder}x.${extension}`));
    const taker = own?.kind === "location" ? own : other;
    if (taker?.kind !== "location") return [];
    const { location } = taker;
    const { handler } = server.at(location);
    const isRunner = location.isRegex && location.pattern.includes(extension) && handler.kind === "pass";
    return isRunner && RUNS.has(handler.pass) ? [{ extension, runner: location }] : [];
  });
}

interface Leak {
  readonly at: Statement;
  readonly uri: string;
  readonly file: string;
  readonly reason: string;
  readonly help: string;
  readonly isSure: boolean;
  readonly fix?: Fix;
}

function* leaksOf(server: VirtualServer, extension: string): Generator<Leak> {
  for (const location of server.locations) {
    const place = server.at(location);
    if (place.context.incomplete || location.context.has("internal")) continue;
    yield* sentInstead(server, location, extension);
    yield* takenAway(server, location, extension);
  }
}

/** What is no file gets a script: by `try_files`, or by a rewrite that stays. */
function* sentInstead(server: VirtualServer, location: Location, extension: string): Generator<Leak> {
  if (!location.context.has("try_files") && !location.context.has("rewrite")) return;
  const base = server.uriFor(location);
  if (base === null || location.isExact) return;
  const simulation = server.answerTo(
    base,
    diskOf((path) => path.endsWith(`.${extension}`)),
  );
  const file = scriptSent(simulation, extension);
  if (simulation === null || file === null || base.endsWith(`.${extension}`)) return;
  const { context } = simulation.location ?? location;
  const line = context.last("try_files") ?? context.last("rewrite");
  if (line === undefined) return;
  const script = `/${file.split("/").at(-1)}`;
  const isMiddle = line.name === "try_files";
  yield {
    at: line,
    uri: base,
    file,
    reason: isMiddle
      ? `only the last argument of \`try_files\` goes through location matching again, the others are sent as files`
      : `${codeOf(line)} stays in this location`,
    help: isMiddle
      ? `let \`try_files\` end with \`${line.args.find((each) => each.includes(script)) ?? script}\``
      : "write `last` instead of `break`",
    isSure: true,
    ...(isMiddle ? endingWith(line, script) : lookedUpAnew(line)),
  };
}

/** `try_files` without the codes behind the script: the script's own location says what is none. */
function endingWith(line: Statement, script: string): { fix?: Fix } {
  const at = line.args.findIndex((each) => each.includes(script));
  const behind = [...line.args.keys()].filter((index) => index > at);
  if (at < 1 || behind.some((index) => !/^=\d+$/.test(line.args[index] ?? ""))) return {};
  const written = line.args[at] ?? "";
  // The last argument is a URI, which brings its own query string.
  const end = /[?$]/.test(written) ? written : `${written}$is_args$args`;
  const edits = behind.map((index) => removeArgument(line, index));
  if (end !== written) edits.push(replaceArgument(line, at, end));
  return { fix: { description: `let it end with \`${end}\``, safe: false, edits } };
}

function lookedUpAnew(line: Statement): { fix?: Fix } {
  if (line.args[2] !== "break") return {};
  return { fix: { description: "write `last`", safe: false, edits: [replaceArgument(line, 2, "last")] } };
}

/** A location is asked before the one that runs scripts. */
function* takenAway(server: VirtualServer, location: Location, extension: string): Generator<Leak> {
  if (location.isExact || location.isNamed || location.pattern === "/") return;
  if (!location.isRegex && !location.stopsRegexes) return;
  const { literalPrefix } = location;
  // Where nothing but assets is meant to lie, no scripts are taken away.
  if (literalPrefix !== "" && ASSETS.test(literalPrefix)) return;
  const folder = literalPrefix.endsWith("/") || literalPrefix === "" ? literalPrefix : `${literalPrefix}/`;
  for (const uri of [`${folder || "/"}index.${extension}`, `${folder || "/"}x.${extension}`]) {
    const taker = server.takerOf(uri);
    if (taker.kind !== "location" || !isOrIsIn(taker.location, location)) continue;
    const served = server.fileAt(uri, uri.slice(uri.lastIndexOf("/") + 1));
    const file = served === null ? null : scriptSent(served.simulation, extension);
    if (file === null) continue;
    yield {
      at: location.statement,
      uri,
      file,
      reason: location.isRegex
        ? `\`${location.title}\` comes first and takes the request`
        : "`^~` stops nginx from checking regex locations",
      help: location.isRegex
        ? `move it after the location that runs scripts, or nest one that runs them in it`
        : "nest a copy of the location that runs scripts in it, or refuse scripts there",
      isSure: holdsScripts(server, location, extension),
    };
    return;
  }
}

/** Its own lines say that scripts lie there. */
function holdsScripts(server: VirtualServer, location: Location, extension: string): boolean {
  const names = server
    .at(location)
    .list("index")
    .statements.flatMap(({ args }) => args);
  return names.some((name) => name.endsWith(`.${extension}`)) || location.pattern.includes(extension);
}

const ASSETS =
  /(^|\/)(\.well-known|assets?|static|dist|build|css|js|scripts?|styles?|fonts?|images?|imgs?|pics?|icons?|media|uploads?|files?|downloads?|public|storage|cache|logs?|docs?|favicon[^/]*|robots[^/]*)(\/|$)/i;

function scriptSent(simulation: Simulation | null, extension: string): string | null {
  const file = fileSent(simulation);
  return file?.endsWith(`.${extension}`) === true && !file.includes("$") ? file : null;
}

function isOrIsIn(location: Location, outer: Location): boolean {
  return location === outer || location.isInside(outer);
}
