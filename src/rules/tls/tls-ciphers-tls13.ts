import { readCiphers } from "../../semantics/index.ts";
import { defineSettingRule } from "../definers/setting.ts";
import { shortListOf } from "../wording.ts";
import { tlsPlaces } from "./listening.ts";

/** Suites of TLS 1.3 where those of TLS 1.2 are chosen. */
export default defineSettingRule({
  id: "tls-ciphers-tls13",
  category: "tls",
  severity: "info",
  confidence: "high",
  presets: ["strict"],
  docs: {
    summary: "TLS 1.3 suites in `ssl_ciphers` have no effect",
    why: "`ssl_ciphers` selects the suites of TLS 1.2 and older. Those of TLS 1.3 are all enabled, unless `ssl_conf_command Ciphersuites …` says otherwise; OpenSSL ignores their names here. A string of nothing else enables no suite at all, and nginx does not start.",
    bad: `events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate site.pem;
        ssl_certificate_key site.key;
        ssl_ciphers TLS_AES_256_GCM_SHA384:ECDHE+AESGCM;
    }
}
`,
    good: `events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate site.pem;
        ssl_certificate_key site.key;
        ssl_ciphers ECDHE+AESGCM;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_ciphers"],
  },
  directive: "ssl_ciphers",
  places: tlsPlaces,
  judge({ args }) {
    const [text = ""] = args;
    const { tls13, suites } = readCiphers(text);
    if (tls13.length === 0 || text.includes("$")) return null;
    const names = shortListOf(tls13.map((name) => `\`${name}\``));
    if (suites.length === 0) {
      return {
        severity: "error",
        message: `The cipher string names only TLS 1.3 suites (${names}), which cannot be selected here: it enables no suite, and nginx does not start.`,
        help: "write the suites of TLS 1.2, or remove the line",
      };
    }
    return {
      message: `${names} in the cipher string ${tls13.length > 1 ? "do" : "does"} nothing: TLS 1.3 suites cannot be selected here.`,
      help: "remove them; `ssl_conf_command Ciphersuites …` selects them (nginx ≥ 1.19.4)",
    };
  },
});
