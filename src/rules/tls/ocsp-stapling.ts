import { isFilledIn } from "../../parser/index.ts";
import type { Place, Statement } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { capitalized, titleOf } from "../wording.ts";
import { certificateAt, isLetsEncrypt } from "./certificates.ts";
import { tlsPlaces } from "./listening.ts";

/** Certificates whose state every browser has to ask for itself. */
export default defineRule({
  id: "ocsp-stapling",
  category: "tls",
  severity: "info",
  confidence: "medium",
  presets: ["django-react"],
  checklist: ["tls.stapling"],
  docs: {
    summary: "OCSP responses are not stapled to the handshake",
    why: "If a certificate authority still answers OCSP requests, nginx can fetch the response and send it to clients: they connect faster, and the authority does not learn who visits the site. nginx needs a `resolver` to find the authority. Let's Encrypt ended its OCSP service in 2025, so there is nothing to staple for its certificates.",
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
        ssl_stapling on;
        resolver 127.0.0.53;
        root /srv/www;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_stapling"],
  },
  check(context) {
    const lacking = new Map<
      Statement["directive"],
      { readonly at: Statement; readonly places: [Place, ...Place[]] }
    >();
    for (const place of tlsPlaces(context)) {
      const certificate = certificateAt(place);
      const stapling = place.setting("ssl_stapling");
      // Without a certificate in sight, and for those of Let's Encrypt, there is nothing to say.
      if (certificate === null || isLetsEncrypt(certificate)) continue;
      const untold = (reason: string) =>
        context.untold({ at: certificate, reason, concerns: [place.context] });
      if (stapling.origin === "unknown") {
        untold("look for `ssl_stapling` in the parts that were not read");
        continue;
      }
      if (certificate.args.some(isFilledIn)) {
        untold("find out whose certificate it is: Let's Encrypt has nothing to staple");
        continue;
      }
      const isOn = stapling.args[0]?.toLowerCase() === "on";
      const needsResolver =
        place.setting("ssl_stapling_file").statement === null &&
        !/\/\/(\[|\d+\.\d+\.\d+\.\d+)/.test(place.setting("ssl_stapling_responder").args[0] ?? "");
      const resolver = place.setting("resolver");
      const at = stapling.statement ?? certificate;
      if (isOn && (!needsResolver || resolver.origin !== "default")) {
        context.met(at, [place.context]);
        continue;
      }
      const known = lacking.get(at.directive);
      if (known === undefined) lacking.set(at.directive, { at, places: [place] });
      else known.places.push(place);
    }
    for (const { at, places } of lacking.values()) {
      const [place] = places;
      const isOn = place.isOn("ssl_stapling") === true;
      context.report({
        at,
        concerns: places.map((each) => each.context),
        message: isOn
          ? "`ssl_stapling on` has no `resolver`: nginx cannot resolve the authority's name and staples nothing."
          : `${capitalized(titleOf(place.context))} staples no OCSP response: clients query the authority themselves, which then learns who visits the site.`,
        help: isOn
          ? "write `resolver 127.0.0.53;` (or the resolver of your network)"
          : "write `ssl_stapling on;` and a `resolver`, if the authority still answers OCSP requests",
      });
    }
  },
});
