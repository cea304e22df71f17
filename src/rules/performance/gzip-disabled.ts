import type { Place } from "../../semantics/index.ts";
import { defineSettingRule } from "../definers/setting.ts";
import { answeringPlaces } from "./serving.ts";

/** Text that is sent as it is. */
export default defineSettingRule({
  id: "gzip-disabled",
  category: "performance",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["perf.gzip"],
  docs: {
    summary: "Text responses are sent uncompressed",
    why: "HTML, CSS, JavaScript and JSON shrink to a quarter or less. `gzip` is off by default; `gzip_types` alone compresses nothing. Brotli or zstd (third-party modules) do the job too, and so does a proxy in front that compresses.",
    bad: "events {}\nhttp {\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    good: "events {}\nhttp {\n    gzip on;\n    gzip_types text/css application/javascript application/json;\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_gzip_module.html#gzip"],
  },
  directive: "gzip",
  places: answeringPlaces,
  judge({ args, origin, statement }, place) {
    if (args[0] === "on" || isCompressedOtherwise(place)) return null;
    // Switched off for one place on purpose: archives, or pages that hold secrets (BREACH).
    if (statement !== null && statement.context.kind !== "http") return null;
    return {
      message: `${origin === "default" ? "`gzip` is off by default" : "`gzip` is off"}: pages, scripts and JSON go out uncompressed, at about four times their size.`,
      help: "write `gzip on;` and `gzip_types` with the types of your text files in `http`",
    };
  },
});

/** The modules of others that compress. */
function isCompressedOtherwise(place: Place): boolean {
  return ["brotli", "zstd"].some((name) => place.isOn(name) !== false);
}
