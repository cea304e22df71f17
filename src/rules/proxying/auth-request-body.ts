import type { Location, Statement, VirtualServer } from "../../semantics/index.ts";
import { defineRule, type Fix } from "../rule.ts";
import { codeOf } from "../wording.ts";
import { addToOwnList } from "./header-lines.ts";

/** Questions to an authentication service that announce a body which never comes. */
export default defineRule({
  id: "auth-request-body",
  category: "proxying",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  directives: ["auth_request"],
  fix: "unsafe",
  docs: {
    summary: "`auth_request` announces a body to the authentication service but sends none",
    why: "The subrequest of `auth_request` carries the client's headers, but never its body. If `Content-Length` is among them, the service waits for a body that never comes: every POST hangs until a timeout, or gets 400. `proxy_pass_request_body off` alone does not change the header.",
    bad: `server {
    listen 80;
    location / {
        auth_request /auth;
        proxy_pass http://127.0.0.1:8000;
    }
    location = /auth {
        internal;
        proxy_pass http://127.0.0.1:9000/check;
    }
}
`,
    good: `server {
    listen 80;
    location / {
        auth_request /auth;
        proxy_pass http://127.0.0.1:8000;
    }
    location = /auth {
        internal;
        proxy_pass_request_body off;
        proxy_set_header Content-Length "";
        proxy_pass http://127.0.0.1:9000/check;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_auth_request_module.html"],
  },
  scope: "server",
  check({ server, report, met }) {
    const told = new Set<unknown>();
    for (const place of server.places) {
      const { args, statement } = place.setting("auth_request");
      const [target = "off"] = args;
      // What answers from disk is asked for by GET alone.
      if (statement === null || target === "off" || target.includes("$") || place.handler.kind !== "pass")
        continue;
      const taker = server.takerOf(target.split("?")[0] ?? "");
      if (taker.kind !== "location" || told.has(taker.location)) continue;
      told.add(taker.location);
      const pass = announcing(taker.location, target, server);
      if (pass === undefined) continue;
      if (pass === null) {
        met(taker.location.statement);
        continue;
      }
      report({
        at: pass,
        message: `${codeOf(pass)} passes the client's \`Content-Length\` to the authentication service, but no body: requests with a body (POST, uploads) hang or fail.`,
        help: 'write `proxy_pass_request_body off;` and `proxy_set_header Content-Length "";` there',
        ...fixOf(pass, server),
        related: [{ at: statement, message: "sends it a subrequest for each request" }],
        witness: { kind: "request", value: `POST with Content-Length: ${LENGTH}` },
      });
    }
  },
});

const LENGTH = "5";

function fixOf(pass: Statement, server: VirtualServer): { fix?: Fix } {
  const place = server.model.place(pass.context);
  const list = place.list("proxy_set_header");
  const off = place.setting("proxy_pass_request_body").args[0] === "off";
  const lines = [...(off ? [] : ["proxy_pass_request_body off;"]), 'proxy_set_header Content-Length "";'];
  const isSet =
    pass.context.has("proxy_pass_request_body") ||
    list.statements.some(({ args }) => /^content-length$/i.test(args[0] ?? ""));
  const edits = isSet && !off ? null : addToOwnList({ pass, list }, lines);
  return edits === null
    ? {}
    : { fix: { description: "ask without the body and its length", safe: false, edits } };
}

/** The line that passes the length of the body on; null where none is sent, undefined where nobody can say. */
function announcing(location: Location, uri: string, server: VirtualServer): Statement | null | undefined {
  const { context } = location;
  // Further out nobody clears it: applications need it.
  if (context.incomplete) return undefined;
  const { outcome, requestHeaders } = server.ask(
    { uri, headers: [["Content-Length", LENGTH]] },
    { at: context },
  );
  if (outcome.kind !== "proxy" || outcome.by === null) return undefined;
  const isSent = requestHeaders.some(
    ({ name, value }) => name.toLowerCase() === "content-length" && value === LENGTH,
  );
  return isSent ? outcome.by : null;
}
