/** Directives that wait for another one, which nobody wrote. */
import { push } from "../../lists/index.ts";
import type { Context, Model, Statement } from "../../semantics/index.ts";
import type { Report } from "../rule.ts";
import { codeOf, titleOf } from "../wording.ts";

interface Switch {
  readonly lines: readonly string[];
  /** Any of them makes the lines count; `off` leaves them without effect. */
  readonly by: readonly string[];
  /** Or that something asks for the variable which they set. */
  readonly variable?: string;
  /** What that means to the user, as the end of a sentence. */
  readonly effect: string;
  readonly help: string;
  /** `http` is where it usually stands: of a file for `conf.d` nothing is said. */
  readonly isUsualOutside?: boolean;
}

/** Not `cache_bypass`: `proxy_cache_bypass $http_upgrade` stands in many an example, and does no harm. */
const CACHE_LINES = (
  "cache_key cache_valid cache_use_stale cache_lock cache_lock_timeout cache_lock_age cache_min_uses " +
  "cache_methods cache_revalidate cache_background_update"
).split(" ");

const SWITCHES: readonly Switch[] = [
  {
    lines: ["gzip_types", "gzip_comp_level", "gzip_min_length", "gzip_buffers"],
    by: ["gzip"],
    effect: "`gzip` is off, and nothing is compressed",
    help: "write `gzip on;` beside it",
    isUsualOutside: true,
  },
  {
    lines: ["brotli_types", "brotli_comp_level", "brotli_min_length"],
    by: ["brotli"],
    effect: "`brotli` is off, and nothing is compressed by it",
    help: "write `brotli on;` beside it",
    isUsualOutside: true,
  },
  ...["proxy", "fastcgi", "uwsgi", "scgi"].map((family) => ({
    lines: CACHE_LINES.map((line) => `${family}_${line}`),
    by: [`${family}_cache`],
    effect: `no \`${family}_cache\` is set, and nothing is cached`,
    help: `write \`${family}_cache\` with the zone of a \`${family}_cache_path\``,
  })),
  {
    lines: ["auth_basic_user_file"],
    by: ["auth_basic"],
    effect: "without `auth_basic` nginx asks for no password, and everyone gets in",
    help: 'write `auth_basic "Sign in";` beside it',
  },
  {
    lines: ["auth_basic"],
    by: ["auth_basic_user_file"],
    effect: "no `auth_basic_user_file` is set, so nginx asks for no password, and everyone gets in",
    help: "name the file with the passwords: `auth_basic_user_file`",
  },
  {
    lines: ["valid_referers"],
    by: [],
    variable: "invalid_referer",
    effect: "it only sets `$invalid_referer`, which nothing uses, and no request is refused",
    help: "write `if ($invalid_referer) { return 403; }` behind it",
  },
  {
    lines: ["secure_link", "secure_link_secret"],
    by: [],
    variable: "secure_link",
    effect: "it only sets `$secure_link`, which nothing uses, and links work without their hash",
    help: 'write `if ($secure_link = "") { return 403; }` behind it',
  },
  {
    lines: ["ssl_client_certificate", "ssl_verify_depth"],
    by: ["ssl_verify_client", "ssl_stapling_verify"],
    effect: "without `ssl_verify_client` nginx asks for no client certificate, and everyone gets in",
    help: "write `ssl_verify_client on;` beside it",
  },
  {
    lines: ["ssl_stapling_verify", "ssl_stapling_responder"],
    by: ["ssl_stapling"],
    effect: "`ssl_stapling` is off, and no OCSP response is sent",
    help: "write `ssl_stapling on;` beside it, or remove the line",
  },
  {
    lines: ["real_ip_header", "real_ip_recursive"],
    by: ["set_real_ip_from"],
    effect:
      "no proxy is trusted, so the client's address stays that of the proxy in logs, limits and access rules",
    help: "name the proxies: `set_real_ip_from 192.0.2.10;`",
    isUsualOutside: true,
  },
  {
    lines: ["sub_filter_once", "sub_filter_types", "sub_filter_last_modified"],
    by: ["sub_filter"],
    effect: "there is no `sub_filter`, and nothing is replaced",
    help: "write the `sub_filter`, or remove the line",
  },
  {
    lines: ["limit_rate_after"],
    by: ["limit_rate"],
    effect: "without `limit_rate` responses are sent at full speed",
    help: "write `limit_rate` beside it",
  },
  {
    lines: ["autoindex_exact_size", "autoindex_localtime", "autoindex_format"],
    by: ["autoindex"],
    effect: "`autoindex` is off, and folders are not listed",
    help: "write `autoindex on;`, or remove the line",
  },
  {
    lines: ["proxy_ssl_trusted_certificate", "proxy_ssl_verify_depth", "proxy_ssl_crl"],
    by: ["proxy_ssl_verify"],
    effect: "without `proxy_ssl_verify on` nginx accepts any certificate of the upstream",
    help: "write `proxy_ssl_verify on;` beside it",
  },
];

/** One finding for each place that holds such lines. */
export function* linesWithoutSwitch(model: Model): Generator<Report> {
  const { configuration } = model;
  // The sites of a tree without any may hold what the lines wait for.
  if (configuration.lacksSites) return;
  for (const each of SWITCHES) {
    const lines = each.lines.flatMap((name) => configuration.all(name));
    if (lines.length === 0 || (each.variable !== undefined && isAsked(each.variable, model))) continue;
    // The same text may be read at several places, and count at one of them.
    const places = new Map<Statement["directive"], Statement | null>();
    for (const line of lines) {
      if (places.get(line.directive) === null) continue;
      places.set(line.directive, waits(line, each, model) ? line : null);
    }
    const byContext = new Map<Context, Statement[]>();
    for (const line of places.values()) {
      if (line === null) continue;
      push(byContext, line.context, line);
    }
    for (const [context, idle] of byContext) {
      const [first, ...others] = idle.sort((a, b) => a.directive.start - b.directive.start);
      if (first === undefined) continue;
      const { kind } = context.root;
      yield {
        at: first,
        message: `${codeOf(first)} has no effect in ${titleOf(context)}: ${each.effect}.`,
        help: each.help,
        ...(kind === "main" ? {} : { confidence: "medium" as const }),
        related: others.map((at) => ({ at, message: "no effect either" })),
      };
    }
  }
}

/** Nothing that the line waits for is in force where it stands, or in a block inside. */
function waits(
  { name: line, context, args }: Statement,
  { by, isUsualOutside }: Switch,
  model: Model,
): boolean {
  if (!isOfHttp(context) || (args[0] === "off" && /_verify$|_recursive$|^auth_basic$/.test(line)))
    return false;
  for (const name of by) {
    const { statements, uncertain } = model.place(context).list(name);
    // Whoever wrote `off` knows.
    if (statements.length > 0) return false;
    if (uncertain && (context.hidden || isUsualOutside === true)) return false;
    if (context.allBelow(name).some(({ args: [value] }) => value !== "off")) return false;
  }
  // A snippet of such lines alone is for those who switch it on.
  if (context.parent === null && context.root.kind !== "main") return false;
  return !context.incomplete && context.below.every(({ block }) => block?.incomplete !== true);
}

/** Some line reads the variable; so may scripts. */
function isAsked(variable: string, { configuration }: Model): boolean {
  const pattern = new RegExp(`\\$\\{?${variable}\\b`);
  return configuration.statements.some(
    ({ name, args }) => /lua|^js_|^perl/.test(name) || args.some((arg) => pattern.test(arg)),
  );
}

function isOfHttp({ kind }: Context): boolean {
  return kind === "http" || kind === "server" || kind === "location";
}
