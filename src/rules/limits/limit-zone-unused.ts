import { askedOnce } from "../../lists/index.ts";
import { type ConfigFile, isFilledIn } from "../../parser/index.ts";
import type { Configuration } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** The directive that defines a zone, and the one that uses it. */
const KINDS = [
  {
    defines: "limit_req_zone",
    uses: "limit_req",
    nameIn: (args: readonly string[]) => parameter(args, "zone"),
  },
  { defines: "limit_conn_zone", uses: "limit_conn", nameIn: (args: readonly string[]) => args[0] },
] as const;

/** Limits that are defined and hold nowhere. */
export default defineRule({
  id: "limit-zone-unused",
  category: "limits",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  directives: ["limit_req_zone", "limit_conn_zone"],
  docs: {
    summary: "A limit zone is defined but not used",
    why: "`limit_req_zone` and `limit_conn_zone` only define a zone. Until a `limit_req` or `limit_conn` uses it, nobody is limited.",
    bad: "events {}\nhttp {\n    limit_req_zone $binary_remote_addr zone=login:10m rate=5r/m;\n    server {\n        listen 80;\n        location /login {\n            proxy_pass http://127.0.0.1:8000;\n        }\n    }\n}\n",
    good: "events {}\nhttp {\n    limit_req_zone $binary_remote_addr zone=login:10m rate=5r/m;\n    server {\n        listen 80;\n        location /login {\n            limit_req zone=login burst=5;\n            proxy_pass http://127.0.0.1:8000;\n        }\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_limit_req_module.html"],
  },
  check({ configuration, report }) {
    // A part that could not be read may use it.
    if (!configuration.isWhole || configuration.lacksSites) return;
    for (const { defines, uses, nameIn } of KINDS) {
      if (configuration.all(uses).some(({ args }) => args.some(isFilledIn))) continue;
      const used = new Set(configuration.all(uses).map(({ args }) => nameIn(args)));
      // Looked for where a zone is unused at all.
      let switchedOff: ReadonlySet<string> | undefined;
      for (const statement of configuration.all(defines)) {
        const name = parameter(statement.args, "zone")?.split(":")[0];
        if (name === undefined || used.has(name) || name.includes("$")) continue;
        switchedOff ??= commentedOut(configuration, uses, nameIn);
        const isSwitchedOff = switchedOff.has(name);
        report({
          at: statement,
          message: `${codeOf(statement)} limits nobody: ${isSwitchedOff ? `\`${uses}\` is commented out` : `no \`${uses}\` uses the zone \`${name}\``}.`,
          ...(isSwitchedOff ? { severity: "info" as const } : {}),
          help: `write \`${uses} ${uses === "limit_req" ? `zone=${name}` : `${name} 10`};\` where the limit should apply, or remove the zone`,
        });
      }
    }
  },
});

/** The zones of that directive's lines which somebody has switched off on purpose. */
function commentedOut(
  { tree }: Configuration,
  directive: string,
  nameIn: (args: readonly string[]) => string | undefined,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const file of tree.files) {
    for (const [, of, args = ""] of commentedLimits(file)) {
      const name = of === directive ? nameIn(args.trim().split(/\s+/)) : undefined;
      if (name !== undefined) names.add(name);
    }
  }
  return names;
}

const commentedLimits = askedOnce(({ text }: ConfigFile) => [
  ...text.matchAll(/^[ \t]*#[# \t]*(limit_req|limit_conn)[ \t]([^;\n]*);/gm),
]);

function parameter(args: readonly string[], name: string): string | undefined {
  return args.findLast((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
}
