/** Directives of the widely packaged modules of others: headers-more, lua, cache-purge, dav-ext, upload-progress, nchan. */
import { askedOnce } from "../../../lists/index.ts";
import { effective } from "../../effective.ts";
import type { Context, Statement } from "../../tree.ts";
import { parseCidr, parseNumber, parseSeconds } from "../../values/index.ts";
import {
  type ArgumentProblem,
  checkParameters,
  hasPages,
  isAnything,
  type Parameters,
  problemAt,
  type Surroundings,
} from "./problem.ts";

/** `more_set_headers -s 404 -t text/html 'X-A: b'`. The `-a` of later versions is taken, too. */
export function* checkMoreHeaders(statement: Statement): Generator<ArgumentProblem> {
  const { name, args } = statement;
  const options = name.includes("_input_") ? ["-t", "-r"] : ["-t", "-s", "-a"];
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? "";
    if (!word.startsWith("-")) continue;
    if (!options.includes(word)) {
      const help = `write a header such as \`'X-Name: value'\`, or one of ${options.map((each) => `\`${each}\``).join(", ")}`;
      yield problemAt(statement, index, `${name}: invalid option name: "${word}"`, help);
      return;
    }
    if (word !== "-t" && word !== "-s") continue;
    index++;
    const value = args[index];
    if (value === undefined) {
      yield problemAt(statement, index - 1, `${name}: option ${word} takes an argument`, "write it behind");
      return;
    }
    const odd = word === "-s" ? /[^0-9 ]/.exec(value)?.[0] : undefined;
    if (odd === undefined) continue;
    const message = `${name}: invalid digit "${odd}" found in the status code list "${value}"`;
    yield problemAt(statement, index, message, "write status codes: `-s '404 503'`");
    return;
  }
}

/** The hooks that ask for some code; the others take none for nothing. */
const RUNS_CODE =
  /^(?:access|body_filter|content|header_filter|init|log|rewrite|server_rewrite)_by_lua(?:_file)?$/;

/** Lua in a string, or the file it is in. */
export function* checkLuaCode(statement: Statement): Generator<ArgumentProblem> {
  if (statement.args[0] === "" && RUNS_CODE.test(statement.name)) {
    const message = "invalid location config: no runnable Lua code";
    yield problemAt(statement, 0, message, "write Lua, or remove the line");
  }
  if (hooksIntoTls(statement.name)) yield* checkLuaTls(statement);
}

/** Whether it is one of those that hook into what `ssl_certificate` sets up. */
export function hooksIntoTls(name: string): boolean {
  return /^ssl_(?:certificate|client_hello)_by_lua/.test(name);
}

/** Whether the context is, or holds, a server without TLS. */
const hasBareServer = askedOnce((context: Context) => {
  const servers = context.kind === "http" ? context.all("server").map(({ block }) => block) : [context];
  return servers.some((server) => {
    if (server?.kind !== "server") return false;
    const { statements, uncertain } = effective(server, ["ssl_certificate", "ssl_reject_handshake"]);
    return statements.length === 0 && !uncertain;
  });
});

/** `ssl_certificate_by_lua_*` and `ssl_client_hello_by_lua_*` in a server without TLS. */
export function* checkLuaTls(statement: Statement): Generator<ArgumentProblem> {
  if (!hasBareServer(statement.context)) return;
  yield {
    at: statement,
    message: "no ssl configured for the server",
    help: "write `ssl_certificate` and `ssl_certificate_key`, which stand in until the Lua code has chosen",
  };
}

/** `proxy_cache_purge PURGE from 127.0.0.1`, or in a location of its own `proxy_cache_purge zone key`. */
export function* checkCachePurge(statement: Statement): Generator<ArgumentProblem> {
  const { name, args, context } = statement;
  if (args.length === 2) {
    if (context.kind === "location") return;
    const message = `"${name}" directive (separate location syntax) is not allowed here`;
    yield { at: statement, message, help: "write `PURGE from` and the addresses that may purge" };
    return;
  }
  // A fork knows a word more.
  const at = args[1] === "purge_all" ? 2 : 1;
  if (args[0] === "off" || args.length <= at) return;
  if (args[at] !== "from") {
    const message = `invalid parameter "${args[at] ?? ""}", expected "from" keyword`;
    yield problemAt(statement, at, message, "write `from` before the addresses");
    return;
  }
  if (args[at + 1] === "all") return;
  const wrong = args.findIndex((word, index) => index > at && !parseCidr(word).ok);
  if (wrong < 0) return;
  yield problemAt(statement, wrong, `invalid parameter "${args[wrong] ?? ""}"`, "write `all`, or addresses");
}

const LOCK_ZONE: Parameters = {
  "zone=": {
    accepts: (value) => value.includes(":") && hasPages(value.slice(value.indexOf(":") + 1), 8),
    says: (word) => `invalid zone size "${word}"`,
    write: "zone=locks:10m",
  },
  "timeout=": {
    accepts: (value) => {
      const time = parseSeconds(value);
      return time.ok && time.value > 0;
    },
    says: (word) => `invalid timeout value "${word}"`,
    write: "timeout=60m",
  },
};

/** `dav_ext_lock_zone zone=locks:10m timeout=5m`. */
export function* checkLockZone(statement: Statement, around: Surroundings): Generator<ArgumentProblem> {
  const [problem] = checkParameters(statement, 0, LOCK_ZONE, around);
  if (problem !== undefined) yield problem;
  else if (!statement.args.some((word) => /^zone=[^:]/.test(word))) yield lacksZone(statement);
}

/** `dav_ext_lock zone=locks`. */
export function* checkLock(statement: Statement, around: Surroundings): Generator<ArgumentProblem> {
  const parameters = { "zone=": { accepts: isAnything, write: "zone=locks" } };
  const [problem] = checkParameters(statement, 0, parameters, around);
  if (problem !== undefined) yield problem;
  else if (statement.args.length === 0) yield lacksZone(statement);
}

function lacksZone(statement: Statement): ArgumentProblem {
  const message = `"${statement.name}" must have "zone" parameter`;
  return { at: statement, message, help: "add `zone=`" };
}

/** What makes the answer of a location; only then is there something to track. */
const HANDLER = /_pass$|_by_lua|^(?:echo|perl|empty_gif|stub_status|flv|mp4|nchan|push|js_|report_uploads)/;

/** `ngx_http_track_uploads` wraps the handler that the lines above it have set. */
export function* checkTrackUploads(statement: Statement): Generator<ArgumentProblem> {
  const { context } = statement;
  if (context.kind !== "location" || context.incomplete) return;
  for (const { name } of context.statements) {
    if (name === "track_uploads") break;
    if (HANDLER.test(name)) return;
  }
  yield {
    at: statement,
    message:
      '"track_uploads" directive should be the last directive in the location, after either proxy_pass or fastcgi_pass',
    help: "move it below the line that passes requests on",
  };
}

/** `ndk_upstream_list_parse_weight`: `2:backend`, or a name that begins with no digit. */
export function* checkUpstreamList(statement: Statement): Generator<ArgumentProblem> {
  const index = statement.args.findIndex((word, at) => at > 0 && /^\d+(?!\d|:)/.test(word));
  if (index < 0) return;
  const word = statement.args[index] ?? "";
  const message = /^\d+$/.test(word)
    ? `upstream list just consists of number "${word}"`
    : `upstream list not correct format "${word}"`;
  yield problemAt(statement, index, message, "write a name, or a weight and a name: `2:backend`");
}

/** `nchan_subscriber_first_message`: the beginning of a word, or a number. */
export function* checkFirstMessage(statement: Statement): Generator<ArgumentProblem> {
  const [value = ""] = statement.args;
  if (["oldest", "newest"].some((word) => word.startsWith(value.toLowerCase()))) return;
  const number = parseNumber(value.replace(/^-/, ""));
  if (number.ok && number.value <= 32) return;
  const message = `invalid nchan_subscriber_first_message value: ${value}, must be 'oldest', 'newest', or a number between -32 and 32`;
  yield problemAt(statement, 0, message, "write `oldest`, `newest`, or a number from -32 to 32");
}

/** `nchan_redis_url redis://…`, without a scheme of its own. */
export function* checkRedisUrl(statement: Statement): Generator<ArgumentProblem> {
  const [url = ""] = statement.args;
  if (!/^(?:https?:\/\/|unix:|[[@])/.test(url)) return;
  const message = `"${statement.name}" directive url is invalid`;
  yield problemAt(statement, 0, message, "write `redis://host:port`");
}

/** A page without a path of the folder needs a header of its own. */
export function* checkShowPath(statement: Statement): Generator<ArgumentProblem> {
  const { args, context } = statement;
  if (args[0]?.toLowerCase() !== "off") return;
  const { statements, uncertain } = effective(context, "fancyindex_header");
  if (statements.length > 0 || uncertain) return;
  yield {
    at: statement,
    message: "FancyIndex : cannot set show_path to off without providing a custom header !",
    help: "write `fancyindex_header`, or leave the path",
  };
}

const NETWORK = /^(?:[\d.]+(?:\/(?:\d|[12]\d|3[0-2]))?|(?=[\da-f.]*:)[\da-f:.]+(?:\/\d+)?)$/i;

/** `nchan_redis_discovered_ip_range_blacklist 10.0.0.0/8`: what the system's `inet_aton` reads is an address. */
export function* checkBlacklist(statement: Statement): Generator<ArgumentProblem> {
  const index = statement.args.findIndex((word) => !NETWORK.test(word));
  if (index < 0) return;
  const message = `"${statement.name}" directive unable to parse IP address`;
  yield problemAt(statement, index, message, "write networks such as `10.0.0.0/8`");
}
