import { http2Listens, isSince, type Statement } from "../../semantics/index.ts";
import { removeArgument } from "../fix.ts";
import { insertAfter } from "../fix-lines.ts";
import { defineRule, type Fix } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Since then there is the directive, and nginx warns of the parameter. */
const SINCE = "1.25.1";

/** HTTP/2 switched on by a parameter that nginx warns of. */
export default defineRule({
  id: "http2-listen-parameter",
  category: "tls",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  fix: "safe",
  docs: {
    summary: "`listen … http2` is deprecated",
    why: "Since nginx 1.25.1, `http2 on;` enables HTTP/2 for a server. The parameter of `listen`, which applied to every server of the address, still works, but nginx warns about it at every start and will remove it.",
    bad: `events {}
http {
    server {
        listen 443 ssl http2;
        ssl_certificate site.pem;
        ssl_certificate_key site.key;
        server_name shop.example;
        root /srv/www;
    }
}
`,
    good: `events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate site.pem;
        ssl_certificate_key site.key;
        server_name shop.example;
        http2 on;
        root /srv/www;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_v2_module.html#http2"],
  },
  check({ configuration, version, report }) {
    const known = isSince(version, SINCE);
    if (known === false) return;
    const listens = http2Listens(configuration);
    if (known === "unknown") {
      const [first, ...others] = listens;
      if (first === undefined) return;
      report({
        at: first.statement,
        message: `${messageFor(first.statement)}${others.length > 0 ? `; so ${others.length === 1 ? "is one" : `are ${others.length}`} more` : ""}.`,
        help: `with nginx ${SINCE} and later, write \`http2 on;\` in the server instead`,
        severity: "info",
        related: others.map(({ statement }) => ({ at: statement, message: "deprecated, too" })),
      });
      return;
    }
    for (const { server, statement, isAlone } of listens) {
      report({
        at: statement,
        message: `${messageFor(statement)}: nginx warns about it at every start.`,
        help: "write `http2 on;` in the server instead",
        fix: fixOf(statement, server.context.has("http2") ? null : lastListen(statement), isAlone),
      });
    }
  },
});

function messageFor(statement: Statement): string {
  return `The \`http2\` of ${codeOf(statement)} is deprecated since nginx ${SINCE}`;
}

/** The last one of the same file: who includes that file wants both. */
function lastListen({ context, chain }: Statement): Statement | null {
  return context.all("listen").findLast((each) => each.chain === chain) ?? null;
}

/** Safe where no other server of the address spoke HTTP/2 by this parameter. */
function fixOf(statement: Statement, behind: Statement | null, safe: boolean): Fix {
  const index = statement.args.indexOf("http2", 1);
  const edits = [removeArgument(statement, index)];
  if (behind !== null) edits.push(insertAfter(behind, ["http2 on;"]));
  return { description: "switch HTTP/2 on with `http2 on`", safe, edits };
}
