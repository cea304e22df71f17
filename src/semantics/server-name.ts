import { type CompiledPattern, lazyPattern } from "./regex/index.ts";

/** `server_name` as `ngx_http_core_server_name` reads it. */
export type ServerName =
  | { readonly kind: "exact"; readonly text: string }
  /** `*.example.com`; with `orBare` also the bare name (`.example.com`). */
  | { readonly kind: "suffix"; readonly text: string; readonly suffix: string; readonly orBare: boolean }
  /** `www.example.*` */
  | { readonly kind: "prefix"; readonly text: string; readonly prefix: string }
  | {
      readonly kind: "regex";
      readonly text: string;
      readonly pattern: string;
      /** The pattern ready to match; compiled when first asked for. */
      readonly compiled: () => CompiledPattern;
    };

/** Reads one name. Names are case-insensitive and come out in lower case, patterns as they are. */
export function readServerName(text: string): ServerName {
  if (text.startsWith("~")) {
    const pattern = text.slice(1);
    // A capital letter anywhere in the pattern makes all of it case-insensitive (ngx_http_core_server_name).
    const compiled = lazyPattern(pattern, /[A-Z]/.test(pattern));
    return { kind: "regex", text, pattern, compiled };
  }
  const name = text.toLowerCase();
  if (name.startsWith("*.") && name.length > 2)
    return { kind: "suffix", text, suffix: name.slice(1), orBare: false };
  if (name.startsWith(".") && name.length > 1) return { kind: "suffix", text, suffix: name, orBare: true };
  if (name.endsWith(".*") && name.length > 2) return { kind: "prefix", text, prefix: name.slice(0, -1) };
  return { kind: "exact", text: name };
}
