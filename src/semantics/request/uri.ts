/**
 * The request target as nginx reads it (`ngx_http_parse_complex_uri`), and its escaping. Byte strings throughout:
 * every character is one byte.
 */

export interface NormalUri {
  readonly kind: "uri";
  /** What locations are matched against: decoded, `.` and `..` resolved, without the query. Starts with `/`. */
  readonly path: string;
  /** The query without its `?`; empty where there is none. */
  readonly args: string;
  /** The request target as it was sent. */
  readonly raw: string;
  /** The path held a `%`: nginx escapes it again when it passes the URI on. */
  readonly quoted: boolean;
  /** The path held a `+`: captures are escaped like arguments. */
  readonly plus: boolean;
}

export type NormalizedUri =
  | NormalUri
  /** nginx answers 400. */
  | { readonly kind: "bad-request"; readonly reason: string };

const PERCENT = 0x25;
const SLASH = 0x2f;
const DOT = 0x2e;
const QUESTION = 0x3f;
const HASH = 0x23;
const PLUS = 0x2b;
const END = -1;

/**
 * Normalises a request target in origin form (`/path?query`).
 *
 * Source: `ngx_http_parse_request_line` and `ngx_http_parse_complex_uri`. Nothing is thrown.
 */
export function normalizeUri(
  raw: string,
  { mergeSlashes }: { readonly mergeSlashes: boolean },
): NormalizedUri {
  if (raw.charCodeAt(0) !== SLASH) return refused("the request target does not start with `/`");
  if (/[\0- \x7f]/.test(raw)) return refused("a space or a control character in the request target");
  return new UriReader(raw, mergeSlashes).read();
}

function refused(reason: string): NormalizedUri {
  return { kind: "bad-request", reason };
}

/** The states of nginx's own machine, so that every corner comes out the same. */
class UriReader {
  readonly #raw: string;
  readonly #mergeSlashes: boolean;
  #path = "";
  #quoted = false;
  #plus = false;

  constructor(raw: string, mergeSlashes: boolean) {
    this.#raw = raw;
    this.#mergeSlashes = mergeSlashes;
  }

  read(): NormalizedUri {
    const raw = this.#raw;
    let state: "usual" | "slash" | "dot" | "dot-dot" = "usual";
    let at = 0;
    for (;;) {
      let byte: number = at < raw.length ? raw.charCodeAt(at++) : END;
      if (byte === PERCENT) {
        const decoded = hexByte(raw, at);
        if (decoded === null) return refused("a `%` that two hexadecimal digits do not follow");
        if (decoded === 0) return refused("`%00` in the path");
        this.#quoted = true;
        at += 2;
        if (decoded === PERCENT || decoded === HASH || decoded === QUESTION) {
          this.#path += String.fromCharCode(decoded);
          state = "usual";
          continue;
        }
        byte = decoded;
      } else if (byte === END || byte === QUESTION || byte === HASH) {
        if (state === "dot") this.#path = this.#path.slice(0, -1);
        else if (state === "dot-dot" && !this.#dropSegment()) return aboveRoot();
        return this.#done(byte === QUESTION ? raw.slice(at) : "");
      }
      if (byte === PLUS) this.#plus = true;
      const char = String.fromCharCode(byte);
      if (byte === SLASH) {
        if (state === "dot") this.#path = this.#path.slice(0, -1);
        else if (state === "dot-dot") {
          if (!this.#dropSegment()) return aboveRoot();
        } else if (state === "usual" || !this.#mergeSlashes) this.#path += char;
        state = "slash";
        continue;
      }
      this.#path += char;
      if (byte !== DOT || state === "usual" || state === "dot-dot") state = "usual";
      else state = state === "slash" ? "dot" : "dot-dot";
    }
  }

  /** Takes `/x/..` back to `/`; false where there is nothing to take back. */
  #dropSegment(): boolean {
    const slash = this.#path.lastIndexOf("/", this.#path.length - 4);
    // `/..`: lastIndexOf counts a negative start as 0 and would find the slash of `/..` itself.
    if (this.#path.length < 4 || slash < 0) return false;
    this.#path = this.#path.slice(0, slash + 1);
    return true;
  }

  #done(query: string): NormalUri {
    const hash = query.indexOf("#");
    return {
      kind: "uri",
      path: this.#path,
      args: hash < 0 ? query : query.slice(0, hash),
      raw: this.#raw,
      quoted: this.#quoted,
      plus: this.#plus,
    };
  }
}

function aboveRoot(): NormalizedUri {
  return refused("`..` leads above the root");
}

function hexByte(text: string, at: number): number | null {
  const digits = text.slice(at, at + 2);
  return /^[0-9A-Fa-f]{2}$/.test(digits) ? Number.parseInt(digits, 16) : null;
}

/** What `ngx_escape_uri` escapes for each purpose. */
const ESCAPED = {
  uri: /[\0-\x20"#%<>?\\^`{|}\x7f-\xff]/g,
  args: /[\0-\x20"#%&+;<>?\\^`{|}\x7f-\xff]/g,
} as const;

/** `ngx_escape_uri`: for a URI that is sent on (`uri`), or for a capture put into one (`args`). */
export function escapeUri(bytes: string, purpose: keyof typeof ESCAPED): string {
  return bytes.replace(
    ESCAPED[purpose],
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/**
 * `ngx_unescape_uri` with `NGX_UNESCAPE_REDIRECT`: what `rewrite … redirect` does to its target, so that captures
 * escaped on the way in come out readable, but no byte that needs escaping does.
 */
export function unescapeRedirect(bytes: string): string {
  let out = "";
  for (let at = 0; at < bytes.length; at++) {
    const char = bytes.charAt(at);
    if (char === "?") return out + bytes.slice(at);
    if (char !== "%") {
      out += char;
      continue;
    }
    // Like nginx: a wrong first digit is kept without its `%`, a wrong second one is swallowed with both.
    const first = bytes.charAt(++at);
    if (!/[0-9A-Fa-f]/.test(first)) {
      out += first;
      continue;
    }
    const second = bytes.charAt(++at);
    if (!/[0-9A-Fa-f]/.test(second)) continue;
    const code = Number.parseInt(first + second, 16);
    if (code === QUESTION) return `${out}?${bytes.slice(at + 1)}`;
    out += code > PERCENT && code < 0x7f ? String.fromCharCode(code) : `%${first}${second}`;
  }
  return out;
}

/** `ngx_unescape_uri` without a type: every `%XX`, wrong ones as nginx drops them. */
export function unescapeUri(bytes: string): string {
  let out = "";
  for (let at = 0; at < bytes.length; at++) {
    const char = bytes.charAt(at);
    if (char !== "%") {
      out += char;
      continue;
    }
    const first = bytes.charAt(++at);
    if (!/[0-9A-Fa-f]/.test(first)) {
      out += first;
      continue;
    }
    const second = bytes.charAt(++at);
    if (/[0-9A-Fa-f]/.test(second)) out += String.fromCharCode(Number.parseInt(first + second, 16));
  }
  return out;
}

/** `ngx_http_split_args`: a URI made by a directive, at its first `?`. */
export function splitArgs(uri: string): { readonly path: string; readonly args: string } {
  const question = uri.indexOf("?");
  return question < 0
    ? { path: uri, args: "" }
    : { path: uri.slice(0, question), args: uri.slice(question + 1) };
}

/**
 * `ngx_http_parse_unsafe_uri`: a URI from an upstream, its path decoded; null where it is empty or leads upwards.
 */
export function readUnsafeUri(uri: string): { readonly path: string; readonly args: string } | null {
  const { path, args } = splitArgs(uri);
  if (path === "" || leadsUp(path)) return null;
  if (!path.includes("%")) return { path, args };
  const decoded = unescapeUri(path);
  return leadsUp(decoded) ? null : { path: decoded, args };
}

function leadsUp(path: string): boolean {
  return path.includes("\0") || /(^|\/)\.\.(\/|$)/.test(path);
}

/** `ngx_http_set_exten`: what follows the last `.` of the last segment; empty without one. */
export function extensionOf(path: string): string {
  for (let at = path.length - 1; at > 1; at--) {
    const char = path.charAt(at);
    if (char === "/") return "";
    if (char === "." && path.charAt(at - 1) !== "/") return path.slice(at + 1);
  }
  return "";
}
