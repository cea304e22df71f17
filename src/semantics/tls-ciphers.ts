/** Cipher strings as OpenSSL reads them (`ssl_create_cipher_list`): which suites of TLS 1.2 and before they enable. */
import { append } from "../lists/index.ts";

/** A cipher suite, taken apart by its name. */
export interface CipherSuite {
  readonly name: string;
  readonly keyExchange: "RSA" | "DH" | "ECDH" | "PSK" | "DHEPSK" | "ECDHEPSK" | "RSAPSK" | "SRP";
  readonly authentication: "RSA" | "DSS" | "ECDSA" | "PSK" | "SRP" | "none";
  readonly encryption:
    | "AESGCM"
    | "AESCCM"
    | "AESCCM8"
    | "AES"
    | "CHACHA20"
    | "CAMELLIA"
    | "ARIA"
    | "3DES"
    | "DES"
    | "RC4"
    | "RC2"
    | "IDEA"
    | "SEED"
    | "none";
  /** Of the key. */
  readonly bits: number;
  readonly mac: "AEAD" | "SHA1" | "SHA256" | "SHA384" | "MD5";
  /** With keys of 40 or 56 bits, for export. */
  readonly isExport: boolean;
}

/** What OpenSSL 3 knows (`openssl ciphers ALL:COMPLEMENTOFALL`), in its order. */
const TODAY = `
  ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384 DHE-DSS-AES256-GCM-SHA384 
  DHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305 ECDHE-RSA-CHACHA20-POLY1305 
  DHE-RSA-CHACHA20-POLY1305 ECDHE-ECDSA-AES256-CCM8 ECDHE-ECDSA-AES256-CCM DHE-RSA-AES256-CCM8 
  DHE-RSA-AES256-CCM ECDHE-ECDSA-ARIA256-GCM-SHA384 ECDHE-ARIA256-GCM-SHA384 DHE-DSS-ARIA256-GCM-SHA384 
  DHE-RSA-ARIA256-GCM-SHA384 ADH-AES256-GCM-SHA384 ECDHE-ECDSA-AES128-GCM-SHA256 
  ECDHE-RSA-AES128-GCM-SHA256 DHE-DSS-AES128-GCM-SHA256 DHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES128-CCM8 
  ECDHE-ECDSA-AES128-CCM DHE-RSA-AES128-CCM8 DHE-RSA-AES128-CCM ECDHE-ECDSA-ARIA128-GCM-SHA256 
  ECDHE-ARIA128-GCM-SHA256 DHE-DSS-ARIA128-GCM-SHA256 DHE-RSA-ARIA128-GCM-SHA256 ADH-AES128-GCM-SHA256 
  ECDHE-ECDSA-AES256-SHA384 ECDHE-RSA-AES256-SHA384 DHE-RSA-AES256-SHA256 DHE-DSS-AES256-SHA256 
  ECDHE-ECDSA-CAMELLIA256-SHA384 ECDHE-RSA-CAMELLIA256-SHA384 DHE-RSA-CAMELLIA256-SHA256 
  DHE-DSS-CAMELLIA256-SHA256 ADH-AES256-SHA256 ADH-CAMELLIA256-SHA256 ECDHE-ECDSA-AES128-SHA256 
  ECDHE-RSA-AES128-SHA256 DHE-RSA-AES128-SHA256 DHE-DSS-AES128-SHA256 ECDHE-ECDSA-CAMELLIA128-SHA256 
  ECDHE-RSA-CAMELLIA128-SHA256 DHE-RSA-CAMELLIA128-SHA256 DHE-DSS-CAMELLIA128-SHA256 ADH-AES128-SHA256 
  ADH-CAMELLIA128-SHA256 ECDHE-ECDSA-AES256-SHA ECDHE-RSA-AES256-SHA DHE-RSA-AES256-SHA 
  DHE-DSS-AES256-SHA DHE-RSA-CAMELLIA256-SHA DHE-DSS-CAMELLIA256-SHA AECDH-AES256-SHA ADH-AES256-SHA 
  ADH-CAMELLIA256-SHA ECDHE-ECDSA-AES128-SHA ECDHE-RSA-AES128-SHA DHE-RSA-AES128-SHA DHE-DSS-AES128-SHA 
  DHE-RSA-CAMELLIA128-SHA DHE-DSS-CAMELLIA128-SHA AECDH-AES128-SHA ADH-AES128-SHA ADH-CAMELLIA128-SHA 
  RSA-PSK-AES256-GCM-SHA384 DHE-PSK-AES256-GCM-SHA384 RSA-PSK-CHACHA20-POLY1305 DHE-PSK-CHACHA20-POLY1305 
  ECDHE-PSK-CHACHA20-POLY1305 DHE-PSK-AES256-CCM8 DHE-PSK-AES256-CCM RSA-PSK-ARIA256-GCM-SHA384 
  DHE-PSK-ARIA256-GCM-SHA384 AES256-GCM-SHA384 AES256-CCM8 AES256-CCM ARIA256-GCM-SHA384 
  PSK-AES256-GCM-SHA384 PSK-CHACHA20-POLY1305 PSK-AES256-CCM8 PSK-AES256-CCM PSK-ARIA256-GCM-SHA384 
  RSA-PSK-AES128-GCM-SHA256 DHE-PSK-AES128-GCM-SHA256 DHE-PSK-AES128-CCM8 DHE-PSK-AES128-CCM 
  RSA-PSK-ARIA128-GCM-SHA256 DHE-PSK-ARIA128-GCM-SHA256 AES128-GCM-SHA256 AES128-CCM8 AES128-CCM 
  ARIA128-GCM-SHA256 PSK-AES128-GCM-SHA256 PSK-AES128-CCM8 PSK-AES128-CCM PSK-ARIA128-GCM-SHA256 
  AES256-SHA256 CAMELLIA256-SHA256 AES128-SHA256 CAMELLIA128-SHA256 ECDHE-PSK-AES256-CBC-SHA384 
  ECDHE-PSK-AES256-CBC-SHA SRP-DSS-AES-256-CBC-SHA SRP-RSA-AES-256-CBC-SHA SRP-AES-256-CBC-SHA 
  RSA-PSK-AES256-CBC-SHA384 DHE-PSK-AES256-CBC-SHA384 RSA-PSK-AES256-CBC-SHA DHE-PSK-AES256-CBC-SHA 
  ECDHE-PSK-CAMELLIA256-SHA384 RSA-PSK-CAMELLIA256-SHA384 DHE-PSK-CAMELLIA256-SHA384 AES256-SHA 
  CAMELLIA256-SHA PSK-AES256-CBC-SHA384 PSK-AES256-CBC-SHA PSK-CAMELLIA256-SHA384 
  ECDHE-PSK-AES128-CBC-SHA256 ECDHE-PSK-AES128-CBC-SHA SRP-DSS-AES-128-CBC-SHA SRP-RSA-AES-128-CBC-SHA 
  SRP-AES-128-CBC-SHA RSA-PSK-AES128-CBC-SHA256 DHE-PSK-AES128-CBC-SHA256 RSA-PSK-AES128-CBC-SHA 
  DHE-PSK-AES128-CBC-SHA ECDHE-PSK-CAMELLIA128-SHA256 RSA-PSK-CAMELLIA128-SHA256 
  DHE-PSK-CAMELLIA128-SHA256 AES128-SHA CAMELLIA128-SHA PSK-AES128-CBC-SHA256 PSK-AES128-CBC-SHA 
  PSK-CAMELLIA128-SHA256 ECDHE-ECDSA-NULL-SHA ECDHE-RSA-NULL-SHA AECDH-NULL-SHA NULL-SHA256 
  ECDHE-PSK-NULL-SHA384 ECDHE-PSK-NULL-SHA256 ECDHE-PSK-NULL-SHA RSA-PSK-NULL-SHA384 RSA-PSK-NULL-SHA256 
  DHE-PSK-NULL-SHA384 DHE-PSK-NULL-SHA256 RSA-PSK-NULL-SHA DHE-PSK-NULL-SHA NULL-SHA NULL-MD5 
  PSK-NULL-SHA384 PSK-NULL-SHA256 PSK-NULL-SHA 
`;

/** What earlier versions knew, and builds with `enable-weak-ssl-ciphers` know. */
const EARLIER = `
  ECDHE-RSA-DES-CBC3-SHA ECDHE-ECDSA-DES-CBC3-SHA DHE-RSA-DES-CBC3-SHA EDH-RSA-DES-CBC3-SHA
  DHE-DSS-DES-CBC3-SHA EDH-DSS-DES-CBC3-SHA AECDH-DES-CBC3-SHA ADH-DES-CBC3-SHA DES-CBC3-SHA PSK-3DES-EDE-CBC-SHA
  SRP-RSA-3DES-EDE-CBC-SHA SRP-DSS-3DES-EDE-CBC-SHA SRP-3DES-EDE-CBC-SHA
  ECDHE-RSA-RC4-SHA ECDHE-ECDSA-RC4-SHA AECDH-RC4-SHA ADH-RC4-MD5 RC4-SHA RC4-MD5 PSK-RC4-SHA
  DHE-RSA-SEED-SHA DHE-DSS-SEED-SHA ADH-SEED-SHA SEED-SHA IDEA-CBC-SHA
  EDH-RSA-DES-CBC-SHA EDH-DSS-DES-CBC-SHA ADH-DES-CBC-SHA DES-CBC-SHA
  EXP-EDH-RSA-DES-CBC-SHA EXP-EDH-DSS-DES-CBC-SHA EXP-ADH-DES-CBC-SHA EXP-DES-CBC-SHA EXP-RC2-CBC-MD5
  EXP-ADH-RC4-MD5 EXP-RC4-MD5
`;

let known: readonly CipherSuite[] | undefined;

/** Every suite of TLS 1.2 and before that some version of OpenSSL knows, in OpenSSL's order. */
export function cipherSuites(): readonly CipherSuite[] {
  known ??= `${TODAY} ${EARLIER}`.split(/\s+/).filter(Boolean).map(readSuite);
  return known;
}

function readSuite(name: string): CipherSuite {
  const isExport = name.startsWith("EXP-");
  const rest = isExport ? name.slice(4) : name;
  return { name, ...exchangeOf(rest), ...encryptionOf(rest), mac: macOf(rest), isExport };
}

function exchangeOf(name: string): Pick<CipherSuite, "keyExchange" | "authentication"> {
  const exchange = EXCHANGES.find(([prefix]) => name.startsWith(prefix));
  if (exchange === undefined) return { keyExchange: "RSA", authentication: "RSA" };
  const [, keyExchange, authentication] = exchange;
  return { keyExchange, authentication };
}

const EXCHANGES: readonly (readonly [string, CipherSuite["keyExchange"], CipherSuite["authentication"]])[] = [
  ["ECDHE-ECDSA-", "ECDH", "ECDSA"],
  ["ECDHE-PSK-", "ECDHEPSK", "PSK"],
  ["ECDHE-", "ECDH", "RSA"],
  ["AECDH-", "ECDH", "none"],
  ["DHE-RSA-", "DH", "RSA"],
  ["EDH-RSA-", "DH", "RSA"],
  ["DHE-DSS-", "DH", "DSS"],
  ["EDH-DSS-", "DH", "DSS"],
  ["DHE-PSK-", "DHEPSK", "PSK"],
  ["ADH-", "DH", "none"],
  ["RSA-PSK-", "RSAPSK", "RSA"],
  ["PSK-", "PSK", "PSK"],
  ["SRP-RSA-", "SRP", "RSA"],
  ["SRP-DSS-", "SRP", "DSS"],
  ["SRP-", "SRP", "SRP"],
];

function encryptionOf(name: string): Pick<CipherSuite, "encryption" | "bits"> {
  if (/NULL/.test(name)) return { encryption: "none", bits: 0 };
  if (/CHACHA20/.test(name)) return { encryption: "CHACHA20", bits: 256 };
  if (/DES-CBC3|3DES/.test(name)) return { encryption: "3DES", bits: 168 };
  if (/RC4/.test(name)) return { encryption: "RC4", bits: 128 };
  if (/RC2/.test(name)) return { encryption: "RC2", bits: 128 };
  if (/IDEA/.test(name)) return { encryption: "IDEA", bits: 128 };
  if (/SEED/.test(name)) return { encryption: "SEED", bits: 128 };
  const bits = Number(/(?:AES|ARIA|CAMELLIA)-?(128|256)/.exec(name)?.[1] ?? 0);
  if (/ARIA/.test(name)) return { encryption: "ARIA", bits };
  if (/CAMELLIA/.test(name)) return { encryption: "CAMELLIA", bits };
  if (bits === 0) return { encryption: "DES", bits: 56 };
  if (/GCM/.test(name)) return { encryption: "AESGCM", bits };
  if (/CCM8/.test(name)) return { encryption: "AESCCM8", bits };
  return { encryption: /CCM/.test(name) ? "AESCCM" : "AES", bits };
}

function macOf(name: string): CipherSuite["mac"] {
  if (/GCM|CCM|POLY1305/.test(name)) return "AEAD";
  if (name.endsWith("SHA384")) return "SHA384";
  if (name.endsWith("SHA256")) return "SHA256";
  return name.endsWith("MD5") ? "MD5" : "SHA1";
}

type Test = (suite: CipherSuite) => boolean;

const isAnonymous: Test = ({ authentication }) => authentication === "none";
const isEncrypted: Test = ({ encryption }) => encryption !== "none";
const isHigh: Test = ({ encryption }) => HIGH.has(encryption);
const HIGH: ReadonlySet<string> = new Set([
  "AESGCM",
  "AESCCM",
  "AESCCM8",
  "AES",
  "CHACHA20",
  "CAMELLIA",
  "ARIA",
]);

const exchange =
  (...wanted: readonly string[]): Test =>
  ({ keyExchange }) =>
    wanted.includes(keyExchange);
const authenticated =
  (wanted: string): Test =>
  ({ authentication }) =>
    authentication === wanted;
const encrypted =
  (bits: number | null, ...wanted: readonly string[]): Test =>
  (suite) =>
    wanted.includes(suite.encryption) && (bits === null || suite.bits === bits);
const summed =
  (wanted: string): Test =>
  ({ mac }) =>
    mac === wanted;

const ELLIPTIC = exchange("ECDH");
const EPHEMERAL = exchange("DH");
const AES = ["AES", "AESGCM", "AESCCM", "AESCCM8"] as const;

/** The words of cipher strings (`ssl_ciph.c`, `cipher_aliases`). */
const ALIASES: ReadonlyMap<string, Test> = new Map<string, Test>([
  ["ALL", isEncrypted],
  ["COMPLEMENTOFALL", (suite) => !isEncrypted(suite)],
  ["COMPLEMENTOFDEFAULT", isOffByDefault],
  ["HIGH", (suite) => isHigh(suite) && !suite.isExport],
  ["MEDIUM", encrypted(null, "3DES", "RC4", "SEED", "IDEA", "RC2")],
  ["LOW", (suite) => suite.encryption === "DES" && !suite.isExport],
  ["EXP", ({ isExport }) => isExport],
  ["EXPORT", ({ isExport }) => isExport],
  ["EXPORT40", ({ isExport }) => isExport],
  ["EXPORT56", () => false],
  ["eNULL", (suite) => !isEncrypted(suite)],
  ["NULL", (suite) => !isEncrypted(suite)],
  ["aNULL", isAnonymous],
  ["kRSA", exchange("RSA")],
  ["RSA", (suite) => suite.keyExchange === "RSA" && suite.authentication === "RSA"],
  ["aRSA", authenticated("RSA")],
  ["kDHE", EPHEMERAL],
  ["kEDH", EPHEMERAL],
  ["DH", EPHEMERAL],
  ["DHE", (suite) => EPHEMERAL(suite) && !isAnonymous(suite)],
  ["EDH", (suite) => EPHEMERAL(suite) && !isAnonymous(suite)],
  ["ADH", (suite) => EPHEMERAL(suite) && isAnonymous(suite)],
  ["kECDHE", ELLIPTIC],
  ["kEECDH", ELLIPTIC],
  ["ECDH", ELLIPTIC],
  ["ECDHE", (suite) => ELLIPTIC(suite) && !isAnonymous(suite)],
  ["EECDH", (suite) => ELLIPTIC(suite) && !isAnonymous(suite)],
  ["AECDH", (suite) => ELLIPTIC(suite) && isAnonymous(suite)],
  ["aDSS", authenticated("DSS")],
  ["DSS", authenticated("DSS")],
  ["aECDSA", authenticated("ECDSA")],
  ["ECDSA", authenticated("ECDSA")],
  ["aPSK", authenticated("PSK")],
  ["kPSK", exchange("PSK")],
  ["kECDHEPSK", exchange("ECDHEPSK")],
  ["kDHEPSK", exchange("DHEPSK")],
  ["kRSAPSK", exchange("RSAPSK")],
  ["PSK", exchange("PSK", "DHEPSK", "ECDHEPSK", "RSAPSK")],
  ["SRP", exchange("SRP")],
  ["kSRP", exchange("SRP")],
  ["aSRP", authenticated("SRP")],
  ["AES", encrypted(null, ...AES)],
  ["AES128", encrypted(128, ...AES)],
  ["AES256", encrypted(256, ...AES)],
  ["AESGCM", encrypted(null, "AESGCM")],
  ["AESCCM", encrypted(null, "AESCCM", "AESCCM8")],
  ["AESCCM8", encrypted(null, "AESCCM8")],
  ["CHACHA20", encrypted(null, "CHACHA20")],
  ["CAMELLIA", encrypted(null, "CAMELLIA")],
  ["CAMELLIA128", encrypted(128, "CAMELLIA")],
  ["CAMELLIA256", encrypted(256, "CAMELLIA")],
  ["ARIA", (suite) => suite.encryption === "ARIA"],
  ["ARIAGCM", (suite) => suite.encryption === "ARIA"],
  ["ARIA128", encrypted(128, "ARIA")],
  ["ARIA256", encrypted(256, "ARIA")],
  ["3DES", encrypted(null, "3DES")],
  ["DES", encrypted(null, "DES")],
  ["RC4", encrypted(null, "RC4")],
  ["RC2", encrypted(null, "RC2")],
  ["IDEA", encrypted(null, "IDEA")],
  ["SEED", encrypted(null, "SEED")],
  ["MD5", summed("MD5")],
  ["SHA", summed("SHA1")],
  ["SHA1", summed("SHA1")],
  ["SHA256", summed("SHA256")],
  ["SHA384", summed("SHA384")],
  [
    "TLSv1.2",
    (suite) => suite.mac === "AEAD" || (!/PSK/.test(suite.keyExchange) && /SHA(256|384)/.test(suite.mac)),
  ],
]);

/** Suites that are off unless they are asked for (`SSL_NOT_DEFAULT`). */
function isOffByDefault(suite: CipherSuite): boolean {
  if (!isEncrypted(suite)) return false;
  return isAnonymous(suite) || suite.authentication === "DSS" || !COMMON.has(suite.encryption);
}

const COMMON: ReadonlySet<string> = new Set(["AESGCM", "AES", "CHACHA20"]);

export interface CipherList {
  /** Enabled, in OpenSSL's order of preference. */
  readonly suites: readonly CipherSuite[];
  /** Names of suites of TLS 1.3, which are set elsewhere and do nothing here. */
  readonly tls13: readonly string[];
  /** Words that are neither a suite nor an alias: OpenSSL passes over them. */
  readonly unknown: readonly string[];
  /** `@SECLEVEL=n`; null where the string does not say. */
  readonly securityLevel: number | null;
}

/** Reads a cipher string. Nothing is thrown: what OpenSSL passes over is listed. */
export function readCiphers(text: string): CipherList {
  const all = cipherSuites();
  let active: CipherSuite[] = [];
  const killed = new Set<CipherSuite>();
  const tls13: string[] = [];
  const unknown: string[] = [];
  let securityLevel: number | null = null;
  const apply = (operator: string, test: Test) => {
    if (operator === "!") {
      for (const suite of all) if (test(suite)) killed.add(suite);
      active = active.filter((suite) => !killed.has(suite));
    } else if (operator === "-") active = active.filter((suite) => !test(suite));
    else if (operator === "+") active = [...active.filter((suite) => !test(suite)), ...active.filter(test)];
    else {
      const present = new Set(active);
      append(
        active,
        all.filter((suite) => test(suite) && !present.has(suite) && !killed.has(suite)),
      );
    }
  };
  const words = text.split(/[:,; ]+/).filter((word) => word !== "");
  for (const [index, word] of words.entries()) {
    if (word.startsWith("@")) {
      const level = /^@SECLEVEL=(\d)$/.exec(word)?.[1];
      if (level !== undefined) securityLevel = Number(level);
      continue;
    }
    if (word === "DEFAULT" && index === 0) {
      // `ALL:!COMPLEMENTOFDEFAULT:!eNULL`: what it leaves out cannot come back.
      apply("!", (suite) => isOffByDefault(suite) || !isEncrypted(suite));
      apply("", () => true);
      continue;
    }
    const operator = /^[!+-]/.exec(word)?.[0] ?? "";
    const names = word.slice(operator.length).split("+");
    const tests = names.map((name) => testOf(name, all));
    for (const [at, name] of names.entries()) {
      if (tests[at] !== null) continue;
      if (/^TLS_/.test(name)) tls13.push(name);
      else unknown.push(name);
    }
    // One word that nobody knows makes the whole of it nothing.
    if (tests.every((test) => test !== null))
      apply(operator, (suite) => tests.every((test) => test?.(suite)));
  }
  return { suites: active, tls13, unknown, securityLevel };
}

function testOf(name: string, all: readonly CipherSuite[]): Test | null {
  const alias = ALIASES.get(name);
  if (alias !== undefined) return alias;
  return all.some((suite) => suite.name === name) ? (suite) => suite.name === name : null;
}
