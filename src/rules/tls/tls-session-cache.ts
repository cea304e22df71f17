import type { Place, VirtualServer } from "../../semantics/index.ts";
import { defineSettingRule } from "../definers/setting.ts";
import type { RuleContext } from "../rule.ts";

/** TLS handshakes in full at every connection. */
export default defineSettingRule({
  id: "tls-session-cache",
  category: "tls",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["tls.session-cache"],
  docs: {
    summary: "Returning clients have to negotiate TLS again",
    why: "With a session cache, a returning client skips half of the handshake, which saves it a round trip and the server most of the work. The cache of an address's default server serves all servers of the address; those of the others have no effect. The default, `none`, tells clients that they may resume a session and then stores none; `builtin` stores it in one worker only.",
    bad: `events {}
http {
    server {
        listen 443 ssl;
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
        ssl_session_cache shared:TLS:10m;
        root /srv/www;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_session_cache"],
  },
  directive: "ssl_session_cache",
  places: ({ model }) => model.sessionCaches.keys(),
  concernsOf: (place, context) => membersOf(place, context).map(({ top }) => top.context),
  judge({ args, origin }, place, context) {
    if (args.some((arg) => arg.startsWith("shared:"))) return null;
    const isElsewhere = membersOf(place, context).some(
      ({ top }) => top.context !== place.context && top.context.has("ssl_session_cache"),
    );
    return {
      message: `${
        origin === "default"
          ? "nginx caches no TLS sessions (`ssl_session_cache none` is the default)"
          : `\`ssl_session_cache ${args.join(" ")}\` keeps no sessions that all workers share`
      }: returning clients negotiate TLS again.${isElsewhere ? " The default server of the address decides; what its other servers say has no effect." : ""}`,
      help: "write `ssl_session_cache shared:TLS:10m;` in `http`",
    };
  },
});

function membersOf(place: Place, { model }: RuleContext): readonly VirtualServer[] {
  return model.sessionCaches.get(place) ?? [];
}
