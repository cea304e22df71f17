import { describe, expect, it } from "vitest";
import { FORMATS } from "../../src/reporters/index.ts";
import { directoryOf, nginxLint } from "./run.ts";

const BROKEN = { "nginx.conf": "events {}\nhttp {\n  include gone.conf;\n}\n" };

describe("every format", () => {
  it.each(FORMATS)("%s is written by the built command, with the finding and its exit status", (format) => {
    const { status, stdout, stderr } = nginxLint(["-f", format, "."], { cwd: directoryOf(BROKEN) });
    expect([status, stderr]).toEqual([1, ""]);
    expect(stdout).toContain("missing-include");
    expect(stdout).toMatch(/\n$/);
  });

  it.each(["sarif", "github", "junit", "html"])("%s tells what could not be read", (format) => {
    const { status, stdout, stderr } = nginxLint(["-f", format, ".", "absent.conf"], {
      cwd: directoryOf(BROKEN),
    });
    expect(status).toBe(2);
    expect(stderr).toContain("absent.conf");
    expect(stdout).toContain("absent.conf");
  });
});
