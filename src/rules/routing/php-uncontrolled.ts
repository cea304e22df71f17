import {
  askServer,
  type Configuration,
  effective,
  type Location,
  type Server,
  winnerOf,
} from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** Requests for scripts that are not there, handed to an interpreter that looks for one on the way. */
export default defineRule({
  id: "php-uncontrolled",
  category: "routing",
  severity: "warning",
  confidence: "medium",
  presets: ["security"],
  docs: {
    summary: "Only scripts that are there are handed to PHP",
    why: "PHP takes the longest part of the path that is a file (`cgi.fix_pathinfo`, on by default): asked for `/uploads/photo.jpg/x.php`, it runs `photo.jpg`. That an upload runs then depends on a setting of another program (`security.limit_extensions`). `try_files $uri =404` in the location, or `try_files $fastcgi_script_name =404` behind `fastcgi_split_path_info`, ends it here.",
    bad: "server {\n    root /srv/shop;\n    location ~ \\.php$ {\n        fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;\n        fastcgi_pass unix:/run/php/php-fpm.sock;\n    }\n}\n",
    good: "server {\n    root /srv/shop;\n    location ~ \\.php$ {\n        try_files $uri =404;\n        fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;\n        fastcgi_pass unix:/run/php/php-fpm.sock;\n    }\n}\n",
    references: [
      "https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files",
      "https://www.php.net/manual/en/ini.core.php#ini.cgi.fix-pathinfo",
    ],
  },
  check({ configuration, report }) {
    for (const server of configuration.servers) {
      const location = runsUploads(configuration, server);
      if (location === null) continue;
      const splits = location.context.has("fastcgi_split_path_info");
      report({
        at: location.statement,
        message: `\`${location.title}\` hands scripts to PHP without asking whether they are there: for \`${WITNESS}\` PHP may run the upload.`,
        help: `add \`try_files ${splits ? "$fastcgi_script_name" : "$uri"} =404;\``,
        witness: { kind: "request", value: `GET ${WITNESS}` },
      });
    }
  },
});

const UPLOAD = "/uploads/photo.jpg";
const WITNESS = `${UPLOAD}/x.php`;

/** The location that hands the witness over; null where none does. */
function runsUploads(configuration: Configuration, server: Server): Location | null {
  const winner = winnerOf(server, WITNESS);
  if (winner.kind !== "location") return null;
  const { location } = winner;
  if (!location.isRegex || !/php/i.test(location.pattern) || !location.context.has("fastcgi_pass"))
    return null;
  if (takesOneScript(location)) return null;
  const simulation = askServer(configuration, server, WITNESS, (path) =>
    path.endsWith(UPLOAD) ? "file" : "missing",
  );
  // A fallback of try_files is another script.
  const isItself = simulation?.location === location && simulation.outcome.kind === "fastcgi";
  return isItself && !simulation.trace.some(({ phase }) => phase === "internal-redirect") ? location : null;
}

/** The script does not depend on the URI, or PHP is told not to look for it. */
function takesOneScript({ context }: Location): boolean {
  const { statements } = effective(context, "fastcgi_param");
  for (const { args } of statements) {
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
