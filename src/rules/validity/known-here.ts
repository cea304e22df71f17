/** Which statements the rules about directives may judge. */
import {
  type Configuration,
  type ContextKind,
  type DirectiveFacts,
  directiveIn,
  type Statement,
} from "../../semantics/index.ts";

const ENTRIES: ReadonlySet<ContextKind> = new Set([
  "types",
  "map",
  "geo",
  "split_clients",
  "charset_map",
  "ldap_server",
]);

const lists = new WeakMap<Configuration, readonly Statement[]>();

/** The directives of a configuration: not the entries of `map` and its like, nor what stands in a block nobody knows. */
export function directivesOf(configuration: Configuration): readonly Statement[] {
  let list = lists.get(configuration);
  if (list === undefined) {
    list = configuration.statements.filter(
      ({ name, context: { kind } }) => kind !== "unknown" && !ENTRIES.has(kind) && !holdsPlaceholder(name),
    );
    lists.set(configuration, list);
  }
  return list;
}

/** The text is filled in by a template before nginx reads it. */
export function holdsPlaceholder(text: string): boolean {
  return /\{\{|<%|%>|\{%|@@|\$\{[A-Z]|__[A-Z]/.test(text);
}

/** What is known of a directive where it stands; null where it is unknown, or its module keeps its own rules. */
export function factsHere(statement: Statement): DirectiveFacts | null {
  const facts = directiveIn(statement.name, statement.context.kind);
  return facts?.exact === true ? facts : null;
}

const NAMES: Partial<Record<ContextKind, string>> = {
  main: "the main context (outside all blocks)",
  "server-if": "`if` in a server",
  "location-if": "`if` in a location",
  "stream-server": "a `server` of `stream`",
  "stream-upstream": "an `upstream` of `stream`",
  "mail-server": "a `server` of `mail`",
  "rtmp-server": "a `server` of `rtmp`",
  "rtmp-application": "an `application` of `rtmp`",
};

/** A context for people: `` `http` ``, or `` `if` in a server ``. */
export function contextName(kind: ContextKind): string {
  return NAMES[kind] ?? `\`${kind}\``;
}
