import type { Location, Simulation, VirtualServer } from "../../semantics/index.ts";
import { holdsUploads } from "../../site/index.ts";
import { defineRule, type Report } from "../rule.ts";
import { listOf } from "../wording.ts";

/** Uploads that run: in an interpreter, or in the browser of whoever opens them. */
export default defineRule({
  id: "media-executable-allowed",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["django-react", "security"],
  checklist: ["static.executables-blocked"],
  docs: {
    summary: "Uploaded scripts or pages are served or run",
    why: "Uploads are untrusted. An uploaded `.php` that reaches an interpreter runs on the server; an uploaded `.html` or `.svg` runs in the visitor's browser as a page of your site, with the visitor's session. Refuse such files in the upload folder, and send `X-Content-Type-Options: nosniff` so that no browser takes an image for a page.",
    bad: "server {\n    location /media/ {\n        alias /srv/shop/media/;\n    }\n}\n",
    good: "server {\n    location /media/ {\n        alias /srv/shop/media/;\n        add_header X-Content-Type-Options nosniff always;\n        location ~* \\.(php|py|pl|sh|cgi|html?|svg)$ {\n            deny all;\n        }\n    }\n}\n",
    references: ["https://cheatsheetseries.owasp.org/cheatsheets/File_Upload_Cheat_Sheet.html"],
  },
  scope: "server",
  check({ server, report, met }) {
    // The refusal may stand where this part is included.
    if (server.isPartial) return;
    for (const location of server.locations) {
      if (!holdsUploads(server.at(location))) continue;
      const found = judge(server, location);
      if (found === null) met(location.statement);
      else report(found);
    }
  },
});

const SCRIPTS = ["php", "py", "sh"] as const;
const REFUSAL = "`location ~* \\.(php|py|pl|sh|cgi|html?|svg)$ { deny all; }`";

function judge(server: VirtualServer, location: Location): Report | null {
  const folder = location.pattern.endsWith("/") ? location.pattern : `${location.pattern}/`;
  const ask = (extension: string): Simulation | null =>
    server.answerTo(`${folder}upload.${extension}`, (path) =>
      path.endsWith(`/upload.${extension}`) ? "file" : undefined,
    );
  const php = ask("php");
  if (php?.outcome.kind === "fastcgi" && php.outcome.by !== null) {
    return {
      at: location.statement,
      message: `Uploaded scripts run: \`${folder}upload.php\` goes to \`fastcgi_pass\`, not to \`${location.title}\`.`,
      help: `write \`location ^~ ${location.pattern}\`, and refuse scripts in it`,
      related: [{ at: php.location?.statement ?? php.outcome.by, message: "takes the request" }],
      witness: { kind: "request", value: `GET ${folder}upload.php` },
    };
  }
  const scripts = SCRIPTS.filter((extension) => isHandedOut(extension === "php" ? php : ask(extension)));
  const isPageSent = isHandedOut(ask("html"));
  if (scripts.length > 0) {
    const sent = [...scripts, ...(isPageSent ? ["html"] : [])];
    return {
      at: location.statement,
      message: `Uploads other than images are served: ${listOf(sent.map((each) => `\`.${each}\``))} under \`${folder}\`${isPageSent ? "; an uploaded page runs in the browser as a page of this site" : ""}.`,
      help: `add ${REFUSAL} inside`,
      witness: { kind: "request", value: `GET ${folder}upload.${sent.at(-1)}` },
    };
  }
  if (!isPageSent) return null;
  return {
    at: location.statement,
    severity: "info",
    message: `Uploaded pages are served: \`${folder}upload.html\` runs in the visitor's browser as a page of this site.`,
    help: `refuse them, too: ${REFUSAL}, and send \`X-Content-Type-Options: nosniff\``,
    witness: { kind: "request", value: `GET ${folder}upload.html` },
  };
}

/** Sent from disk, and neither as a download nor where the browser does nothing with it. */
function isHandedOut(simulation: Simulation | null): boolean {
  if (simulation === null) return false;
  const { kind, status } = simulation.outcome;
  if (kind !== "static" || status !== 200) return false;
  const header = (wanted: string): string =>
    simulation.responseHeaders.find(({ name }) => name.toLowerCase() === wanted)?.value.toLowerCase() ?? "";
  if (header("content-disposition").startsWith("attachment")) return false;
  if (/\bsandbox\b/.test(header("content-security-policy"))) return false;
  return !(
    header("x-content-type-options") === "nosniff" && header("content-type") === "application/octet-stream"
  );
}
