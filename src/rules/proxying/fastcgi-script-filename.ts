import type { Place } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** PHP that is asked to run a script and not told which. */
export default defineRule({
  id: "fastcgi-script-filename",
  category: "proxying",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  directives: ["fastcgi_pass"],
  docs: {
    summary: "PHP is not told which script to run",
    why: "PHP runs the file named by `SCRIPT_FILENAME`. nginx's `fastcgi_params` does not set it (`fastcgi.conf` does): without it PHP answers every request with an empty page and status 200, or with `Primary script unknown`.",
    bad: `server {
    listen 80;
    root /srv/shop;
    location ~ \\.php$ {
        try_files $uri =404;
        fastcgi_param QUERY_STRING $query_string;
        fastcgi_param REQUEST_METHOD $request_method;
        fastcgi_pass unix:/run/php/php-fpm.sock;
    }
}
`,
    good: `server {
    listen 80;
    root /srv/shop;
    location ~ \\.php$ {
        try_files $uri =404;
        fastcgi_param QUERY_STRING $query_string;
        fastcgi_param REQUEST_METHOD $request_method;
        fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
        fastcgi_pass unix:/run/php/php-fpm.sock;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_param",
      "https://www.php.net/manual/en/install.fpm.php",
    ],
  },
  scope: "server",
  check({ server, site, report, met }) {
    const told = new Set<unknown>();
    for (const place of server.places) {
      const { handler, context } = place;
      if (handler.kind !== "pass" || handler.pass !== "fastcgi_pass" || !site.runsPhp(handler.statement))
        continue;
      const { statements, uncertain, replaceable } = place.list("fastcgi_param");
      if (replaceable || (statements.length === 0 && uncertain) || context.incomplete) continue;
      const script = statements.findLast(({ args }) => args[0] === "SCRIPT_FILENAME");
      if (script !== undefined && script.args[1] !== "") {
        met(script);
        continue;
      }
      // Set on an outer level and lost: `fastcgi-param-inheritance` says by which line.
      if (isLost(place) || told.has(handler.statement.directive)) continue;
      told.add(handler.statement.directive);
      report({
        at: handler.statement,
        message: `${codeOf(handler.statement)} does not tell PHP which script to run: \`SCRIPT_FILENAME\` is ${script === undefined ? "not set" : "empty"}, and the response is an empty page.`,
        help: "write `fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;`, or include `fastcgi.conf` instead of `fastcgi_params`",
        related: statements
          .slice(0, 1)
          .map((at) => ({ at, message: "the parameters that apply start here" })),
      });
    }
  },
});

function isLost(place: Place): boolean {
  return place.lost("fastcgi_param")?.outer.some(({ args }) => args[0] === "SCRIPT_FILENAME") ?? false;
}
