/** `server_name` as `ngx_http_core_server_name` reads it. */
export type ServerName =
  | { readonly kind: "exact"; readonly text: string }
  /** `*.example.com`; with `orBare` also the bare name (`.example.com`). */
  | { readonly kind: "suffix"; readonly text: string; readonly suffix: string; readonly orBare: boolean }
  /** `www.example.*` */
  | { readonly kind: "prefix"; readonly text: string; readonly prefix: string }
  | { readonly kind: "regex"; readonly text: string; readonly pattern: string };

/** Reads one name. Names are case-insensitive and come out in lower case, patterns as they are. */
export function readServerName(text: string): ServerName {
  if (text.startsWith("~")) return { kind: "regex", text, pattern: text.slice(1) };
  const name = text.toLowerCase();
  if (name.startsWith("*.")) return { kind: "suffix", text, suffix: name.slice(1), orBare: false };
  if (name.startsWith(".") && name.length > 1) return { kind: "suffix", text, suffix: name, orBare: true };
  if (name.endsWith(".*")) return { kind: "prefix", text, prefix: name.slice(0, -1) };
  return { kind: "exact", text: name };
}
