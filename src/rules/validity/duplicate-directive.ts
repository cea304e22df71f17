import { isFilledIn } from "../../parser/index.ts";
import {
  areAlternatives,
  type Configuration,
  type Context,
  type Statement,
  type Usage,
  visitDirectives,
} from "../../semantics/index.ts";
import { remove } from "../fix-lines.ts";
import { defineRule, type Fix } from "../rule.ts";

/** Directives that hold a single value can stand once in a block (`is duplicate` of nginx's slot functions). */
export default defineRule({
  id: "duplicate-directive",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  fix: "safe",
  docs: {
    summary: "A directive with a single value is repeated in its block",
    why: "nginx refuses to start when such a directive is given twice at one level. An included snippet that sets it, too, is the usual cause.",
    bad: "server {\n    root /srv/www;\n    root /srv/app;\n}\n",
    good: "server {\n    root /srv/www;\n    location /app/ {\n        root /srv/app;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/dev/development_guide.html#http_conf"],
  },
  check({ configuration, report }) {
    const complain = (statement: Statement, earlier: Statement | undefined, help = "keep one of the two") => {
      if (earlier === undefined || earlier === statement || areAlternatives(earlier, statement)) return;
      report({
        at: statement,
        message: `"${statement.name}" directive is duplicate: nginx does not start.`,
        help,
        related: [{ at: earlier, message: "first here" }],
        ...fixOf(earlier, statement),
      });
    };
    const isSingle = ({ facts }: Usage) => facts?.repeatable === false;
    const noticed = new Map<Context, Map<string, Statement>>();
    visitDirectives(configuration, isSingle, (statement) => {
      const { context, name } = statement;
      if (context.all(name).length < 2) return;
      const firsts = noticed.get(context) ?? new Map<string, Statement>();
      noticed.set(context, firsts);
      complain(statement, firsts.get(name));
      if (!firsts.has(name) && isNoticed(statement)) firsts.set(name, statement);
    });
    for (const name of LIMITS) {
      const zones = new Map<Context, Map<string, Statement>>();
      for (const statement of configuration.all(name)) {
        const zone = zoneOf(statement);
        if (zone === undefined) continue;
        const firsts = zones.get(statement.context) ?? new Map<string, Statement>();
        zones.set(statement.context, firsts);
        const first = firsts.get(zone);
        if (first === undefined) firsts.set(zone, statement);
        else complain(statement, first);
      }
    }
    for (const name of LISTS) {
      for (const statement of configuration.all(name)) complain(statement, offBeside(statement));
    }
    for (const context of contextsOf(configuration, ONE_BUFFER)) {
      if (!context.kind.startsWith("stream")) continue;
      // Names of one setting: the first line of the block sets it.
      const lines = context.statements.filter(({ name }) => ONE_BUFFER.includes(name));
      for (const statement of lines) if (statement.name !== lines[0]?.name) complain(statement, lines[0]);
    }
    for (const context of contextsOf(configuration, HASHES)) {
      // A `map` gives both their defaults (`ngx_http_map_block`).
      let map: Statement | undefined;
      for (const statement of context.statements) {
        if (statement.name === "map") map ??= statement;
        else if (map !== undefined && HASHES.includes(statement.name))
          complain(statement, map, "write it before the first `map`, which sets it where nothing does");
      }
    }
  },
});

/** Where both say the same, one goes: that in the block's own file, since others may need what is included. */
function fixOf(earlier: Statement, later: Statement): { fix?: Fix } {
  const isSame = earlier.name === later.name && earlier.args.join("\0") === later.args.join("\0");
  if (!isSame || earlier.directive.block !== null || later.directive.block !== null) return {};
  if (earlier.args.some(isFilledIn) || !earlier.directive.terminated || !later.directive.terminated)
    return {};
  const own = later.context.opener?.chain ?? null;
  const spare = later.chain === own ? later : earlier.chain === own ? earlier : null;
  return spare === null || spare.file.branches.isConditional(spare.directive.start)
    ? {}
    : { fix: { description: "remove what is said twice", safe: true, edits: [remove(spare)] } };
}

/** A priority of 0 is what nginx starts from: it does not see that it was set. */
function isNoticed({ name, args }: Statement): boolean {
  return name !== "worker_priority" || Number(args[0]) !== 0;
}

/** Directives that stand once for each zone. */
const LIMITS = ["limit_conn", "limit_req"];

function zoneOf({ name, args }: Statement): string | undefined {
  return name === "limit_conn" ? args[0] : args.findLast((word) => word.startsWith("zone="));
}

/** Names of one setting of stream; two of them are deprecated. */
const ONE_BUFFER = ["proxy_buffer_size", "proxy_downstream_buffer", "proxy_upstream_buffer"];

const HASHES = ["map_hash_bucket_size", "map_hash_max_size"];

/** The contexts in which one of the directives stands. */
function contextsOf(configuration: Configuration, names: readonly string[]): ReadonlySet<Context> {
  return new Set(names.flatMap((name) => configuration.all(name).map(({ context }) => context)));
}

/** Lists that an `off` empties, which nothing may stand beside. */
const LISTS = ["mirror", "proxy_cookie_domain", "proxy_cookie_flags", "proxy_cookie_path", "proxy_redirect"];

/** The first line of the list, if it or this one is `off`. */
function offBeside(statement: Statement): Statement | undefined {
  const isOff = ({ args }: Statement) => args.length === 1 && args[0] === "off";
  const [first] = statement.context.all(statement.name);
  return first !== undefined && (isOff(statement) || isOff(first)) ? first : undefined;
}
