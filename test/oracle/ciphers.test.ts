/** Cipher strings against OpenSSL itself, for the suites that the installed one knows. */
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cipherSuites, readCiphers } from "../../src/semantics/index.ts";

/** The suites of TLS 1.2 and before that OpenSSL enables; null where it takes none. */
function asked(text: string): readonly string[] | null {
  const { status, stdout } = spawnSync("openssl", ["ciphers", text], { encoding: "utf8" });
  if (status !== 0) return null;
  return stdout
    .trim()
    .split(":")
    .filter((name) => name !== "" && !name.startsWith("TLS_"));
}

const today = asked("ALL:COMPLEMENTOFALL");
if (today === null) console.warn("skipped: there is no openssl to ask");
const isThere = new Set(today ?? []);

/** What we say, of the suites that this OpenSSL has. */
function said(text: string): readonly string[] {
  return readCiphers(text)
    .suites.map(({ name }) => name)
    .filter((name) => isThere.has(name));
}

const WORDS = [
  ...[
    "ALL",
    "HIGH",
    "DEFAULT",
    "COMPLEMENTOFDEFAULT",
    "eNULL",
    "aNULL",
    "kRSA",
    "RSA",
    "aRSA",
    "DHE",
    "EDH",
    "kEDH",
    "ADH",
  ],
  ...[
    "ECDHE",
    "EECDH",
    "ECDH",
    "AECDH",
    "aDSS",
    "aECDSA",
    "ECDSA",
    "PSK",
    "kPSK",
    "aPSK",
    "SRP",
    "AES",
    "AES128",
    "AES256",
  ],
  ...[
    "AESGCM",
    "AESCCM",
    "AESCCM8",
    "CHACHA20",
    "CAMELLIA",
    "CAMELLIA128",
    "ARIA",
    "ARIA256",
    "MD5",
    "SHA",
    "SHA1",
    "SHA256",
  ],
  ...[
    "SHA384",
    "TLSv1.2",
    "RC4",
    "3DES",
    "NOSUCH",
    "TLS_AES_128_GCM_SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "AES128-SHA",
    "NULL-MD5",
  ],
];

describe.skipIf(today === null)("a cipher string", () => {
  it("enables the same suites as in OpenSSL, word by word", () => {
    for (const word of WORDS)
      expect([word, [...said(word)].sort()]).toEqual([word, [...(asked(word) ?? [])].sort()]);
  });

  it("enables the same suites as in OpenSSL, whatever is combined", () => {
    const word = fc.constantFrom(...WORDS.filter((name) => name !== "DEFAULT"));
    const part = fc
      .tuple(fc.constantFrom("", "", "", "!", "-", "+"), fc.array(word, { minLength: 1, maxLength: 3 }))
      .map(([operator, names]) => operator + names.join("+"));
    const text = fc
      .tuple(
        fc.constantFrom("HIGH", "ALL", "DEFAULT", "ECDHE+AESGCM", "ECDHE"),
        fc.array(part, { maxLength: 5 }),
      )
      .map(([first, rest]) => [first, ...rest].join(":"));
    fc.assert(
      fc.property(text, (cipherString) => {
        expect([...said(cipherString)].sort()).toEqual([...(asked(cipherString) ?? [])].sort());
      }),
      { seed: 4, numRuns: 150 },
    );
  });

  it("lists every suite that OpenSSL has", () => {
    const ours = new Set(cipherSuites().map(({ name }) => name));
    expect([...isThere].filter((name) => !ours.has(name))).toEqual([]);
  });
});
