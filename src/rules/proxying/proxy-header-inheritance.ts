import type { Statement } from "../../semantics/index.ts";
import { defineInheritanceRule } from "../definers/inheritance.ts";
import { type Loss, subjectsOf } from "../report/lost-list.ts";
import { repeatLost } from "../report/repeat-lost.ts";
import type { RuleContext } from "../rule.ts";
import { shortListOf } from "../wording.ts";
import { lostParameters } from "./lost-parameters.ts";

/** Request headers of an outer level that one `proxy_set_header` of an inner level discards. */
export default defineInheritanceRule({
  id: "proxy-header-inheritance",
  category: "proxying",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  directives: ["proxy_set_header", "grpc_set_header"],
  checklist: ["django.proxy-headers"],
  fix: "unsafe",
  reveals: ["forwarded-header-passthrough"],
  docs: {
    summary: "An inner `proxy_set_header` discards the headers of the outer level",
    why: "nginx inherits `proxy_set_header` as a whole or not at all: the first one in a location discards all those of the outer levels. The application then sees the upstream's name as `Host`, nginx's address as the client's, or headers that the client made up. The same goes for `grpc_set_header`.\n\nA lost `X-Forwarded-Proto` is reported by `missing-x-forwarded-proto`.",
    bad: "server {\n    proxy_set_header Host $host;\n    proxy_set_header X-Real-IP $remote_addr;\n    location /ws/ {\n        proxy_set_header Upgrade $http_upgrade;\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n",
    good: "server {\n    proxy_set_header Host $host;\n    proxy_set_header X-Real-IP $remote_addr;\n    location /ws/ {\n        proxy_set_header Host $host;\n        proxy_set_header X-Real-IP $remote_addr;\n        proxy_set_header Upgrade $http_upgrade;\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header"],
  },
  lists: () => [["proxy_set_header"], ["grpc_set_header"]],
  lossesOf(discarded, context) {
    const directive = discarded.own[0]?.name ?? "";
    const kind = { directive, pass: directive.replace("_set_header", "_pass"), nameOf, isForeign };
    return lostParameters(discarded, kind, context).filter(isUntold);
  },
  describe(losses, { where, several, lines }) {
    const [first] = losses;
    const names = subjectsOf(first.lost).map((name) => `\`${name}\``);
    return {
      message: `${where} ${several ? "set" : "sets"} \`${first.cause.name} ${first.cause.args[0] ?? ""}\`, which discards the headers of the outer level: the upstream no longer gets ${shortListOf(names)} as set at ${lines}.${consequenceOf(first)}`,
      help: `repeat ${first.lost.length > 1 ? "them" : "it"} ${several ? "in each of these places" : "here"}, ideally with an \`include\` of a file that holds them all`,
      ...(names.length > 3 ? { details: [{ label: "lost", text: names.join(", ") }] } : {}),
      ...repeatLost(losses, [first.cause.name], `repeat ${shortListOf(names)}`),
    };
  },
});

/** A store or another's service has headers of its own, and is not to have ours. */
function isForeign(pass: Statement, { site }: RuleContext): boolean {
  return pass.name === "proxy_pass" && site.backendOf(pass).kind === "other";
}

/** Headers whose absence other rules tell, with what follows from it. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set(["x-forwarded-proto"]);

/** Something is lost that no other rule speaks of. All that is lost is then named: who mends it mends it once. */
function isUntold({ lost }: Loss): boolean {
  return lost.some((statement) => !TOLD_ELSEWHERE.has(nameOf(statement)));
}

function nameOf({ args }: Statement): string {
  return args[0]?.toLowerCase() ?? "";
}

/** The consequence that hurts most. */
function consequenceOf({ lost }: Loss): string {
  const names = new Set(lost.map(nameOf));
  if (names.has("host")) return " It sees the name in the `…_pass` as `Host`.";
  if (names.has("x-forwarded-for") || names.has("x-real-ip"))
    return " It cannot tell clients apart, or believes what they claim.";
  return "";
}
