import { coversNetwork, type Statement } from "../../semantics/index.ts";
import { isNamedForMetrics } from "../../site/index.ts";
import { type DiscardedPlace, defineInheritanceRule } from "../definers/inheritance.ts";
import type { Loss } from "../report/lost-list.ts";
import { lostLines, repeatLost } from "../report/repeat-lost.ts";
import { codeOf, shortListOf } from "../wording.ts";

/** Outer `deny` rules that an `allow` or `deny` of an inner level discards. */
export default defineInheritanceRule({
  id: "access-rules-inheritance",
  category: "access",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  directives: ["allow", "deny"],
  fix: "unsafe",
  docs: {
    summary: "Inner `allow` and `deny` rules discard those of the outer level",
    why: "nginx inherits `allow` and `deny` as one list, and as a whole or not at all: the first of them in a location discards all those of the outer levels. A location that allows one more address on a closed site opens itself to everyone, and one that adds an address to a blocklist loses the rest of the list.",
    bad: "server {\n    allow 10.0.0.0/8;\n    deny all;\n    location /reports/ {\n        allow 192.0.2.7;\n        root /srv;\n    }\n}\n",
    good: "server {\n    allow 10.0.0.0/8;\n    deny all;\n    location /reports/ {\n        allow 10.0.0.0/8;\n        allow 192.0.2.7;\n        deny all;\n        root /srv;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_access_module.html"],
  },
  lists: () => [["allow", "deny"]],
  lossesOf: lossOf,
  describe(losses, { where, several, lines }) {
    const [first] = losses;
    const rules = shortListOf([...new Set(first.lost.map((statement) => codeOf(statement)))]);
    const isOpen = first.lost.some(({ args }) => args[0] === "all");
    return {
      message: `${where} ${several ? "write" : "writes"} ${codeOf(first.cause)}, which discards the rules of the outer level: ${rules} (${lines}) no longer ${first.lost.length > 1 ? "apply" : "applies"} there${isOpen ? ", so any address not listed is allowed" : ""}.`,
      help: isOpen
        ? "end the list here with `deny all;`"
        : "repeat the rules here, ideally with an `include` of a file that holds them",
      ...repeatLost(losses, ["allow", "deny"], "repeat the outer rules after these", ({ missed }) =>
        lostLines(missed),
      ),
    };
  },
});

interface RuleLoss extends Loss {
  /** The outer rules, also those that let in, without those that the inner list decides first. */
  readonly missed: readonly Statement[];
}

/** The outer denials of addresses that the inner list does not mention. */
function lossOf({ place, context, own, outer }: DiscardedPlace): RuleLoss[] {
  const [cause] = own;
  // `return` answers before anybody is asked, and internal locations have no strangers.
  if (cause === undefined || context.has("internal") || place.handler.kind === "return") return [];
  // `metrics-unprotected` says what follows from it there.
  if (place.location?.context === context && isNamedForMetrics(place.location)) return [];
  const missed = outer.filter(
    ({ args }) => !own.some((rule) => coversNetwork(rule.args[0] ?? "", args[0] ?? "")),
  );
  const lost = missed.filter(({ name }) => name === "deny");
  return lost.length === 0 ? [] : [{ context, cause, lost, missed }];
}
