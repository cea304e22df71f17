/** Locations whose pattern is no URI, as they were plainly meant. */
import { isFilledIn } from "../../parser/index.ts";
import type { Location } from "../../semantics/index.ts";

export interface MeantLocation {
  /** What the pattern was taken for. */
  readonly mistake: string;
  /** The words that should stand behind `location`; null where no location can say it. */
  readonly spelling: string | null;
  /** A URI that its author had in mind; null where none is plain. */
  readonly uri: string | null;
  /** How requests are chosen that no location can tell apart. */
  readonly help?: string;
}

const NO_REGEX = "without `~` nginx takes the pattern literally";

/** Null where the pattern may be the beginning of a URI, or where what was meant is not plain. */
export function meantLocation({
  pattern,
  statement,
  isRegex,
  isNamed,
  isExact,
}: Location): MeantLocation | null {
  if (isNamed || isFilledIn(pattern) || (statement.file.template && pattern.includes("${"))) return null;
  if (pattern === "" || pattern.startsWith("@")) return null;
  if (isRegex) return meantRegex(pattern, statement.args[0] === "~*" ? "~*" : "~");
  const url = /^https?:\/\/[^/]+(\/.*)?$/.exec(pattern);
  if (url !== null)
    return {
      mistake: "locations are matched against the path, without scheme and host",
      spelling: spelled(url[1] ?? "/", isExact),
      uri: url[1] ?? "/",
    };
  const query = /^(\/[^?*()|\\^$]*)\?\w+(=|$)/.exec(pattern);
  if (query !== null) return withoutQuery;
  if (hasChoices(pattern)) return meantBraces(pattern, isExact);
  if (isGlob(pattern)) return meantGlob(pattern, isExact);
  if (isPattern(pattern)) {
    const plain = /^\^?(\/[\w/.-]*)\$$/.exec(pattern)?.[1];
    if (plain !== undefined) return { mistake: NO_REGEX, spelling: `= ${plain}`, uri: plain };
    const start = pattern.startsWith("/") ? "^" : "";
    return { mistake: NO_REGEX, spelling: `~ ${quoted(start + pattern)}`, uri: null };
  }
  if (pattern.startsWith("/")) return /%[0-9a-f]{2}/i.test(pattern) ? decoded(pattern, isExact) : null;
  if (!/^[\w.-]/.test(pattern)) return null;
  return {
    mistake: "every URI begins with `/`",
    spelling: spelled(`/${pattern}`, isExact),
    uri: `/${pattern}`,
  };
}

const withoutQuery: MeantLocation = {
  mistake: "locations are matched without the query string",
  spelling: null,
  uri: null,
  help: "leave the query out, and use a `map` of `$arg_…`",
};

function meantRegex(pattern: string, modifier: string): MeantLocation | null {
  const start = /^\^(\w[\w-]*\/)/.exec(pattern);
  if (start === null) return null;
  return {
    mistake: "every URI begins with `/`",
    spelling: `${modifier} ${quoted(`^/${pattern.slice(1)}`)}`,
    uri: null,
  };
}

/** `/assets/*`, `*.js`, `/files/*.pdf`: stars as in a shell. */
function isGlob(pattern: string): boolean {
  return /^[\w/.*-]+$/.test(pattern) && /(^|\/)\*|\*$/.test(pattern) && !/\.\*/.test(pattern);
}

function meantGlob(pattern: string, isExact: boolean): MeantLocation {
  const mistake = "in a location `*` is a literal character, not a wildcard";
  const folder = /^(\/[^*]*)\*+$/.exec(pattern)?.[1];
  if (folder !== undefined) return { mistake, spelling: folder, uri: `${folder}x` };
  const start = pattern.startsWith("/") ? "^" : "";
  const escaped = pattern.replaceAll(".", "\\.").replace(/^\*+/, "").replace(/\*+/g, "[^/]*");
  const uri = `${start === "" ? "/" : ""}${pattern.replace(/\*+/g, "x")}`;
  return { mistake, spelling: `~ ${start}${escaped}${isExact || /\w$/.test(pattern) ? "$" : ""}`, uri };
}

/** `/{img,css}/`: alternatives as in a shell. */
const hasChoices = (pattern: string): boolean =>
  /^[\w/.{},-]*$/.test(pattern) && /\{[\w.-]+(?:,[\w.-]+)+\}/.test(pattern);

function meantBraces(pattern: string, isExact: boolean): MeantLocation {
  const choices = /\{([^{}]*)\}/g;
  const escaped = pattern
    .replaceAll(".", "\\.")
    .replace(choices, (_, words) => `(${words.replaceAll(",", "|")})`);
  const uri = pattern.replace(choices, (_, words) => words.split(",")[0]);
  const start = pattern.startsWith("/") ? "^" : "";
  return {
    mistake: "in a location braces are literal characters, not alternatives",
    spelling: `~ ${quoted(`${start}${escaped}${isExact ? "$" : ""}`)}`,
    uri: uri.startsWith("/") ? uri : `/${uri}`,
  };
}

/** Signs of a regular expression that no path is written with. */
function isPattern(pattern: string): boolean {
  return (
    /\\[.dwsSW/-]|\.[*+]|\([^()]*\||\(\?|\[[^[\]]+\][+*{]?|\$$|^\^/.test(pattern) &&
    !/^\$|\/\$\w/.test(pattern)
  );
}

/** `/my%20files`: URIs are decoded before they are matched. */
function decoded(pattern: string, isExact: boolean): MeantLocation | null {
  const mistake = "URIs are decoded before they are matched";
  try {
    const text = decodeURIComponent(pattern);
    return text.includes("%") ? null : { mistake, spelling: spelled(quoted(text), isExact), uri: null };
  } catch {
    return null;
  }
}

function spelled(path: string, isExact: boolean): string {
  return isExact ? `= ${path}` : path;
}

/** With the quotes that nginx's parser needs. */
function quoted(pattern: string): string {
  return /[\s{};]/.test(pattern) ? `"${pattern}"` : pattern;
}
