import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

interface Weakness {
  /** Nothing works with such a value: said to everybody. */
  readonly isBroken?: boolean;
  readonly harm: string;
  readonly help: string;
}

/** Security headers that do not do what they are there for. */
export default defineRule({
  id: "header-weak-value",
  category: "headers",
  severity: "info",
  confidence: "high",
  presets: ["recommended", "security"],
  docs: {
    summary: "The value of a security header protects little or nothing",
    why: "Browsers ignore values they do not know: `X-Frame-Options: ALLOW-FROM …` was never widely supported and leaves the page open to frames. `X-XSS-Protection` enables a filter that browsers have removed because it opened holes itself. A Content Security Policy with `*`, or with `'unsafe-inline'` for scripts, runs the scripts it is meant to stop.",
    bad: `server {
    listen 80;
    root /srv/www;
    add_header X-Frame-Options "ALLOW-FROM https://partner.example" always;
}
`,
    good: `server {
    listen 80;
    root /srv/www;
    add_header Content-Security-Policy "frame-ancestors https://partner.example" always;
}
`,
    references: ["https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Frame-Options"],
  },
  check({ configuration, report }) {
    const told = new Set<unknown>();
    for (const statement of configuration.all("add_header")) {
      const [name = "", value = ""] = statement.args;
      const weakness = value.includes("$") ? null : JUDGES.get(name.toLowerCase())?.(value);
      if (weakness === null || weakness === undefined || told.has(statement.directive)) continue;
      told.add(statement.directive);
      report({
        at: statement,
        message: `${codeOf(statement, 70)}: ${weakness.harm}.`,
        help: weakness.help,
        ...(weakness.isBroken ? { severity: "warning" } : { presets: ["security"] }),
      });
    }
  },
});

const POLICIES =
  /^(no-referrer|no-referrer-when-downgrade|same-origin|origin|strict-origin|origin-when-cross-origin|strict-origin-when-cross-origin|unsafe-url)$/;

const JUDGES: ReadonlyMap<string, (value: string) => Weakness | null> = new Map([
  [
    "x-frame-options",
    (value: string) => {
      if (/^\s*(deny|sameorigin)\s*$/i.test(value)) return null;
      return {
        harm: "browsers support only `DENY` and `SAMEORIGIN`, and ignore the header",
        help: /allow-from/i.test(value)
          ? 'write `add_header Content-Security-Policy "frame-ancestors …" always;` with the sites that may show the page'
          : "write `SAMEORIGIN` or `DENY`",
      };
    },
  ],
  [
    "x-content-type-options",
    (value: string) =>
      /^\s*nosniff\s*$/i.test(value)
        ? null
        : { harm: "browsers support only `nosniff`, and ignore the header", help: "write `nosniff`" },
  ],
  [
    "x-xss-protection",
    (value: string) =>
      /^\s*0\s*$/.test(value)
        ? null
        : {
            harm: "it enables a filter that browsers have removed because it opened holes itself",
            help: "remove the line, or write `0`; use a Content Security Policy for protection",
          },
  ],
  ["access-control-allow-origin", allowedOrigin],
  ["access-control-allow-credentials", credentials],
  ["referrer-policy", referrerPolicy],
  ["content-security-policy", contentPolicy],
]);

/** One origin, `*` or `null` (Fetch, "CORS check"). */
function allowedOrigin(value: string): Weakness | null {
  const help = "let a `map $http_origin $allowed_origin { … }` choose, and send `$allowed_origin`";
  if (/[\s,]/.test(value.trim())) {
    return {
      harm: "browsers take a single origin here, and refuse the response to all of these",
      help,
      isBroken: true,
    };
  }
  if (/^https?:\/\/.*\*/i.test(value)) {
    return {
      harm: "browsers know no patterns here, and refuse the response to every origin",
      help,
      isBroken: true,
    };
  }
  if (/^https?:\/\/[^/]+\/./i.test(value) || /^https?:\/\/[^/]+\/$/i.test(value)) {
    return {
      harm: "an origin has no path and no slash at its end: browsers refuse the response",
      help: "write the scheme, the host and the port alone",
      isBroken: true,
    };
  }
  if (/^[\w-]+(?:\.[\w-]+)+(?::\d+)?$/.test(value)) {
    return {
      harm: "an origin begins with its scheme: browsers refuse the response",
      help: `write \`https://${value}\``,
      isBroken: true,
    };
  }
  return null;
}

function credentials(value: string): Weakness | null {
  if (/^true$/.test(value.trim())) return null;
  return {
    harm: "browsers know only `true`, in small letters, and refuse the response to requests with cookies",
    help: "write `true`, or remove the line",
    isBroken: true,
  };
}

/** Of several policies the last one that a browser knows holds. */
function referrerPolicy(value: string): Weakness | null {
  const known = value
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => POLICIES.test(word));
  const last = known.at(-1);
  const help = "write `strict-origin-when-cross-origin`";
  if (last === undefined) return { harm: "browsers do not know this policy, and ignore the header", help };
  if (last === "unsafe-url")
    return { harm: "other sites learn the whole address, even over plain HTTP", help };
  return null;
}

function contentPolicy(value: string): Weakness | null {
  const directives = new Map<string, readonly string[]>();
  for (const part of value.split(";")) {
    const [name = "", ...sources] = part.trim().split(/\s+/);
    // The first of a name holds.
    if (name !== "" && !directives.has(name.toLowerCase())) directives.set(name.toLowerCase(), sources);
  }
  const scripts = directives.get("script-src") ?? directives.get("default-src");
  if (scripts === undefined) return null;
  const sources = scripts.map((source) => source.toLowerCase());
  if (
    sources.some((source) => /^(\*|https?:|https?:\/\/\*|data:)$/.test(source)) &&
    !sources.includes("'strict-dynamic'")
  ) {
    return {
      harm: "scripts may come from any site, which the policy is meant to prevent",
      help: "name the sources of your scripts, `'self'` first",
    };
  }
  const isSpecific = sources.some((source) => /^'(nonce-|sha(256|384|512)-)/.test(source));
  if (sources.includes("'unsafe-inline'") && !isSpecific) {
    return {
      harm: "`'unsafe-inline'` also runs injected scripts",
      help: "move scripts into files, or allow inline ones by a nonce or a hash",
    };
  }
  return null;
}
