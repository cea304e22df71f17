import type { Statement } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Two lines that say how long an answer may be kept. */
export default defineRule({
  id: "cache-control-conflict",
  category: "headers",
  severity: "warning",
  confidence: "high",
  presets: ["django-react"],
  docs: {
    summary: "`expires` and `add_header Cache-Control` both send the header",
    why: "`expires` sends `Expires` and `Cache-Control: max-age=…`; an `add_header Cache-Control` beside it sends a second line. Caches join the two. That is harmless if they agree; if one says `no-store` and the other `max-age`, the stricter one usually wins, and the long lifetime is lost.",
    bad: "server {\n    listen 80;\n    root /srv/www;\n    location /assets/ {\n        expires 1y;\n        add_header Cache-Control no-store;\n    }\n}\n",
    good: "server {\n    listen 80;\n    root /srv/www;\n    location /assets/ {\n        expires 1y;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_headers_module.html#expires"],
  },
  check({ model, report }) {
    const told = new Set<unknown>();
    for (const place of model.places) {
      if (
        place.handler.kind === "return" ||
        (place.context.kind !== "location" && place.context.kind !== "server")
      )
        continue;
      const { statement: expires, args } = place.setting("expires");
      const control = place
        .list("add_header")
        .statements.find(({ args: [name] }) => name?.toLowerCase() === "cache-control");
      if (expires === null || control === undefined || told.has(control.directive)) continue;
      const value = args.at(-1) ?? "";
      if (value === "off" || value.includes("$") || control.args[1]?.includes("$")) continue;
      told.add(control.directive);
      const conflict = conflictOf(value, control);
      report({
        at: control,
        message:
          conflict === null
            ? `${codeOf(control)} sends a second \`Cache-Control\` beside that of ${codeOf(expires)}.`
            : `${codeOf(control)} contradicts ${codeOf(expires)}, which sends \`Cache-Control: ${conflict}\`: caches usually follow the stricter one.`,
        help: "keep one of the two",
        ...(conflict === null ? { severity: "info" as const } : {}),
        related: [{ at: expires, message: "also sends the header" }],
      });
    }
  },
});

/** What `expires` sends, where the other line says the contrary. */
function conflictOf(expires: string, { args: [, value = ""] }: Statement): string | null {
  const isRefused = /\bno-(store|cache)\b/i.test(value);
  const age = Number(/\b(?:s-)?max-age=(\d+)/i.exec(value)?.[1] ?? Number.NaN);
  const sendsNone = /^(-|epoch$|0$)/.test(expires);
  if (isRefused && !sendsNone) return expires === "max" ? "max-age=315360000" : "max-age=…";
  if (sendsNone && age > 0) return expires === "0" ? "max-age=0" : "no-cache";
  return null;
}
