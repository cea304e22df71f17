import { type Location, treatmentOf } from "../../semantics/index.ts";
import type { LateGuard } from "../../site/index.ts";
import { moveBefore } from "../fix-lines.ts";
import { repairOf } from "../routing/caret-repair.ts";
import { defineRule, type Fix } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** A location that refuses, and requests that it is there for, which another location answers. */
export default defineRule({
  id: "guard-comes-too-late",
  category: "access",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  fix: "unsafe",
  docs: {
    summary: "A location's access rules do not cover requests that another location takes",
    why: "A request is handled by one location, and only that location's access rules apply. nginx checks regex locations in file order before it falls back to the longest prefix: `location ~ \\.php$` answers `/private/report.php` without the password of `location /private/`, and, standing first, `/uploads/x.php` without the `deny all` of a later regex location.",
    bad: `server {
    listen 80;
    root /srv/www;
    location ~ \\.php$ {
        include fastcgi.conf;
        fastcgi_pass unix:/run/php/php-fpm.sock;
    }
    location ~* /uploads/.*\\.php$ {
        deny all;
    }
}
`,
    good: `server {
    listen 80;
    root /srv/www;
    location ~* /uploads/.*\\.php$ {
        deny all;
    }
    location ~ \\.php$ {
        include fastcgi.conf;
        fastcgi_pass unix:/run/php/php-fpm.sock;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#location"],
  },
  scope: "server",
  check({ server, report, site }) {
    for (const late of site.lateGuards(server)) {
      const { guard, by, winner, uri, isLikelyMeant, isIdle } = late;
      const repair = guard.isPrefix ? repairOf(server, guard, winner) : null;
      report({
        at: guard.statement,
        message: `\`${guard.title}\` does not guard \`${uri}\`: \`${winner.title}\` takes the request, where ${codeOf(by)} does not apply.`,
        help: repair?.help ?? helpFor(late),
        related: [
          { at: winner.statement, message: "answers the request" },
          { at: by, message: "does not apply there" },
        ],
        witness: { kind: "request", value: `GET ${uri}` },
        identity: `${guard.title} ${winner.title}`,
        ...fixOf(late, repair?.fix ?? null),
        ...(isIdle ? { confidence: "low" } : isLikelyMeant ? { confidence: "medium" } : {}),
      });
    }
  },
});

function fixOf({ guard, winner, isIdle }: LateGuard, repair: Fix | null): { fix?: Fix } {
  if (isIdle) return {};
  if (repair !== null) return { fix: repair };
  const isBeside = guard.isRegex && winner.isRegex && guard.statement.context === winner.statement.context;
  if (!isBeside || !refusesAll(guard) || guard.context.readings > 1) return {};
  const edits = moveBefore(guard.statement, winner.statement);
  return edits === null
    ? {}
    : { fix: { description: `move it before \`${winner.title}\``, safe: false, edits } };
}

/** Standing earlier it can only refuse more: it lets nobody in whom another location refuses. */
function refusesAll(guard: Location): boolean {
  const { context, children } = guard;
  const lets = ["allow", "auth_basic", "auth_request", "satisfy", "internal", "if", "error_page"];
  return treatmentOf(guard).isRefusing && children.length === 0 && !context.hasAny(lets);
}

function helpFor({ guard, winner }: LateGuard): string {
  if (guard.isRegex && winner.isRegex) return `move it before \`${winner.title}\``;
  if (guard.isRegex) return `nest a copy of it in \`${winner.title}\``;
  if (guard.pattern === "/")
    return `repeat the access rules in \`${winner.title}\`, or write them in \`server\``;
  return `write \`location ^~ ${guard.pattern} {\`, and nest in it a copy of \`${winner.title}\` if its requests are to be answered there`;
}
