/** Response headers that modules of others set, which add to those of `add_header` (`ngx_headers_more`). */
import type { Context } from "./tree.ts";

/** Names, in lower case, that `more_set_headers` sets at a context; its lists add up inwards. */
export function moreHeadersAt(context: Context): ReadonlySet<string> {
  const names = new Set<string>();
  if (context.root.allBelow("more_set_headers").length === 0) return names;
  for (const around of context.outward()) {
    for (const { args } of around.all("more_set_headers")) {
      // What stands behind an option limits it to a status or a type.
      if (args.some((arg) => arg === "-s" || arg === "-t")) continue;
      for (const arg of args) {
        const colon = arg.indexOf(":");
        if (colon > 0) names.add(arg.slice(0, colon).trim().toLowerCase());
      }
    }
  }
  return names;
}
