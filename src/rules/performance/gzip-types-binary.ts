import { defineSettingRule } from "../definers/setting.ts";
import { answeringPlaces } from "../places.ts";
import { shortListOf } from "../wording.ts";

/** Types whose files are compressed already. */
const COMPRESSED =
  /^(image\/(?!svg|bmp|x-ms-bmp|x-icon|vnd\.microsoft\.icon)|video\/|audio\/(?!midi|x-wav|wav)|font\/woff2?$|application\/(font-woff2?|x-font-woff2?|zip|gzip|x-gzip|x-7z-compressed|x-rar-compressed|vnd\.rar|x-bzip2?|x-xz|zstd|pdf|java-archive|vnd\.android\.package-archive|epub\+zip|vnd\.openxmlformats[\w.-]*))/i;

/** Compression of what is compressed. */
export default defineSettingRule({
  id: "gzip-types-binary",
  category: "performance",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  docs: {
    summary: "`gzip` compresses files that are already compressed",
    why: "JPEG, PNG, WebP, WOFF2, video, ZIP and PDF are compressed formats: gzip makes them hardly smaller and sometimes larger, and costs CPU time for every request. Such responses also lose their `Content-Length` and partial downloads.",
    bad: "events {}\nhttp {\n    gzip on;\n    gzip_types text/css image/jpeg font/woff2;\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    good: "events {}\nhttp {\n    gzip on;\n    gzip_types text/css image/svg+xml;\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_gzip_module.html#gzip_types"],
  },
  directive: "gzip_types",
  places: (context) => answeringPlaces(context).filter((place) => place.isOn("gzip") === true),
  judge({ args }) {
    const binary = args.filter((type) => COMPRESSED.test(type));
    if (binary.length === 0 && !args.includes("*")) return null;
    const what = args.includes("*")
      ? "every type, images and archives too"
      : shortListOf(binary.map((type) => `\`${type}\``));
    return {
      message: `\`gzip\` compresses ${what}: such files are already compressed, and nginx does it again for each request.`,
      help: args.includes("*") ? "list the types of text files" : "remove these types from `gzip_types`",
    };
  },
});
