import { type CipherSuite, readCiphers } from "../../semantics/index.ts";
import { defineSettingRule } from "../definers/setting.ts";
import { listOf, shortListOf } from "../wording.ts";
import { tlsPlaces } from "./listening.ts";

/** Cipher suites that can be broken, or that protect nothing. */
export default defineSettingRule({
  id: "tls-weak-ciphers",
  category: "tls",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  docs: {
    summary: "Weak cipher suites are enabled",
    why: "A client and a server that both support a weak suite can be made to use it. Anyone who records enough traffic can read RC4 and the export suites, and 3DES after some hours (Sweet32); suites without authentication (`aNULL`) let anyone in the middle impersonate the site; suites without encryption (`eNULL`) send everything in the clear. Newer OpenSSL builds have dropped some of them: there the string does no harm.",
    bad: `events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate site.pem;
        ssl_certificate_key site.key;
        ssl_ciphers HIGH:3DES:!MD5;
    }
}
`,
    good: `events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate site.pem;
        ssl_certificate_key site.key;
        ssl_ciphers HIGH:!aNULL:!MD5;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_ciphers",
      "https://docs.openssl.org/master/man1/openssl-ciphers/",
      "https://www.rfc-editor.org/rfc/rfc9325.html#section-4.2",
    ],
  },
  directive: "ssl_ciphers",
  // TLS 1.3 has suites of its own, set elsewhere.
  places: (context) =>
    tlsPlaces(context).filter((place) => !speaksTls13Alone(place.setting("ssl_protocols").args)),
  judge({ args, origin }) {
    const [text = ""] = args;
    if (origin !== "written" || text.includes("$")) return null;
    const { suites, securityLevel } = readCiphers(text);
    const found = KINDS.flatMap(({ name, test, harm }) => {
      const weak = suites.filter(test);
      return weak.length === 0 ? [] : [{ name, harm, weak }];
    });
    const [worst] = found;
    if (worst === undefined) {
      if (securityLevel !== 0) return null;
      return {
        message: "`@SECLEVEL=0` lets OpenSSL use keys and signatures of any size, even breakable ones.",
        help: "remove `@SECLEVEL=0`",
      };
    }
    const names = found.flatMap(({ weak }) => weak.map(({ name }) => name));
    return {
      message: `The cipher string enables ${listOf(found.map(({ name }) => name))} (${shortListOf(names.map((name) => `\`${name}\``))}): ${worst.harm}.`,
      help: `add ${listOf(found.map(({ name }) => `\`!${ALIASES[name] ?? name}\``))} to the string, or write \`ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM\``,
      witness: { kind: "value", value: names[0] ?? "" },
    };
  },
});

function speaksTls13Alone(protocols: readonly string[]): boolean {
  return protocols.length > 0 && protocols.every((name) => name.toLowerCase() === "tlsv1.3");
}

const ALIASES: Readonly<Record<string, string>> = {
  "suites without encryption": "eNULL",
  "suites without authentication": "aNULL",
  "export suites": "EXPORT",
};

/** The worst first. */
const KINDS: readonly {
  readonly name: string;
  readonly harm: string;
  readonly test: (suite: CipherSuite) => boolean;
}[] = [
  {
    name: "suites without encryption",
    harm: "everything is sent in the clear",
    test: ({ encryption }) => encryption === "none",
  },
  {
    name: "suites without authentication",
    harm: "anyone on the way can impersonate the site",
    test: ({ authentication, encryption }) => authentication === "none" && encryption !== "none",
  },
  {
    name: "export suites",
    harm: "their keys can be found in minutes",
    test: ({ isExport }) => isExport,
  },
  {
    name: "RC4",
    harm: "recorded traffic can be read",
    test: ({ encryption, isExport, authentication }) =>
      encryption === "RC4" && !isExport && authentication !== "none",
  },
  {
    name: "DES",
    harm: "its keys can be found in a day",
    test: ({ encryption, isExport, authentication }) =>
      encryption === "DES" && !isExport && authentication !== "none",
  },
  {
    name: "3DES",
    harm: "cookies can be read from a long connection (Sweet32)",
    test: ({ encryption, authentication }) => encryption === "3DES" && authentication !== "none",
  },
  {
    name: "MD5",
    harm: "its checksums can be forged",
    test: ({ mac, encryption, isExport, authentication }) =>
      mac === "MD5" &&
      encryption !== "RC4" &&
      encryption !== "none" &&
      !isExport &&
      authentication !== "none",
  },
  {
    name: "IDEA",
    harm: "cookies can be read from a long connection (Sweet32)",
    test: ({ encryption }) => encryption === "IDEA",
  },
];
