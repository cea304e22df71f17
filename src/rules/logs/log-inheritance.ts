import type { Statement } from "../../semantics/index.ts";
import { type DiscardedPlace, defineInheritanceRule } from "../definers/inheritance.ts";
import type { Loss } from "../report/lost-list.ts";
import { repeatLost } from "../report/repeat-lost.ts";
import { codeOf, listOf } from "../wording.ts";

/** One of several logs of an outer level that an `access_log` of an inner level discards. */
export default defineInheritanceRule({
  id: "log-inheritance",
  category: "logs",
  severity: "info",
  confidence: "high",
  presets: ["recommended"],
  directives: ["access_log"],
  fix: "unsafe",
  docs: {
    summary: "An inner `access_log` discards one of several logs of the outer level",
    why: "nginx inherits `access_log` as a whole or not at all. A separate log for one location is often meant to come on top of the others; instead, the collector that the rest of the site logs to never sees these requests.\n\nReplacing one file by another is how sites separate their logs, and `access_log off` is explicit: neither is reported.",
    bad: "server {\n    access_log /var/log/nginx/site.log;\n    access_log syslog:server=192.0.2.9 combined;\n    location /api/ {\n        access_log /var/log/nginx/api.log;\n        root /srv;\n    }\n}\n",
    good: "server {\n    access_log /var/log/nginx/site.log;\n    access_log syslog:server=192.0.2.9 combined;\n    location /api/ {\n        access_log /var/log/nginx/api.log;\n        access_log syslog:server=192.0.2.9 combined;\n        root /srv;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_log_module.html#access_log"],
  },
  lists: () => [["access_log"]],
  lossesOf: lossOf,
  describe(losses, { where, several, lines }) {
    const [first] = losses;
    const logs = listOf(first.lost.map(({ args }) => `\`${args[0] ?? ""}\``));
    return {
      message: `${where} ${several ? "write" : "writes"} ${codeOf(first.cause)}, which replaces the logs of the outer level: requests there are missing from ${logs} (${lines}).`,
      help: `repeat ${first.lost.length > 1 ? "these lines" : "that line"} here`,
      ...repeatLost(losses, ["access_log"], `also write to ${logs}`),
    };
  },
});

/** A collector is lost, or one of several logs. A file of its own in the place of one other file is no loss. */
function lossOf({ context, own, outer }: DiscardedPlace): Loss[] {
  const [cause] = own;
  if (cause === undefined || own.some(({ args }) => args[0] === "off")) return [];
  const kept = new Set(own.map(targetOf));
  const missed = outer.filter((statement) => targetOf(statement) !== "off" && !kept.has(targetOf(statement)));
  const hasCollector = own.some(isCollector);
  const files = missed.filter((statement) => !isCollector(statement));
  const collectors = missed.filter(isCollector);
  const known = new Set(outer.map(targetOf));
  // Each file of its own stands in for one of the outer ones.
  const replacements = own.filter((statement) => !isCollector(statement) && !known.has(targetOf(statement)));
  const lost = [...(hasCollector ? [] : collectors), ...files.slice(replacements.length)];
  return lost.length === 0 ? [] : [{ context, cause, lost }];
}

function targetOf({ args }: Statement): string {
  return args[0] ?? "";
}

function isCollector(statement: Statement): boolean {
  return targetOf(statement).startsWith("syslog:");
}
