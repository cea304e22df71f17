import { isFilledIn } from "../../parser/index.ts";
import { areAlternatives, type Statement, type Usage, visitDirectives } from "../../semantics/index.ts";
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
    visitDirectives(configuration, isSingle, (statement) => {
      const all = statement.context.all(statement.name);
      complain(statement, all.slice(0, all.indexOf(statement)).find(isNoticed));
    });
    for (const name of LIMITS) {
      for (const statement of configuration.all(name)) complain(statement, firstOfZone(statement));
    }
    for (const name of LISTS) {
      for (const statement of configuration.all(name)) complain(statement, offBeside(statement));
    }
    for (const name of ONE_BUFFER) {
      for (const statement of configuration.all(name)) complain(statement, sameBuffer(statement));
    }
    for (const name of HASHES) {
      for (const statement of configuration.all(name)) {
        complain(
          statement,
          mapBefore(statement),
          "write it before the first `map`, which sets it where nothing does",
        );
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

function firstOfZone({ name, context, args }: Statement): Statement | undefined {
  const zoneOf = (words: readonly string[]) =>
    name === "limit_conn" ? words[0] : words.findLast((word) => word.startsWith("zone="));
  const zone = zoneOf(args);
  return zone === undefined ? undefined : context.all(name).find((other) => zoneOf(other.args) === zone);
}

/** Names of one setting of stream; two of them are deprecated. */
const ONE_BUFFER = ["proxy_buffer_size", "proxy_downstream_buffer", "proxy_upstream_buffer"];

/** The first directive of the block that sets the same by another name. */
function sameBuffer({ name, context }: Statement): Statement | undefined {
  if (!context.kind.startsWith("stream")) return undefined;
  const first = context.statements.find((other) => ONE_BUFFER.includes(other.name));
  return first?.name === name ? undefined : first;
}

const HASHES = ["map_hash_bucket_size", "map_hash_max_size"];

/** A `map` gives both their defaults (`ngx_http_map_block`). */
function mapBefore(statement: Statement): Statement | undefined {
  const { statements } = statement.context;
  const [first] = statement.context.all("map");
  return first !== undefined && statements.indexOf(first) < statements.indexOf(statement) ? first : undefined;
}

/** Lists that an `off` empties, which nothing may stand beside. */
const LISTS = ["mirror", "proxy_cookie_domain", "proxy_cookie_flags", "proxy_cookie_path", "proxy_redirect"];

/** The first line of the list, if it or this one is `off`. */
function offBeside(statement: Statement): Statement | undefined {
  const isOff = ({ args }: Statement) => args.length === 1 && args[0] === "off";
  const [first] = statement.context.all(statement.name);
  return first !== undefined && (isOff(statement) || isOff(first)) ? first : undefined;
}
