import { isFilledIn, knownStart } from "../../parser/index.ts";
import type { Statement, VirtualServer } from "../../semantics/index.ts";
import { relativeFallbacks } from "../../site/index.ts";
import { replaceArgument } from "../fix.ts";
import { defineRule, type Fix, type Report } from "../rule.ts";

/** A last argument of try_files that leads nowhere. */
export default defineRule({
  id: "try-files-fallback",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  directives: ["try_files"],
  fix: "unsafe",
  docs: {
    summary: "The last argument of `try_files` is not a URI, a code or a named location",
    why: "All arguments but the last are files to look for; the last one says where the request goes if none exists: a URI, which begins with `/`, a code such as `=404`, or a named location. A URI without its slash matches no location, and nginx looks for a file if a code or a named location is not the last argument.",
    bad: `server {
    listen 80;
    root /srv/www;
    location / {
        try_files $uri $uri/ index.php;
    }
}
`,
    good: `server {
    listen 80;
    root /srv/www;
    location / {
        try_files $uri $uri/ /index.php$is_args$args;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files"],
  },
  scope: "server",
  check({ server, assume, report }) {
    let told: ReadonlySet<Statement> | undefined;
    for (const context of [server.context, ...server.locations.map((location) => location.context)]) {
      for (const statement of context.all("try_files")) {
        const found = judgeLast(server, statement) ?? judgeEarlier(statement);
        if (found === null) continue;
        told ??= relativeFallbacks(server, assume.spa ?? []);
        if (!told.has(statement)) report(found);
      }
    }
  },
});

function judgeLast(server: VirtualServer, statement: Statement): Report | null {
  const last = statement.args.at(-1) ?? "";
  // Of a variable or a placeholder the first letter is not known.
  if (/^[/=@$]/.test(last) || knownStart(last) === "" || last === "" || statement.args.length < 2)
    return null;
  if (/^[1-5]\d\d$/.test(last)) {
    return {
      at: statement,
      message: `\`${last}\` is a URI without its slash here, not a code: anything that is not a file gets 404 by accident.`,
      help: `write \`=${last}\``,
      ...fixOf(statement, `=${last}`),
      witness: { kind: "uri", value: last },
    };
  }
  const meant = server.server.named(`@${last}`) === undefined ? `/${last}` : `@${last}`;
  return {
    at: statement,
    message: `The fallback \`${last}\` is a URI without its slash, which no location takes: nginx joins it to \`root\` without a slash, and anything that is not a file gets 404.`,
    help: `write \`${meant}\``,
    ...fixOf(statement, meant),
    witness: { kind: "uri", value: last },
  };
}

function fixOf(statement: Statement, meant: string): { fix?: Fix } {
  const last = statement.args.length - 1;
  const word = statement.directive.args[last];
  if (word?.quote !== "none" || isFilledIn(word.raw)) return {};
  // A script wants the query string, which a URI does not take along.
  const end = /^\/[^?$]*\.php$/.test(meant) ? `${meant}$is_args$args` : meant;
  const edits = [replaceArgument(statement, last, end)];
  return { fix: { description: `write \`${end}\``, safe: false, edits } };
}

/** `=404` and `@name` count at the end only. */
function judgeEarlier(statement: Statement): Report | null {
  const misplaced = statement.args.slice(0, -1).find((argument) => /^(=\d{3}$|@)/.test(argument));
  if (misplaced === undefined) return null;
  return {
    at: statement,
    message: `\`${misplaced}\` works only as the last argument: here nginx looks for a file of that name, and goes on to \`${statement.args.at(-1)}\`.`,
    help: "keep one fallback, as the last argument",
  };
}
