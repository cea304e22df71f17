import type { Location, Simulation, VirtualServer } from "../../semantics/index.ts";
import { holdsUploads, itemsOfFiles } from "../../site/index.ts";
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
  check({ server, report, met, unmet, isMetUnheard }) {
    // The refusal may stand where this part is included.
    if (server.isPartial) return;
    for (const location of server.locations) {
      const isForUploads = holdsUploads(server.at(location));
      if (!isForUploads && (isMetUnheard === true || !holdsStaticFiles(server, location))) continue;
      const found = isForUploads ? judge(server, location) : null;
      // A browser does no harm with some of them, and nobody uploads to static files: the checklist asks all the same.
      const script = found === null && isMetUnheard !== true ? scriptServed(server, location) : null;
      if (found !== null) report(found);
      else if (script === null) met(location.statement);
      else unmet({ at: location.statement, why: `GET ${script} is not refused` });
    }
  },
});

/** Django's static files, by the name of the location. */
function holdsStaticFiles(server: VirtualServer, location: Location): boolean {
  return (
    itemsOfFiles(location).includes("static.django-static-alias") &&
    server.at(location).handler.kind === "static"
  );
}

/** A script that is sent; null where they are refused, or sent as something to save. */
function scriptServed(server: VirtualServer, location: Location): string | null {
  const isSent = (uri: string) => {
    const simulation = server.answerTo(uri, (path) => (/\/config\.p\w+$/.test(path) ? "file" : undefined));
    return simulation?.outcome.kind === "static" && simulation.outcome.status === 200 && !isSaved(simulation);
  };
  return ["php", "py"].map((type) => `${folderOf(location)}config.${type}`).find(isSent) ?? null;
}

function folderOf({ literalPrefix }: Location): string {
  return literalPrefix.endsWith("/") ? literalPrefix : `${literalPrefix}/`;
}

const SCRIPTS = ["php", "py", "sh"] as const;
const REFUSAL = "`location ~* \\.(php|py|pl|sh|cgi|html?|svg)$ { deny all; }`";

function judge(server: VirtualServer, location: Location): Report | null {
  const folder = folderOf(location);
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
  return !(
    isSaved(simulation) ||
    (headerOf(simulation, "x-content-type-options") === "nosniff" &&
      headerOf(simulation, "content-type") === "application/octet-stream")
  );
}

/** The browser saves it, or shows it without any rights. */
function isSaved(simulation: Simulation): boolean {
  return (
    headerOf(simulation, "content-disposition").startsWith("attachment") ||
    /\bsandbox\b/.test(headerOf(simulation, "content-security-policy"))
  );
}

function headerOf({ responseHeaders }: Simulation, wanted: string): string {
  return responseHeaders.find(({ name }) => name.toLowerCase() === wanted)?.value.toLowerCase() ?? "";
}
