import { typeOfExtension } from "../../semantics/index.ts";
import { defineSettingRule } from "../definers/setting.ts";
import { filePlaces, isCompressedOtherwise } from "../places.ts";
import { shortListOf } from "../wording.ts";

/** What every page loads; of the others those that the list means by another name. */
const EXTENSIONS: ReadonlyMap<string, RegExp | null> = new Map([
  ["js", null],
  ["css", null],
  ["json", /json/i],
  ["svg", /svg/i],
  ["wasm", /wasm/i],
  ["xml", /\/xml$/i],
]);

/** What makes up most of what a site sends. */
const COMMON: ReadonlySet<string> = new Set(["js", "css", "json", "svg"]);

/** Types that the tree gives its text files and `gzip_types` does not list. */
export default defineSettingRule({
  id: "gzip-types",
  category: "performance",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["perf.gzip"],
  docs: {
    summary: "`gzip_types` lacks the type that scripts are sent with",
    why: "nginx compresses exactly the types that are listed. The type of a script comes from `mime.types`: `application/javascript` in most packages, `text/javascript` in others. If the list has only the other one, the largest files of the site go out uncompressed.",
    bad: "events {}\nhttp {\n    types { application/javascript js; text/css css; }\n    gzip on;\n    gzip_types text/css text/javascript;\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    good: "events {}\nhttp {\n    types { application/javascript js; text/css css; }\n    gzip on;\n    gzip_types text/css text/javascript application/javascript;\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_gzip_module.html#gzip_types"],
  },
  directive: "gzip_types",
  places: (context) => filePlaces(context).filter((place) => place.isOn("gzip") === true),
  missingAt: ({ configuration }) => configuration.all("gzip").find(({ args }) => args[0] === "on") ?? null,
  judge({ args, origin }, place) {
    if (args.includes("*") || isCompressedOtherwise(place)) return null;
    if (origin === "default") {
      return {
        message:
          "Scripts and stylesheets are sent uncompressed: without `gzip_types` nginx compresses HTML alone.",
        help: "write `gzip_types text/css application/javascript text/javascript application/json image/svg+xml;`",
      };
    }
    const { replaceable, uncertain } = place.list("types");
    if (replaceable || uncertain) return null;
    const listed = new Set(args.map((type) => type.toLowerCase()));
    const lacking = [...EXTENSIONS].flatMap(([extension, meant]) => {
      if (meant !== null && !args.some((type) => meant.test(type))) return [];
      const { type } = typeOfExtension(place.context, extension);
      if (type === null || /^text\/html$|octet-stream|^text\/plain$|\$/.test(type)) return [];
      return listed.has(type.toLowerCase()) ? [] : [{ extension, type }];
    });
    if (lacking.length === 0) return null;
    const names = shortListOf(lacking.map(({ extension, type }) => `\`.${extension}\` (\`${type}\`)`));
    return {
      // A site has few files of the others.
      ...(lacking.every(({ extension }) => !COMMON.has(extension)) ? { items: [] } : {}),
      message: `${names} ${lacking.length === 1 ? "is" : "are"} sent uncompressed: \`gzip_types\` does not list the type${lacking.length === 1 ? "" : "s"}.`,
      help: `add ${lacking.map(({ type }) => `\`${type}\``).join(" ")}`,
    };
  },
});
