import { describe, expect, it } from "vitest";
import { isPublicAddress } from "../../../src/semantics/index.ts";

describe("isPublicAddress", () => {
  it.each(["8.8.8.8", "1.1.1.1:53", "[2001:4860:4860::8888]", "172.32.0.1"])("takes %s for one", (text) => {
    expect(isPublicAddress(text)).toBe(true);
  });

  it.each([
    "10.0.0.2",
    "127.0.0.53",
    "127.0.0.11:53",
    "172.31.0.2",
    "[::1]",
    "[fd00::1]",
    "dns.example",
    "100.64.1.1",
  ])("does not take %s for one", (text) => {
    expect(isPublicAddress(text)).toBe(false);
  });
});
