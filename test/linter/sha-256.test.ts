import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../src/linter/sha-256.ts";

describe("SHA-256", () => {
  // FIPS 180-4 and NIST's examples.
  it.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
  ])("is the standard's (%#)", (text, digest) => {
    expect(sha256(text)).toBe(digest);
  });

  it("is Node's, for texts of all lengths around whole blocks, in whatever script", () => {
    for (const letter of ["a", "é", "漢", "😀"])
      for (let length = 0; length < 200; length++) {
        const text = letter.repeat(length);
        expect(sha256(text)).toBe(createHash("sha256").update(text).digest("hex"));
      }
  });
});
