/** Names and addresses: `server_name`, `location`, `resolver`, `set_real_ip_from`, `root` and `alias`. */
import type { Configuration } from "../../configuration.ts";
import { readLocation } from "../../location.ts";
import { listenSocketsOf } from "../../tls.ts";
import type { Statement } from "../../tree.ts";
import { parseCidr, parseEndpoint } from "../../values/index.ts";
import { isSince } from "../../version.ts";
import { type ArgumentProblem, isOnOrOff, isSeconds, problemAt, type Surroundings } from "./problem.ts";

/** `ngx_http_core_server_name`, and `ngx_http_server_names` where the address has several servers. */
export function* checkServerName(
  statement: Statement,
  { configuration }: Surroundings,
): Generator<ArgumentProblem> {
  for (const [index, name] of statement.args.entries()) {
    if (/^\*(?!\..)/s.test(name) || name === ".") {
      yield problemAt(
        statement,
        index,
        `server name "${name}" is invalid`,
        "write `*.example.com`, `example.*`, or `~pattern`; an asterisk stands for whole parts of a name",
      );
      return;
    }
    if (name === "~") {
      yield problemAt(statement, index, `empty regex in server name "${name}"`, "write a pattern after `~`");
      return;
    }
    if (!isWildcardWrong(name) || !sharesAddress(statement, configuration)) continue;
    yield problemAt(
      statement,
      index,
      `invalid server name or wildcard "${name}"`,
      "write one asterisk, as the first or the last part of the name, or a pattern: `~^a\\..*\\.example$`",
    );
    return;
  }
}

/** `ngx_hash_add_key`: an asterisk stands at one end, and no part is empty. */
function isWildcardWrong(name: string): boolean {
  if (name.startsWith("~")) return false;
  if (name.includes("..") || (name.match(/\*/g)?.length ?? 0) > 1) return true;
  return name.includes("*") && !/^(?:\.|\*\.)./s.test(name) && !/.\.\*$/s.test(name);
}

/** The names of a server that is alone on its addresses are never looked at. */
function sharesAddress({ context }: Statement, configuration: Configuration): boolean {
  return listenSocketsOf(configuration, context).some(({ isShared }) => isShared);
}

/** `ngx_http_core_location`: what stands between the name and the URI. */
export function* checkLocation(statement: Statement): Generator<ArgumentProblem> {
  const { args } = statement;
  const [modifier = "", uri] = args;
  if (uri === undefined || ["=", "^~", "~", "~*"].includes(modifier)) return;
  yield problemAt(
    statement,
    0,
    `invalid location modifier "${modifier}"`,
    modifier === "*~" ? "write `~*`" : "write one of `=`, `^~`, `~`, `~*`, or nothing",
  );
}

const FAMILIES = /^ipv[46]=(.*)$/s;

/** `ngx_resolver_create`. Names of name servers are not looked up. */
export function* checkResolver(statement: Statement, { version }: Surroundings): Generator<ArgumentProblem> {
  const off = new Set<string>();
  let servers = 0;
  for (const [index, word] of statement.args.entries()) {
    const family = FAMILIES.exec(word)?.[1];
    // Before 1.23.1 `ipv4=` was taken for a name.
    const isFamily =
      family !== undefined && (word.startsWith("ipv6") || isSince(version, "1.23.1") !== false);
    const isValid = word.startsWith("valid=");
    if ((isFamily && !isOnOrOff(family)) || (isValid && !isSeconds(word.slice("valid=".length)))) {
      yield problemAt(
        statement,
        index,
        `invalid parameter: ${word}`,
        isValid ? "write a time: `valid=30s`" : `write \`${word.slice(0, 4)}=off\``,
      );
      return;
    }
    if (isFamily) {
      if (family === "off") off.add(word);
    } else if (word.startsWith("status_zone=")) {
      // NGINX Plus.
    } else if (!isValid) {
      const endpoint = parseEndpoint(word);
      // No name holds an equals sign, and variables are not looked for.
      if (!endpoint.ok || /[=$]/.test(word)) {
        yield problemAt(
          statement,
          index,
          `${endpoint.ok ? "host not found" : endpoint.reason} in resolver "${word}"`,
          "write an address such as `192.0.2.53` or `[2001:db8::53]`",
        );
        return;
      }
      servers++;
    }
  }
  if (off.size === 2) {
    yield { at: statement, message: '"ipv4" and "ipv6" cannot both be "off"', help: "leave one of them on" };
  } else if (servers === 0) {
    yield { at: statement, message: "no name servers defined", help: "name the address of a name server" };
  }
}

/** Before it reads a network, nginx would look a name up; a name holds no slash. */
export function* checkRealIpFrom(statement: Statement): Generator<ArgumentProblem> {
  const [network = ""] = statement.args;
  if (!network.includes("/") || parseCidr(network).ok) return;
  yield problemAt(
    statement,
    0,
    `host not found in set_real_ip_from "${network}"`,
    "write a network such as `192.0.2.0/24`",
  );
}

/** `ngx_http_index_set_index`. */
export function* checkIndex(statement: Statement): Generator<ArgumentProblem> {
  const index = statement.args.indexOf("");
  if (index >= 0) {
    yield problemAt(statement, index, 'index "" in "index" directive is invalid', "write the name of a file");
  }
}

/** `ngx_http_core_root`: what the file's path is made of cannot be a part of it. */
export function* checkRoot(statement: Statement): Generator<ArgumentProblem> {
  const { name, args, context } = statement;
  const variable = /\$\{?(document_root|realpath_root)/.exec(args[0] ?? "")?.[1];
  if (variable !== undefined) {
    yield problemAt(
      statement,
      0,
      `the $${variable} variable cannot be used in the "${name}" directive`,
      "write the path out",
    );
  } else if (name === "alias" && context.kind === "location" && context.opener !== null) {
    if (!readLocation(context.opener.args).pattern.startsWith("@")) return;
    yield {
      at: statement,
      message: 'the "alias" directive cannot be used inside the named location',
      help: "write `root`",
    };
  }
}
