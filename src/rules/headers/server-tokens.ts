import type { Place, Setting } from "../../semantics/index.ts";
import { defineSettingRule } from "../definers/setting.ts";
import { replaceArgument } from "../fix.ts";
import { insertBeside, insertSetting } from "../fix-lists.ts";
import type { Fix } from "../rule.ts";
import { insteadOf } from "../wording.ts";

/** Answers that tell nginx's version. */
export default defineSettingRule({
  id: "server-tokens",
  category: "headers",
  severity: "info",
  confidence: "high",
  presets: ["django-react", "security"],
  checklist: ["headers.server-tokens"],
  fix: "unsafe",
  docs: {
    summary: "Responses reveal the version of nginx",
    why: "`Server: nginx/1.22.1` and the error pages tell anyone looking for servers with a known hole that this is one. Hiding the version closes no hole, but it keeps the site off the list.",
    bad: "events {}\nhttp {\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    good: "events {}\nhttp {\n    server_tokens off;\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#server_tokens"],
  },
  directive: "server_tokens",
  *places({ servers, configuration }) {
    for (const server of servers) {
      if (server.rejectsAll) continue;
      yield server.top;
      if (configuration.all("server_tokens").length === 0) continue;
      for (const location of server.locations)
        if (location.context.has("server_tokens")) yield server.at(location);
    }
  },
  judge(setting, place) {
    const { args, origin, statement } = setting;
    const value = args[0]?.toLowerCase() ?? "on";
    if ((value !== "on" && value !== "build") || place.moreHeaders.has("server")) return null;
    return {
      message:
        origin === "default"
          ? "`server_tokens` is on by default: every response and error page reveals nginx's version."
          : `\`server_tokens ${value}\` reveals nginx's version in every response and error page.`,
      help: insteadOf(statement, "server_tokens off;", "write `server_tokens off;` in `http`"),
      more: () => fixOf(setting, place),
    };
  },
});

const LINE = "server_tokens off;";

/** Settings of the server as a whole, beside which it is looked for. */
const NEIGHBOURS = [
  "sendfile",
  "tcp_nopush",
  "tcp_nodelay",
  "keepalive_timeout",
  "types_hash_max_size",
  "server_names_hash_bucket_size",
];

function fixOf({ statement }: Setting, { context }: Place): { fix?: Fix } {
  const outer = context.outward().findLast(({ kind }) => kind === "http" || kind === "server");
  const edit =
    statement !== null
      ? replaceArgument(statement, 0, "off")
      : outer === undefined
        ? null
        : (insertBeside(outer, NEIGHBOURS, [LINE]) ?? insertSetting(outer, LINE));
  return edit === null ? {} : { fix: { description: "hide the version", safe: false, edits: [edit] } };
}
