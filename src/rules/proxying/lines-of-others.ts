/** Directives of one way to an upstream, beside the `*_pass` of another. */
import { push } from "../../lists/index.ts";
import {
  type Configuration,
  type Context,
  lookupDirective,
  PASS_DIRECTIVES,
  type Statement,
  type VirtualServer,
} from "../../semantics/index.ts";
import type { Report } from "../rule.ts";
import { codeOf, titleOf } from "../wording.ts";

/** `proxy`, `fastcgi`, … by which the names of directives begin. */
const FAMILIES = PASS_DIRECTIVES.map((name) => name.replace("_pass", ""));

/** They set variables, whoever answers: `$fastcgi_script_name`, `$fastcgi_path_info`. */
const FOR_VARIABLES: ReadonlySet<string> = new Set(["fastcgi_split_path_info", "fastcgi_index"]);

interface Idle {
  readonly pass: Statement;
  readonly lines: readonly [Statement, ...Statement[]];
}

/** Whether a tree has lines of one way and a pass of another: most know one way only. */
export function hasSeveralWays({ root }: Configuration): boolean {
  const families = new Set<string>();
  for (const name of root.namesBelow) {
    const family = prefixOf(name);
    if (family !== undefined) families.add(family);
  }
  return families.size > 1;
}

/** One finding for all places of a server that are alike. */
export function* linesOfOthers(server: VirtualServer): Generator<Report> {
  const groups = new Map<string, Idle[]>();
  const add = (idle: Idle | null): void => {
    if (idle === null) return;
    const key = `${idle.pass.name} ${idle.lines.map(codeOf).join()}`;
    push(groups, key, idle);
  };
  for (const location of server.locations) {
    const { handler, context } = server.at(location);
    if (handler.kind === "pass" && handler.statement.context === context)
      add(idleIn(context, handler.statement));
  }
  add(idleInServer(server));
  for (const group of groups.values()) {
    const [first, ...others] = group;
    if (first !== undefined) yield describe(first, others);
  }
}

function idleIn(context: Context, pass: Statement): Idle | null {
  const lines = context.statements.filter((line) => {
    const family = familyOf(line);
    // An `if` or a location inside may hand requests on by that way.
    return (
      family !== null && `${family}_pass` !== pass.name && context.allBelow(`${family}_pass`).length === 0
    );
  });
  const [first, ...others] = lines;
  return first === undefined ? null : { pass, lines: [first, ...others] };
}

/** What a server says of a way that none of its locations takes. */
function idleInServer(server: VirtualServer): Idle | null {
  const { context } = server;
  if (server.isPartial || context.incomplete || context.below.some(({ block }) => block?.incomplete))
    return null;
  const pass = PASS_DIRECTIVES.flatMap((name) => context.allBelow(name)).at(0);
  const { opener } = context;
  if (pass === undefined || opener === null) return null;
  // A snippet for all servers says it for those that need it.
  const idle = idleIn(context, pass);
  const [first, ...others] = (idle?.lines ?? []).filter(({ chain }) => chain === opener.chain);
  return first === undefined ? null : { pass, lines: [first, ...others] };
}

function prefixOf(name: string): string | undefined {
  return FAMILIES.find((each) => name.startsWith(`${each}_`));
}

function familyOf({ name }: Statement): string | null {
  const family = prefixOf(name);
  if (family === undefined || name === `${family}_pass` || FOR_VARIABLES.has(name)) return null;
  return name.startsWith("proxy_protocol") || name.endsWith("_cache_path") ? null : family;
}

function describe({ pass, lines }: Idle, others: readonly Idle[]): Report {
  const [first, ...more] = lines;
  const family = pass.name.replace("_pass", "");
  // A snippet may be right elsewhere: what is wrong is to include it here.
  const isIncluded = first.chain !== null && first.chain !== pass.chain;
  const at = isIncluded ? first.chain.include : first;
  const rest =
    more.length === 0 ? "" : more.length === 1 ? " and one more line" : ` and ${more.length} more lines`;
  const instead = counterpart(first, family);
  // All that a snippet of parameters costs is time to read it.
  const isIdleSnippet = isIncluded && lines.every(({ name }) => name.endsWith("_param"));
  return {
    at,
    message: `${isIncluded ? codeOf(at) : `${codeOf(first)}${rest}`} ${more.length === 0 || isIncluded ? "has" : "have"} no effect in ${titleOf(first.context)}: \`${pass.name}\` passes the requests on and reads only \`${family}_…\` directives.`,
    ...(isIdleSnippet ? { severity: "info" as const } : {}),
    help: instead === null ? "remove what nothing reads" : `write \`${instead};\``,
    related: [
      { at: pass, message: "hands requests on" },
      ...more.filter(() => !isIncluded).map((line) => ({ at: line, message: "no effect either" })),
      ...others.map(({ lines: [line] }) => ({ at: line, message: "the same here" })),
    ],
  };
}

/** The line that does the same on the way that is taken; null where it has none. */
function counterpart({ name, args }: Statement, family: string): string | null {
  const values = args.map((arg) => (arg === "" || /[\s;{}"']/.test(arg) ? JSON.stringify(arg) : arg));
  const [header = "", ...value] = values;
  if (name.endsWith("_set_header") && /^(fastcgi|uwsgi|scgi)$/.test(family)) {
    return `${family}_param HTTP_${header.toUpperCase().replaceAll("-", "_")} ${value.join(" ")}`;
  }
  if (name.endsWith("_param") && /^(proxy|grpc)$/.test(family)) {
    const own = /^HTTP_(\w+)$/.exec(header)?.[1];
    return own === undefined ? null : `${family}_set_header ${titled(own)} ${value.join(" ")}`;
  }
  const same = family + name.slice(name.indexOf("_"));
  return lookupDirective(same) === undefined ? null : [same, ...values].join(" ");
}

/** `X_REAL_IP` as a header is written. */
function titled(name: string): string {
  return name
    .toLowerCase()
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("-");
}
