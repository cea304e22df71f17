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

/** Where answers are kept from run to run, for whoever changes the rules and asks the same again. */
const ANSWERS = process.env.NGINX_ANSWERS;

export const DEBIAN = {
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
  const version = /nginx\/([0-9.]+)/.exec(spawnSync(binary, ["-v"], { encoding: "utf8" }).stderr)?.[1] ?? "";
  const modules = modulesThatLoad(binary, folder, (text) => run(text).status === 0);
  const refusals = keptAnswers(version);
  return {
    binary,
    version,
    folder,
    ask(text) {
      let refusal = refusals.get(text);
      if (refusal === undefined) {
        const { status, stderr } = run(linesToLoad(modules, text) + text);
        refusal = status === 0 ? null : readRefusal(stderr);
        refusals.set(text, refusal);
      }
      return { refusal, isMachine: refusal !== null && isAboutMachine(refusal) };
    },
  };
}

function keptAnswers(version: string): Map<string, string | null> {
  if (ANSWERS === undefined) return new Map();
  const file = join(ANSWERS, `${version}.json`);
  const answers = new Map<string, string | null>(
    existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [],
  );
  afterAll(() => writeFileSync(file, JSON.stringify([...answers])));
  return answers;
}

function makeCertificate(folder: string): void {
  const subject = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=shop.example"];
  const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")];
  execFileSync("openssl", ["req", ...subject, ...files], { stdio: "ignore" });
}

/** A module that is loaded at run time. */
interface DynamicModule {
  readonly line: string;
  /** What stands in its file between two NULs, the names of its directives and variables among others. */
  readonly words: ReadonlySet<string>;
}

/** Those that load here, in the order in which they load; not those whose libraries are of another version. */
function modulesThatLoad(
  binary: string,
  folder: string,
  isAccepted: (text: string) => boolean,
): DynamicModule[] {
  const own = wordsIn(binary);
  const modules: DynamicModule[] = [];
  for (const [file, line] of modulesOf(binary, folder)) {
    const lines = modules.map((module) => module.line).join(" ");
    if (isAccepted(`${lines} ${line} events {} http {}`)) {
      const words = [...wordsIn(file)].filter((word) => !own.has(word));
      modules.push({ line, words: new Set(words) });
    } else {
      console.warn(`left out: ${file} does not load in ${binary}`);
    }
  }
  return modules;
}

/** Debian's enabled modules; of a binary built elsewhere, all that were built with it. */
function modulesOf(binary: string, folder: string): [file: string, line: string][] {
  if (binary === DEBIAN.binary) {
    if (!existsSync(DEBIAN.enabled)) return [];
    symlinkSync(DEBIAN.modules, join(folder, "modules"));
    return readdirSync(DEBIAN.enabled)
      .sort()
      .map((name) => {
        const line = readFileSync(join(DEBIAN.enabled, name), "utf8").trim();
        return [join(folder, line.replace(/^load_module |;$/g, "")), line];
      });
  }
  const built = join(dirname(dirname(binary)), "modules");
  if (!existsSync(built)) return [];
  return readdirSync(built).map((name) => [join(built, name), `load_module ${join(built, name)};`]);
}

function wordsIn(file: string): Set<string> {
  return new Set(readFileSync(file, "latin1").match(/(?<=\0)[a-z][a-z0-9_]{2,}(?=\0)/g));
}

/** Loading them all takes nginx ten times as long as most texts do; a text gets those that know a word of it. */
function linesToLoad(modules: readonly DynamicModule[], text: string): string {
  const words = text.match(/[a-z][a-z0-9_]{2,}/g) ?? [];
  const needed = modules.filter((module) => words.some((word) => module.words.has(word)));
  // Modules may want others before them: those without directives, and `stream`.
  const first = modules.filter(({ line }) => /ndk_http|ngx_stream_module/.test(line));
  return [...new Set(needed.length === 0 ? [] : [...first, ...needed])]
    .map(({ line }) => `${line} `)
    .join("");
}

/**
 * Files, certificates, addresses, users and system calls; a module that this binary was built without; what Perl says of
 * the Perl of `perl` and `perl_set`.
 */
const MACHINE =
  /host not found|cannot load certificate|BIO_new|SSL_CTX_|\bPEM_|d2i_|ENGINE_by_id|I\/O error|\(\d+: [A-Z][^)]*\)|built without debug support|getpwnam|getgrnam|SSL_CONF_cmd|eval_pv|\(eval \d+\)|X509_LOOKUP_load_file|could not (?:bind|build (?!server_names_hash, you should increase|map_hash, you should increase))|not supported on this platform|unsupported on this platform|error : Operation|is not available|requires? the|dlopen|GeoIP_open|zero key size|MMDB_open|parser error|capture error log patch|require_pv|[Ff]ailed to (?:load|init)/;

/** What nginx says first. */
function readRefusal(stderr: string): string {
  const line =
    stderr.split("\n").find((text) => /\[(?:emerg|alert|crit)\]/.test(text)) ??
    stderr.split("\n").find((text) => text.trim() !== "") ??
    "no reason";
  return line.replace(/^.*?\[(?:emerg|alert|crit)\] (?:\d+#\d+: )?/, "");
}

function isAboutMachine(refusal: string): boolean {
  const said = refusal.replace(/ in \S+:\d+$/, "");
  const unknown = /^unknown directive "(.*?)"/.exec(refusal)?.[1];
  const isMissing = unknown !== undefined && lookupDirective(unknown) !== undefined;
  return isMissing || MACHINE.test(said);
}
