import type { Statement } from "../../semantics/index.ts";
import { defineInheritanceRule } from "../definers/inheritance.ts";
import { subjectsOf } from "../report/lost-list.ts";
import { repeatLost } from "../report/repeat-lost.ts";
import { shortListOf } from "../wording.ts";
import { lostParameters } from "./lost-parameters.ts";

/** Parameters of an outer level that one `fastcgi_param` (or `uwsgi_param`, `scgi_param`) of an inner level discards. */
export default defineInheritanceRule({
  id: "fastcgi-param-inheritance",
  category: "proxying",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  directives: ["fastcgi_param", "uwsgi_param", "scgi_param"],
  fix: "unsafe",
  docs: {
    summary: "An inner `fastcgi_param` discards the parameters of the outer level",
    why: "nginx inherits `fastcgi_param` as a whole or not at all: the first one in a location discards all those of the outer levels, usually all of `fastcgi_params`. Without `REQUEST_METHOD` or `CONTENT_LENGTH` forms arrive empty; without `QUERY_STRING` query parameters are lost; without `SCRIPT_FILENAME` PHP returns an empty page. The same holds for `uwsgi_param` and `scgi_param`.",
    bad: "server {\n    fastcgi_param REQUEST_METHOD $request_method;\n    fastcgi_param QUERY_STRING $query_string;\n    location ~ \\.php$ {\n        fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;\n        fastcgi_pass unix:/run/php/php-fpm.sock;\n    }\n}\n",
    good: "server {\n    location ~ \\.php$ {\n        fastcgi_param REQUEST_METHOD $request_method;\n        fastcgi_param QUERY_STRING $query_string;\n        fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;\n        fastcgi_pass unix:/run/php/php-fpm.sock;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_param"],
  },
  lists: () => [["fastcgi_param"], ["uwsgi_param"], ["scgi_param"]],
  lossesOf(discarded, context) {
    const directive = discarded.own[0]?.name ?? "";
    const losses = lostParameters(
      discarded,
      { directive, pass: directive.replace("_param", "_pass"), nameOf },
      context,
    );
    // Who starts one program of its own need not be told the script.
    const { site } = context;
    const runsPhp = (pass: Statement) => site.runsPhp(pass);
    return losses.filter(
      ({ context: at, lost }) =>
        lost.some((line) => nameOf(line) !== "SCRIPT_FILENAME") || at.allBelow("fastcgi_pass").some(runsPhp),
    );
  },
  describe(losses, { where, several, lines }) {
    const [first] = losses;
    const names = shortListOf(subjectsOf(first.lost).map((name) => `\`${name}\``));
    return {
      message: `${where} ${several ? "set" : "sets"} \`${first.cause.name} ${first.cause.args[0] ?? ""}\`, which discards the parameters of the outer level: the application no longer gets ${names} (set at ${lines}).`,
      help: "include the file with the parameters here too",
      ...repeatLost(losses, [first.cause.name], `repeat ${names}`),
    };
  },
});

/** Parameters are told apart by case. */
const nameOf = ({ args }: Statement) => args[0] ?? "";
