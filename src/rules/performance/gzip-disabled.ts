import type { Place, Statement } from "../../semantics/index.ts";
import { assetsOf, type Site } from "../../site/index.ts";
import { defineSettingRule } from "../definers/setting.ts";
import { answeringPlaces, isCompressedOtherwise } from "../places.ts";

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
  judge({ origin, statement }, place) {
    if (place.isOn("gzip") === true || isCompressedOtherwise(place)) return null;
    // Switched off on purpose: for archives, or for pages that hold secrets (BREACH).
    if (statement !== null && statement.context.kind !== "http") return null;
    return {
      message: `${origin === "default" ? "`gzip` is off by default" : "`gzip` is off"}: pages, scripts and JSON go out uncompressed, at about four times their size.`,
      help: "write `gzip on;` and `gzip_types` with the types of your text files in `http`",
    };
  },
  lacks({ statement }, place, { site }) {
    if (place.isOn("gzip") === true || isCompressedOtherwise(place) || statement === null) return null;
    return isForAll(statement) || sendsAssets(place, site) ? "`gzip off` there" : null;
  },
});

/** Of a whole server, or of all that no other location takes. */
function isForAll({ context }: Statement): boolean {
  return context.kind === "server" || (context.kind === "location" && context.opener?.args.join() === "/");
}

/** Scripts of an app come from there, and are not compressed beforehand. */
function sendsAssets(place: Place, site: Site): boolean {
  const { server, location } = place;
  if (server === null || place.isOn("gzip_static") !== false) return false;
  return site.apps(server).some((app) => assetsOf(app).some((asset) => asset.location === location));
}
