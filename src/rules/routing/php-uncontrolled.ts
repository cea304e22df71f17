import type { Place, VirtualServer } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** Requests for scripts that are not there, handed to an interpreter that looks for one on the way. */
export default defineRule({
  id: "php-uncontrolled",
  category: "routing",
  severity: "warning",
  confidence: "medium",
  presets: ["security"],
  docs: {
    summary: "Requests are passed to PHP without a check that the script exists",
    why: "PHP runs the longest part of the path that is a file (`cgi.fix_pathinfo`, on by default): for `/uploads/photo.jpg/x.php` it runs `photo.jpg`. Only a setting of PHP-FPM (`security.limit_extensions`) then keeps uploads from running. `try_files $uri =404` in the location, or `try_files $fastcgi_script_name =404` after `fastcgi_split_path_info`, prevents it in nginx.",
    bad: "server {\n    root /srv/shop;\n    location ~ \\.php$ {\n        fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;\n        fastcgi_pass unix:/run/php/php-fpm.sock;\n    }\n}\n",
    good: "server {\n    root /srv/shop;\n    location ~ \\.php$ {\n        try_files $uri =404;\n        fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;\n        fastcgi_pass unix:/run/php/php-fpm.sock;\n    }\n}\n",
    references: [
      "https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files",
      "https://www.php.net/manual/en/ini.core.php#ini.cgi.fix-pathinfo",
    ],
  },
  scope: "server",
  check({ server, report, met }) {
    const taker = server.takerOf(WITNESS);
    if (taker.kind !== "location") return;
    const { location } = taker;
    const place = server.at(location);
    if (!location.isRegex || !/php/i.test(location.pattern) || !location.context.has("fastcgi_pass")) return;
    if (takesOneScript(place)) return;
    if (!runsUploads(server, place)) {
      met(location.statement);
      return;
    }
    const splits = location.context.has("fastcgi_split_path_info");
    report({
      at: location.statement,
      message: `\`${location.title}\` passes requests to PHP without checking that the script exists: for \`${WITNESS}\` PHP may run the upload.`,
      help: `add \`try_files ${splits ? "$fastcgi_script_name" : "$uri"} =404;\``,
      witness: { kind: "request", value: `GET ${WITNESS}` },
    });
  },
});

const UPLOAD = "/uploads/photo.jpg";
const WITNESS = `${UPLOAD}/x.php`;

/** The place hands the witness over, although just the upload lies there. */
function runsUploads(server: VirtualServer, { location }: Place): boolean {
  const simulation = server.answerTo(WITNESS, (path) => (path.endsWith(UPLOAD) ? "file" : "missing"));
  if (simulation === null || simulation.location !== location || simulation.outcome.kind !== "fastcgi")
    return false;
  // Below a folder that is not known nobody can say what lies there, but it is looked for.
  if (simulation.assumptions.length > 0) return false;
  // A fallback of try_files is another script.
  return !simulation.trace.some(({ phase }) => phase === "internal-redirect");
}

/** The script does not depend on the URI, or PHP is told not to look for it. */
function takesOneScript(place: Place): boolean {
  for (const { args } of place.list("fastcgi_param").statements) {
    const [name, value = ""] = args;
    if (
      name === "SCRIPT_FILENAME" &&
      !/\$\{?(fastcgi_script_name|uri|request_filename|document_uri|request_uri|\d|\w*script\w*|\w*path\w*)/.test(
        value,
      )
    )
      return true;
    if (
      (name === "PHP_ADMIN_VALUE" || name === "PHP_VALUE") &&
      /cgi\.fix_pathinfo\s*=\s*(0|off)/i.test(value)
    )
      return true;
  }
  return false;
}
