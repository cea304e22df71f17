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
    summary: "Suites of TLS 1.3 in `ssl_ciphers` do nothing",
    why: "`ssl_ciphers` chooses among the suites of TLS 1.2 and before. Those of TLS 1.3 are all on, unless `ssl_conf_command Ciphersuites …` says otherwise; OpenSSL passes over their names here. A string of nothing else enables no suite at all, and nginx does not start.",
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
        message: `The cipher string names only suites of TLS 1.3 (${names}), which are not chosen here: it enables none, and nginx will not start.`,
        help: "write the suites of TLS 1.2, or remove the line",
      };
    }
    return {
      message: `${names} in the cipher string ${tls13.length > 1 ? "do" : "does"} nothing: suites of TLS 1.3 are not chosen here.`,
      help: "remove them; `ssl_conf_command Ciphersuites …` chooses among them (nginx ≥ 1.19.4)",
    };
  },
});
