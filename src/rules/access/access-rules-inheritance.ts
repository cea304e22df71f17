import { type DiscardedPlace, defineInheritanceRule } from "../definers/inheritance.ts";
import type { Loss } from "../report/lost-list.ts";
import { codeOf, shortListOf } from "../wording.ts";

/** Outer `deny` rules that an `allow` or `deny` further in discards. */
export default defineInheritanceRule({
  id: "access-rules-inheritance",
  category: "access",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  docs: {
    summary: "Inner `allow` and `deny` do not lose what is denied outside",
    why: "nginx inherits `allow` and `deny` as one list, and as a whole or not at all: the first of them in a location discards all that stand further out. A location that adds one address to a closed site opens itself to everybody, and one that adds an address to a blocklist forgets the rest of it.",
    bad: "server {\n    allow 10.0.0.0/8;\n    deny all;\n    location /reports/ {\n        allow 192.0.2.7;\n        root /srv;\n    }\n}\n",
    good: "server {\n    allow 10.0.0.0/8;\n    deny all;\n    location /reports/ {\n        allow 10.0.0.0/8;\n        allow 192.0.2.7;\n        deny all;\n        root /srv;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_access_module.html"],
  },
  lists: () => [["allow", "deny"]],
  lossesOf: lossOf,
  describe([first], { where, several, lines }) {
    const rules = shortListOf([...new Set(first.lost.map((statement) => codeOf(statement)))]);
    const isOpen = first.lost.some(({ args }) => isEveryone(args[0] ?? ""));
    return {
      message: `${where} ${several ? "write" : "writes"} ${codeOf(first.cause)}, which discards the rules set outside: ${rules} (${lines}) no longer ${first.lost.length > 1 ? "hold" : "holds"} there${isOpen ? ", so everybody gets in" : ""}.`,
      help: isOpen
        ? "end the list here with `deny all;`"
        : "repeat the rules here, best by an `include` of a file that holds them",
    };
  },
});

/** The outer denials of addresses that the inner list lets in without a word. */
function lossOf({ place, context, own, outer }: DiscardedPlace): Loss[] {
  const [cause] = own;
  // `return` answers before anybody is asked, and internal locations have no strangers.
  if (cause === undefined || context.has("internal") || place.handler.kind === "return") return [];
  // `metrics-unprotected` says what follows from it there.
  if (METRICS.test(context.opener?.args.at(-1) ?? "")) return [];
  const lost = outer.filter(
    ({ name, args }) => name === "deny" && !own.some((rule) => covers(rule.args[0] ?? "", args[0] ?? "")),
  );
  return lost.length === 0 ? [] : [{ context, cause, lost }];
}

const METRICS = /(^|\/)(metrics|prometheus)\/?\$?$/;

function isEveryone(network: string): boolean {
  return network === "all";
}

/** Every address of `inner` is one of `outer`, as far as their texts show it. */
function covers(outer: string, inner: string): boolean {
  if (isEveryone(outer) || outer === inner) return true;
  const [wide, narrow] = [readIpv4(outer), readIpv4(inner)];
  if (wide === null || narrow === null || wide.bits > narrow.bits) return false;
  const size = 2 ** (32 - wide.bits);
  return Math.floor(wide.address / size) === Math.floor(narrow.address / size);
}

function readIpv4(text: string): { address: number; bits: number } | null {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(text);
  if (match === null) return null;
  const [, a, b, c, d, bits = "32"] = match;
  const address = [a, b, c, d].reduce((sum, part) => sum * 256 + Number(part), 0);
  return { address, bits: Number(bits) };
}
