import { type LostCapture, lostCaptures } from "../../semantics/index.ts";
import { defineRule, type Report } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** `$1` after another pattern was run. */
export default defineRule({
  id: "capture-overwritten",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "`$1` is used after another regex has replaced it, or without such a group",
    why: "nginx keeps the groups of one pattern: the one it ran last. An `if ($x ~ …)`, a `rewrite` or a regex location throws away what `$1` was, even where it has no groups of its own, and the first two even where they do not match. So `$1` of the location is empty after such an `if`, and files are looked for, or requests sent, at a path without it. A `map` with patterns does the same when its variable is first used and a pattern matches: combined with `$1` in one value it may even make nginx answer 500, because the text it writes is not the text it measured.\n\nA named group (`(?<name>…)`, `$name`) stays: other patterns do not touch it.",
    bad: `server {
    listen 80;
    location ~ ^/files/(.*)$ {
        if ($http_user_agent ~ bot) {
            set $limit_rate 10k;
        }
        proxy_pass http://127.0.0.1:8000/store/$1;
    }
}
`,
    good: `server {
    listen 80;
    location ~ ^/files/(?<path>.*)$ {
        if ($http_user_agent ~ bot) {
            set $limit_rate 10k;
        }
        proxy_pass http://127.0.0.1:8000/store/$path;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_rewrite_module.html",
      "https://nginx.org/en/docs/http/server_names.html#regex_names",
    ],
  },
  check({ model, report }) {
    for (const lost of lostCaptures(model)) report(reportOf(lost));
  },
});

function reportOf({ at, capture, meant, by, always }: LostCapture): Report {
  if (meant === null) {
    return {
      at,
      message: `\`$${capture}\` is always empty: no regex that runs before it has that many groups; the last one is ${codeOf(by)}.`,
      help: "put the intended part into parentheses, preferably with a name: `(?<name>…)` and `$name`",
      related: by === at ? [] : [{ at: by, message: "is the last pattern" }],
    };
  }
  return {
    at,
    message: always
      ? `\`$${capture}\` is empty here: ${codeOf(by)} has run since, and nginx keeps only the groups of the last regex, not those of ${codeOf(meant)}.`
      : `\`$${capture}\` is no longer that of ${codeOf(meant)} where a regex of ${codeOf(by)} matches: nginx keeps only the groups of the last regex.`,
    help: `name the group in ${codeOf(meant)}, \`(?<name>…)\`, and write \`$name\``,
    ...(always ? {} : { confidence: "medium" as const }),
    related: [
      { at: meant, message: `has the group ${capture}` },
      { at: by, message: "is run later" },
    ],
  };
}
