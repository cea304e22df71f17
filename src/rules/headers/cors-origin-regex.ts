import { askedOnce } from "../../lists/index.ts";
import {
  type Configuration,
  compilePcre,
  type Place,
  readCondition,
  type Statement,
  TextLanguage,
} from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { answerTo, corsPlaces } from "./origins.ts";

/** Patterns of origins that other sites fit as well. */
export default defineRule({
  id: "cors-origin-regex",
  category: "headers",
  severity: "error",
  confidence: "high",
  presets: ["recommended", "security"],
  directives: ["map", "if"],
  docs: {
    summary: "A regex for allowed origins also matches other people's sites",
    why: "A regex without `^` and `$` matches every origin that contains it, and a dot without a backslash matches any character: `example\\.com` allows `https://example.com.evil.net`, `https://www.example\\.com` without an anchor allows `https://evil.net/https://www.example.com`, and `api.example.com` allows `https://apiXexample.com`. Anyone who registers such a name can read the responses.",
    bad: `events {}
http {
    map $http_origin $allowed_origin {
        ~example\\.com $http_origin;
    }
    server {
        listen 80;
        location /api/ {
            add_header Access-Control-Allow-Origin $allowed_origin always;
            add_header Access-Control-Allow-Credentials true always;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    good: `events {}
http {
    map $http_origin $allowed_origin {
        ~^https://(www\\.)?example\\.com$ $http_origin;
    }
    server {
        listen 80;
        location /api/ {
            add_header Access-Control-Allow-Origin $allowed_origin always;
            add_header Access-Control-Allow-Credentials true always;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    references: ["https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS"],
  },
  scope: "server",
  check({ server, configuration, report }) {
    const patterns = originPatternsOf(configuration);
    const told = new Set<unknown>();
    for (const guard of originGuards(server.places)) {
      const origin = matchedOrigin(guard);
      if (origin === null || told.has(guard.at.directive)) continue;
      told.add(guard.at.directive);
      report({
        at: guard.at,
        severity: "warning",
        message: `The regex also lets \`${origin}\` through: the refusal is not for its pages.`,
        help: HELP,
        witness: { kind: "header", value: `Origin: ${origin}` },
      });
    }
    if (patterns.length === 0) return;
    for (const place of corsPlaces(server.places)) {
      for (const each of patterns) {
        const { at } = each;
        const found = told.has(at.directive) ? null : foreignOrigin(place, each);
        if (found === null) continue;
        told.add(at.directive);
        report({
          at,
          message: `The regex also allows \`${found.origin}\`: its owner can read the responses${found.withCredentials ? " as the signed-in user" : ""}.`,
          help: HELP,
          ...(found.withCredentials ? {} : { severity: "warning" as const }),
          witness: { kind: "header", value: `Origin: ${found.origin}` },
        });
      }
    }
  },
});

const HELP = "begin the regex with `^https://`, end it with `$`, and write `\\.` for a dot";

interface OriginPattern {
  readonly pattern: string;
  readonly caseless: boolean;
  readonly at: Statement;
}

const ORIGIN = /^\$\{?http_origin\}?$/i;

/** The patterns that `$http_origin` is compared with. */
const originPatternsOf = askedOnce((configuration: Configuration) =>
  originPatterns(configuration.all("map"), configuration.all("if")),
);

function originPatterns(maps: readonly Statement[], ifs: readonly Statement[]): readonly OriginPattern[] {
  const found: OriginPattern[] = [];
  for (const { args, block } of maps) {
    if (!ORIGIN.test(args[0] ?? "")) continue;
    for (const entry of block?.statements ?? []) {
      const [start, pattern] = /^(~\*?)(.*)$/s.exec(entry.name)?.slice(1) ?? [];
      if (pattern !== undefined) found.push({ pattern, caseless: start === "~*", at: entry });
    }
  }
  for (const statement of ifs) {
    const condition = readCondition(statement.args);
    if (condition.kind !== "match" || condition.negative || !ORIGIN.test(condition.value)) continue;
    found.push({ pattern: condition.pattern, caseless: condition.caseless, at: statement });
  }
  return found;
}

/** The patterns of origins that are not refused. */
function originGuards(places: readonly Place[]): readonly OriginPattern[] {
  return places.flatMap(({ context }) =>
    context.all("if").flatMap((statement) => {
      const condition = readCondition(statement.args);
      if (condition.kind !== "match" || !condition.negative || !ORIGIN.test(condition.value)) return [];
      const refuses =
        statement.block?.all("return").some(({ args }) => /^4\d\d$/.test(args[0] ?? "")) ?? false;
      return refuses ? [{ pattern: condition.pattern, caseless: condition.caseless, at: statement }] : [];
    }),
  );
}

/** An origin of somebody else that a pattern matches, where it does not match just any. */
function matchedOrigin({ pattern, caseless }: OriginPattern): string | null {
  const compiled = compilePcre(pattern, { caseless });
  if (compiled.kind === "undecidable" || compiled.test(STRANGER)) return null;
  for (const origin of candidates(pattern, caseless)) if (compiled.test(origin)) return origin;
  return null;
}

/** An origin of somebody else that is allowed; asked of the model. */
function foreignOrigin(
  place: Place,
  { pattern, caseless }: OriginPattern,
): { origin: string; withCredentials: boolean } | null {
  // Where every origin is allowed, no pattern is to blame.
  if (answerTo(place, STRANGER)?.allowed === STRANGER) return null;
  const compiled = compilePcre(pattern, { caseless });
  if (compiled.kind === "undecidable") return null;
  for (const origin of candidates(pattern, caseless)) {
    // Another pattern may allow it.
    if (!compiled.test(origin)) continue;
    const answer = answerTo(place, origin);
    if (answer?.allowed === origin) return { origin, withCredentials: answer.withCredentials };
  }
  return null;
}

const STRANGER = "https://stranger.invalid";

function* candidates(pattern: string, caseless: boolean): Generator<string> {
  const hosts = hostsIn(pattern);
  for (const host of hosts) yield* foreigners(host);
  yield* attackersOf(pattern, caseless);
}

/** Origins under the attacker's domain that a pattern matches, whatever else it asks for. */
function* attackersOf(pattern: string, caseless: boolean): Generator<string> {
  for (const [start, end] of [
    ["https?://[a-z0-9.-]*", "\\.evil\\.net"],
    ["https?://evil[a-z0-9-]*", "\\.(?:com|net|org|io)"],
  ] as const) {
    const origins = TextLanguage.pattern(`^${start}${end}\\z`);
    const own = hostsIn(pattern).map((host) => host.replaceAll(".", "\\."));
    let language = origins?.matching(pattern, { caseless }) ?? null;
    // What ends with a name of the pattern's own belongs to whoever wrote it.
    for (const host of own) language = language?.matching(`[./]${host}\\z`, { negative: true }) ?? null;
    const origin = language?.example() ?? null;
    if (origin !== null) yield origin;
  }
}

/** The names that a pattern spells out: `example.com` of `https?://(.*\.)?example\.com`. */
function hostsIn(pattern: string): readonly string[] {
  const plain = pattern.replace(/\\([.\-/])/g, "$1").replace(/\(\?:/g, "(");
  return [...plain.matchAll(/(?<![a-z0-9-])(?:[a-z0-9-]{1,63}\.){1,20}[a-z]{2,}/gi)].map(([host]) =>
    host.toLowerCase(),
  );
}

function foreigners(host: string): readonly string[] {
  const dot = host.indexOf(".");
  return [
    `https://${host}.evil.net`,
    `https://evil-${host}`,
    `https://evil${host}`,
    `https://evil.net.${host.replace(/\./g, "x")}`,
    `https://${host.slice(0, dot)}x${host.slice(dot + 1)}`,
    `https://www.${host.slice(0, dot)}x${host.slice(dot + 1)}`,
  ].filter((origin) => !origin.endsWith(`.${host}`));
}
