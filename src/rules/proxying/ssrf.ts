import { PASS_DIRECTIVES, type Statement } from "../../semantics/index.ts";
import { requestText } from "../attacks.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";
import { chosenUpstream, listingHelp } from "./chosen-upstream.ts";

/** Upstreams that clients choose. */
export default defineRule({
  id: "ssrf",
  category: "proxying",
  severity: "error",
  confidence: "high",
  presets: ["recommended", "security"],
  docs: {
    summary: "A client can choose the host or the port that nginx connects to",
    why: `Where the host of \`proxy_pass\` comes from the request, nginx fetches whatever the client likes from inside your network: the metadata service of the cloud (\`169.254.169.254\`, with credentials in it), databases and admin pages without a password, other machines behind the firewall. The response goes back to the client.

The host is chosen in more places than it seems. In \`http://backend$1\` a capture that need not begin with a slash continues the name: \`/.evil.example/\` asks \`backend.evil.example\`. A variable for the port lets clients reach every service of that machine.

This rule knows a \`map\` that lists the hosts that are meant, patterns with \`^\` and \`$\`, and locations that are \`internal\`, which only nginx and \`X-Accel-Redirect\` reach. It does not report \`$request_uri\` and \`$uri\` behind a host, because they begin with a slash; \`$host\` in a server that is asked for the names it lists only; a name that ends with one of yours behind the variable (\`http://$1.svc.internal\`), because that stays in your domain; \`proxy_pass $1\` where a capture of the path would have to hold \`http://\`, because nginx merges the slashes and answers 500; and names where there is no \`resolver\`, because nginx then looks up none (an address it still connects to).`,
    bad: `server {
    listen 80;
    location /fetch {
        resolver 127.0.0.53;
        proxy_pass http://$arg_host/;
    }
}
`,
    good: `map $arg_host $image_host {
    default images.example.org;
    photos  photos.example.org;
}
server {
    listen 80;
    location /fetch {
        resolver 127.0.0.53;
        proxy_pass http://$image_host/;
    }
}
`,
    references: [
      "https://owasp.org/Top10/A10_2021-Server-Side_Request_Forgery_%28SSRF%29/",
      "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
    ],
  },
  scope: "server",
  check({ server, report }) {
    const told = new Set<Statement>();
    for (const place of server.places) {
      for (const statement of place.context.statements) {
        if (!isPass(statement) || told.has(statement)) continue;
        const proof = chosenUpstream(place, statement);
        if (proof === null) continue;
        told.add(statement);
        const { what, target } = proof.evidence;
        report({
          at: statement,
          message:
            what === "host"
              ? `${codeOf(statement)} connects to any host that a request names: clients can reach machines behind this one.`
              : `${codeOf(statement)} connects to any port that a request names: clients can reach every service of that machine.`,
          ...(what === "host" ? {} : { severity: "warning" as const }),
          help: listingHelp(statement),
          witness: { kind: "request", value: requestText(proof) },
          details: [
            { label: "request", text: requestText(proof) },
            { label: "asks", text: target, at: statement },
          ],
        });
      }
    }
  },
});

const PASSES: ReadonlySet<string> = new Set(PASS_DIRECTIVES);

function isPass({ name, args }: Statement): boolean {
  return PASSES.has(name) && args[0]?.includes("$") === true;
}
