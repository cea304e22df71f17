import {
  type Attack,
  attackOn,
  fromBytes,
  type Model,
  normalizeUri,
  readCondition,
  type Statement,
  type VirtualServer,
} from "../../semantics/index.ts";
import { defineRule, type RuleContext } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Patterns that a client can keep PCRE busy with. */
export default defineRule({
  id: "regex-redos",
  category: "limits",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  docs: {
    summary: "A regex backtracks exponentially on text that a client chooses",
    why: "Where a loop can read the same text in two ways, such as `(a+)+` or `(\\w|\\d)*`, PCRE tries all ways before it gives up: each further character doubles them. PCRE stops at its limit of 10 million steps, so nginx does not hang: a request with forty characters takes a quarter of a second of CPU (measured with nginx 1.22), then nginx logs `pcre2_match() failed: -47` and answers 500. While it does so the worker serves nobody else, and a handful of such requests a second keep it busy.\n\nThe rule builds such a text from the pattern, counts the steps that a backtracking matcher takes for it, and reports only where they double with each turn and where a client chooses the text: the URI, the query, headers, cookies, the host. Patterns whose work grows with the square or the cube of the length are not reported: the limits on the length of a request (8 KB a line) bound them.",
    bad: `server {
    listen 80;
    location ~ ^/blog/([a-z0-9]+-?)+$ {
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    good: `server {
    listen 80;
    location ~ ^/blog/[a-z0-9]+(-[a-z0-9]+)*-?$ {
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    references: [
      "https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS",
      "https://www.pcre.org/current/doc/html/pcre2api.html",
    ],
  },
  check(context) {
    for (const { at, pattern, caseless, subject, server } of chosenByClients(context)) {
      const attack = attackOn(pattern, caseless, subject.isSendable);
      const text = attack === null ? null : sent(attack, subject);
      if (text === null || (server !== null && isTakenBefore(server, at, text))) continue;
      context.report({
        at,
        message: `A text such as \`${shown(attack, subject)}\` in ${subject.title} makes PCRE backtrack exponentially: it takes tenths of a second of CPU until PCRE gives up, and nginx answers 500. A few such requests a second keep a worker busy.`,
        help: "write the loop so that each text can be read in one way only (`a+` for `(a+)+`, branches that begin differently), or make it atomic: `(?>…)`",
        witness: { kind: subject === SUBJECTS.uri ? "uri" : "value", value: text },
        identity: codeOf(at, Number.POSITIVE_INFINITY),
      });
    }
  },
});

/** A part of a request, and which bytes a client can bring into it. */
interface Subject {
  readonly title: string;
  readonly isSendable: (byte: number) => boolean;
}

const isPrintable = (byte: number): boolean => byte > 0x20 && byte < 0x7f;

const SUBJECTS = {
  uri: { title: "the URI", isSendable: (byte: number) => byte > 0 && byte !== 0x3f },
  query: { title: "the query", isSendable: (byte: number) => isPrintable(byte) && byte !== 0x23 },
  header: { title: "a header", isSendable: (byte: number) => byte === 0x20 || isPrintable(byte) },
  host: {
    title: "the host name",
    isSendable: (byte: number) => /[a-z0-9._-]/.test(String.fromCharCode(byte)),
  },
} satisfies Record<string, Subject>;

interface Asked {
  readonly at: Statement;
  readonly pattern: string;
  readonly caseless: boolean;
  readonly subject: Subject;
  /** Of a location, the server that asks it. */
  readonly server: VirtualServer | null;
}

/** Directives beside `location` whose patterns meet what clients send. */
const HOLDERS = ["rewrite", "if", "map", "server_name"];

/** The patterns that nginx tries on what a client sends. */
function* chosenByClients({ model, servers, configuration }: RuleContext): Generator<Asked> {
  const told = new Set<string>();
  for (const server of servers) {
    for (const location of server.locations) {
      const { isRegex, pattern, isCaseless: caseless, statement: at } = location;
      const key = `${caseless} ${pattern}`;
      if (!isRegex || told.has(key)) continue;
      told.add(key);
      yield { at, pattern, caseless, subject: SUBJECTS.uri, server };
    }
  }
  for (const at of HOLDERS.flatMap((name) => configuration.all(name))) {
    const { name, args, block } = at;
    if (name === "rewrite")
      yield { at, pattern: args[0] ?? "", caseless: false, subject: SUBJECTS.uri, server: null };
    else if (name === "if") {
      const condition = readCondition(args);
      // Nearly no pattern is left here; only then it is asked where the value comes from.
      const isCostly =
        condition.kind === "match" && attackOn(condition.pattern, condition.caseless, () => true) !== null;
      const subject = isCostly ? subjectAt(model, at, condition.value) : null;
      if (condition.kind === "match" && subject !== null)
        yield { at, pattern: condition.pattern, caseless: condition.caseless, subject, server: null };
    } else if (name === "map" && block !== null) {
      const subject = subjectOf(args[0] ?? "");
      if (subject === null) continue;
      for (const entry of block.statements) {
        const [, star, pattern] = /^~(\*?)(.*)$/s.exec(entry.name) ?? [];
        if (pattern !== undefined)
          yield { at: entry, pattern, caseless: star === "*", subject, server: null };
      }
    } else if (name === "server_name") {
      for (const word of args)
        if (word.startsWith("~"))
          yield { at, pattern: word.slice(1), caseless: true, subject: SUBJECTS.host, server: null };
    }
  }
}

/** What a client chooses of the value that an `if` looks at, with the `set` and the `map` on its way. */
function subjectAt(model: Model, at: Statement, value: string): Subject | null {
  const found = model.place(at.context).value(value, at);
  if (found === null) return subjectOf(value);
  const [only] = found.chosen;
  if (only === undefined || found.parts.length > 1) return null;
  if (/^\$\{?(uri|document_uri)\}?$/i.test(value)) return SUBJECTS.uri;
  const [origin] = only.origins;
  const title = TITLES[origin?.kind ?? "path"];
  return { title, isSendable: (byte) => only.language.mayHold(byte) };
}

const TITLES = {
  path: "the URI",
  query: "the query",
  header: "a header",
  cookie: "a cookie",
  user: "the user name",
  method: "the method",
  body: "the body",
  handshake: "the handshake",
} as const;

/** What a client chooses of the source of a map. */
function subjectOf(value: string): Subject | null {
  if (/\$\{?(uri|document_uri)\b/i.test(value)) return SUBJECTS.uri;
  if (/\$\{?(request_uri|args|query_string|arg_\w+|request)\b/i.test(value)) return SUBJECTS.query;
  if (/\$\{?(http_\w+|cookie_\w+)\b/i.test(value)) return SUBJECTS.header;
  return /\$\{?host\b/i.test(value) ? SUBJECTS.host : null;
}

/** The text as it is sent; null for a URI that nginx would make another of. */
function sent(attack: Attack, subject: Subject): string | null {
  const text = attack.start + attack.pump.repeat(TURNS) + attack.end;
  if (subject !== SUBJECTS.uri) return text;
  const uri = text.startsWith("/") ? text : `/${text}`;
  const target = uri.replace(
    /[^\w/.~!*'();:@&=+$,-]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  const normal = normalizeUri(target, { mergeSlashes: true });
  return normal.kind === "uri" && normal.path === uri ? target : null;
}

/** How often a text repeats what doubles the steps. */
const TURNS = 40;

function shown(attack: Attack | null, subject: Subject): string {
  if (attack === null) return "";
  const { start, pump, end } = attack;
  const text = fromBytes(start + pump.repeat(Math.max(2, Math.ceil(8 / pump.length)))).replace(
    /[^\x20-\x7e]/g,
    "?",
  );
  const slash = subject === SUBJECTS.uri && !text.startsWith("/") ? "/" : "";
  return `${slash}${text}…${fromBytes(end).replace(/[^\x20-\x7e]/g, "%0A")}`;
}

/** The pattern is never tried on the text: no request gets to the location, or another one takes it before. */
function isTakenBefore(server: VirtualServer, at: Statement, target: string): boolean {
  const mine = server.locations.find(({ statement }) => statement === at);
  if (mine !== undefined && server.unreachable.has(mine)) return true;
  const normal = normalizeUri(target, { mergeSlashes: true });
  if (normal.kind !== "uri") return true;
  const taker = server.takerOf(fromBytes(normal.path));
  if (taker.kind !== "location") return false;
  const { location } = taker;
  const all = server.locations;
  const isEarlier = mine !== undefined && all.indexOf(location) < all.indexOf(mine);
  return location.isExact || location.stopsRegexes || (location.isRegex && isEarlier);
}
