import type { Statement } from "../../semantics/index.ts";
import { type DiscardedPlace, defineInheritanceRule } from "../definers/inheritance.ts";
import type { Loss } from "../report/lost-list.ts";
import { repeatLost } from "../report/repeat-lost.ts";
import { codeOf, listOf } from "../wording.ts";

/** Error pages of outer levels that one `error_page` of an inner level discards. */
export default defineInheritanceRule({
  id: "error-page-inheritance",
  category: "routing",
  severity: "info",
  confidence: "high",
  presets: ["recommended"],
  directives: ["error_page"],
  fix: "unsafe",
  docs: {
    summary: "An inner `error_page` discards the error pages of the outer level",
    why: "nginx inherits `error_page` as a whole or not at all: the first one in a location discards all those of the outer levels. For every other code, users see nginx's built-in page; a single-page app that relies on `error_page 404 /index.html` stops working there.",
    bad: "server {\n    error_page 404 /404.html;\n    error_page 500 502 503 504 /50x.html;\n    location /files/ {\n        error_page 403 /login.html;\n        root /srv;\n    }\n}\n",
    good: "server {\n    error_page 404 /404.html;\n    location /files/ {\n        error_page 403 /login.html;\n        error_page 404 /404.html;\n        root /srv;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#error_page"],
  },
  lists: () => [["error_page"]],
  lossesOf: lossOf,
  describe(losses, { where, several, lines }) {
    const [first] = losses;
    const lost = listOf(first.codes.map((code) => `\`${code}\``));
    // A page that makes the error a success, or leads to an application, is a part of how the site works.
    const isFunctional = first.lost.some(leadsOn);
    return {
      message: `${where} ${several ? "write" : "writes"} ${codeOf(first.cause)}, which discards those of the outer levels: for ${lost} (${lines}), users see nginx's built-in error page.`,
      help: "repeat the outer `error_page` lines here",
      ...(isFunctional ? { severity: "warning" as const } : {}),
      ...repeatLost(losses, ["error_page"], "repeat the outer error pages", lostPages),
    };
  },
});

interface PageLoss extends Loss {
  readonly codes: readonly string[];
}

function lossOf({ place, context, own, outer }: DiscardedPlace): PageLoss[] {
  const [cause] = own;
  if (cause === undefined || place.handler.kind === "return") return [];
  const kept = new Set(own.flatMap(codesOf));
  const lost = outer.filter((statement) => codesOf(statement).some((code) => !kept.has(code)));
  const codes = [...new Set(lost.flatMap(codesOf))].filter((code) => !kept.has(code));
  return lost.length === 0 ? [] : [{ context, cause, lost, codes }];
}

/** The outer lines, each with the codes that are lost. */
function lostPages({ lost, codes }: PageLoss): string[] {
  return lost.map(({ file, args, directive }) => {
    const words = directive.args.filter((_, index) => {
      const arg = args[index] ?? "";
      return !/^\d+$/.test(arg) || codes.includes(arg);
    });
    return `error_page ${words.map(({ start, end }) => file.text.slice(start, end)).join(" ")};`;
  });
}

function codesOf({ args }: Statement): string[] {
  return args.filter((arg) => /^\d+$/.test(arg));
}

/** `error_page 404 =200 /index.html`, `error_page 502 @app`: more than a text for people. */
function leadsOn({ args }: Statement): boolean {
  const target = args.at(-1) ?? "";
  return args.some((arg) => arg.startsWith("=")) || target.startsWith("@") || /\/index\.html?$/.test(target);
}
