/** The two judges of a configuration: a real nginx (`nginx -t`), and the validity rules for the version of that nginx. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { lookupDirective } from "../../../src/semantics/index.ts";
import { FILES } from "./errors.ts";

/** Debian's own, and whatever else `NGINX_BINARIES` names. */
export const BINARIES = (process.env.NGINX_BINARIES ?? "/usr/sbin/nginx").split(":").filter(existsSync);
if (BINARIES.length === 0) console.warn("skipped: there is no nginx to ask");

/** The long run: everything instead of a fixed sample. */
export const isFull = process.env.NGINX_ORACLE === "full";

const DEBIAN = {
  binary: "/usr/sbin/nginx",
  modules: "/usr/lib/nginx/modules",
  enabled: "/etc/nginx/modules-enabled",
};

export interface Verdict {
  /** What nginx says first; null where it would start. */
  readonly refusal: string | null;
  /** It speaks of what the machine lacks, not of the text. */
  readonly isMachine: boolean;
}

export interface Nginx {
  readonly binary: string;
  readonly version: string;
  /** Where the files of `FILES` are, and relative paths start. */
  readonly folder: string;
  ask(text: string): Verdict;
}

/** An nginx that is ready to be asked; its folder goes when the tests are through. */
export function startJudge(binary: string): Nginx {
  const folder = mkdtempSync(join(tmpdir(), "nginx-lint-judge-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  for (const name of ["logs", "cache"]) mkdirSync(join(folder, name));
  makeCertificate(folder);
  const run = (text: string) => {
    const file = join(folder, "nginx.conf");
    writeFileSync(file, text);
    return spawnSync(
      binary,
      ["-t", "-q", "-p", folder, "-c", file, "-g", `pid ${folder}/pid; error_log stderr;`],
      {
        encoding: "utf8",
      },
    );
  };
  const head = modulesThatLoad(binary, folder, (text) => run(text).status === 0);
  const version = /nginx\/([0-9.]+)/.exec(spawnSync(binary, ["-v"], { encoding: "utf8" }).stderr)?.[1] ?? "";
  const cache = new Map<string, Verdict>();
  return {
    binary,
    version,
    folder,
    ask(text) {
      const known = cache.get(text);
      if (known !== undefined) return known;
      const { status, stderr } = run(head + text);
      const verdict = status === 0 ? { refusal: null, isMachine: false } : readRefusal(stderr);
      cache.set(text, verdict);
      return verdict;
    },
  };
}

function makeCertificate(folder: string): void {
  const subject = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=shop.example"];
  const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")];
  execFileSync("openssl", ["req", ...subject, ...files], { stdio: "ignore" });
}

/** `load_module` lines on one line, without those that do not load here (whose libraries are of another version). */
function modulesThatLoad(binary: string, folder: string, isAccepted: (text: string) => boolean): string {
  if (binary !== DEBIAN.binary || !existsSync(DEBIAN.enabled)) return "";
  symlinkSync(DEBIAN.modules, join(folder, "modules"));
  let head = "";
  for (const name of readdirSync(DEBIAN.enabled).sort()) {
    const more = `${head}${readFileSync(join(DEBIAN.enabled, name), "utf8").trim()} `;
    if (isAccepted(`${more} events {} http {}`)) head = more;
    else console.warn(`left out: ${name} does not load in ${binary}`);
  }
  return head;
}

/** Files, certificates, addresses, users and system calls; a module that this binary was built without. */
const MACHINE =
  /host not found|cannot load certificate|BIO_new|SSL_CTX_|\bPEM_|d2i_|ENGINE_by_id|I\/O error|\(\d+: [A-Z][^)]*\)|getpwnam|getgrnam|could not (?:bind|build)|not supported on this platform|is not available|requires? the|dlopen|GeoIP_open|MMDB_open|capture error log patch|require_pv|[Ff]ailed to (?:load|init)/;

function readRefusal(stderr: string): Verdict {
  const line =
    stderr.split("\n").find((text) => /\[(?:emerg|alert|crit)\]/.test(text)) ??
    stderr.split("\n").find((text) => text.trim() !== "") ??
    "no reason";
  const refusal = line.replace(/^.*?\[(?:emerg|alert|crit)\] (?:\d+#\d+: )?/, "");
  const said = refusal.replace(/ in \S+:\d+$/, "");
  const unknown = /^unknown directive "(.*?)"/.exec(refusal)?.[1];
  const isMissing = unknown !== undefined && lookupDirective(unknown) !== undefined;
  return { refusal, isMachine: isMissing || MACHINE.test(said) };
}
