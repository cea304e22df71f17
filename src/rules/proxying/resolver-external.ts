import { isPublicAddress, type Statement } from "../../semantics/index.ts";
import { defineRule, type RuleContext } from "../rule.ts";
import { shortListOf } from "../wording.ts";

/** Names of upstreams that a stranger's server tells. */
export default defineRule({
  id: "resolver-external",
  category: "proxying",
  severity: "info",
  confidence: "high",
  presets: ["security"],
  directives: ["resolver"],
  docs: {
    summary: "nginx resolves names with a public DNS server",
    why: "nginx queries the `resolver` over plain UDP and trusts the first answer that fits. On the way to a public one somebody can forge it, and send requests with the users' cookies elsewhere; a public server does not know your internal names, and learns them. Use a resolver on the machine or in your own network (127.0.0.53, Docker's 127.0.0.11).",
    bad: `http {
    resolver 8.8.8.8;
}
`,
    good: `http {
    resolver 127.0.0.53;
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver"],
  },
  check({ configuration, report }: RuleContext) {
    for (const statement of configuration.all("resolver")) {
      const addresses = statement.args.filter((arg) => !/^(valid|ipv4|ipv6|status_zone)=/.test(arg));
      const external = addresses.filter(isPublicAddress);
      if (external.length === 0 || isForStaplingAlone(statement, configuration)) continue;
      report({
        at: statement,
        message: `\`resolver\` queries a public server (${shortListOf(external)}) over plain UDP: a forged answer sends requests elsewhere.`,
        help: "write the address of a resolver in your own network, such as `127.0.0.53` or Docker's `127.0.0.11`",
      });
    }
  },
});

/** Answers about certificates are signed: a forged address can only keep them away. */
function isForStaplingAlone(
  { context }: Statement,
  { isWhole, root }: RuleContext["configuration"],
): boolean {
  const isStapling = ({ args }: { readonly args: readonly string[] }) => args[0] === "on";
  if (!(isWhole ? root.allBelow("ssl_stapling") : context.all("ssl_stapling")).some(isStapling)) return false;
  return !root.below.some(
    ({ name, args }) =>
      (/_pass$/.test(name) && args[0]?.includes("$")) || (name === "server" && args.includes("resolve")),
  );
}
