import type { Configuration, Statement } from "../../semantics/index.ts";
import { proxiedBy } from "../../site/index.ts";
import { byCause, type Loss, linesOf, pointOf, relatedTo, subjectsOf } from "../discarded.ts";
import { defineRule } from "../rule.ts";
import { capitalized, shortListOf, titlesOf } from "../wording.ts";
import { lostParameters, type ParameterKind } from "./lost-parameters.ts";

/** Request headers of outer contexts that one `proxy_set_header` further in discards. */
export default defineRule({
  id: "proxy-header-inheritance",
  category: "proxying",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["django.proxy-headers"],
  docs: {
    summary: "An inner `proxy_set_header` does not lose the headers set outside",
    why: "nginx inherits `proxy_set_header` as a whole or not at all: the first one in a location discards every one that was set further out. The application then sees the upstream's name as `Host`, nginx's address as the client's, or headers that the client made up. The same holds for `grpc_set_header`.\n\nA lost `X-Forwarded-Proto` is reported by `missing-x-forwarded-proto`.",
    bad: "server {\n    proxy_set_header Host $host;\n    proxy_set_header X-Real-IP $remote_addr;\n    location /ws/ {\n        proxy_set_header Upgrade $http_upgrade;\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n",
    good: "server {\n    proxy_set_header Host $host;\n    proxy_set_header X-Real-IP $remote_addr;\n    location /ws/ {\n        proxy_set_header Host $host;\n        proxy_set_header X-Real-IP $remote_addr;\n        proxy_set_header Upgrade $http_upgrade;\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header"],
  },
  check({ configuration, report }) {
    for (const kindOf of KINDS) {
      const kind = kindOf(configuration);
      const { directive } = kind;
      for (const losses of byCause([...lostParameters(configuration, kind)].flatMap(untold))) {
        const [first] = losses;
        if (first === undefined) continue;
        const at = pointOf(losses, first);
        const several = losses.length > 1;
        const names = shortListOf(subjectsOf(first.lost).map((name) => `\`${name}\``));
        report({
          at,
          message: `${capitalized(titlesOf(losses.map(({ context }) => context)))} ${several ? "set" : "sets"} \`${directive} ${first.cause.args[0] ?? ""}\`, which discards the headers set outside: the upstream no longer gets ${names} as set at ${linesOf(first.lost, first.cause)}.${consequenceOf(first)}`,
          help: `repeat ${first.lost.length > 1 ? "them" : "it"} ${several ? "in each of these places" : "here"}, best by an \`include\` of a file that holds all of them`,
          related: relatedTo(losses, at),
        });
      }
    }
  },
});

const KINDS: readonly ((configuration: Configuration) => ParameterKind)[] = [
  (configuration) => ({
    directive: "proxy_set_header",
    pass: "proxy_pass",
    nameOf,
    // A store or another's service has headers of its own, and is not to have ours.
    isForeign: (pass) => proxiedBy(pass, configuration).kind === "other",
  }),
  () => ({ directive: "grpc_set_header", pass: "grpc_pass", nameOf }),
];

/** Headers whose absence other rules tell, with what follows from it. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set(["x-forwarded-proto"]);

/** What is left to tell. */
function untold(loss: Loss): Loss[] {
  const lost = loss.lost.filter((statement) => !TOLD_ELSEWHERE.has(nameOf(statement)));
  return lost.length === 0 ? [] : [{ ...loss, lost }];
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
