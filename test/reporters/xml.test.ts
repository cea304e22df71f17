import { SaxesParser } from "saxes";
import { describe, expect, it } from "vitest";
import { formatReport } from "../../src/reporters/index.ts";
import { visible } from "../../src/reporters/visible.ts";
import { clean, hostile, NGINX_CONF, options, ordinary, resultOf } from "./sample.ts";

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

/** Reads a document with a strict parser; throws where it is not well-formed XML 1.0. */
function read(text: string): Element {
  const document: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [document];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", (tag) => {
    const element = {
      name: tag.name,
      attributes: tag.attributes as Record<string, string>,
      children: [],
      text: "",
    };
    open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on("closetag", () => void open.pop());
  parser.on("text", (part) => {
    open.at(-1)!.text += part;
  });
  parser.write(text).close();
  return document.children[0]!;
}

function all(element: Element, name: string): Element[] {
  return [
    ...(element.name === name ? [element] : []),
    ...element.children.flatMap((child) => all(child, name)),
  ];
}

it("is read by a parser that refuses what XML 1.0 forbids", () => {
  expect(() => read("<a>\u0000</a>")).toThrow();
  expect(() => read("<a>\uffff</a>")).toThrow();
  expect(() => read('<a b="<"/>')).toThrow();
});

describe("checkstyle", () => {
  const report = async (result: typeof ordinary) => read(await formatReport("checkstyle", result, options));

  it("has an element for each file and each finding", async () => {
    const root = await report(ordinary);
    expect(root.name).toBe("checkstyle");
    expect(root.attributes.version).toMatch(/^\d/);
    expect(root.children.map((file) => file.attributes)).toEqual([{ name: "nginx.conf" }]);
    expect(all(root, "error")[2]?.attributes).toEqual({
      line: "14",
      column: "16",
      severity: "info",
      message: "TLSv1 is in force.",
      source: "nginx-lint.tls-deprecated-protocols",
    });
  });

  it("carries hostile text as text", async () => {
    const root = await report(hostile);
    expect(all(root, "error")).toHaveLength(1);
    expect(root.children[0]?.attributes.name).toBe(visible(hostile.files[0]!.name));
    expect(all(root, "error")[0]?.attributes.message).toContain("]]><![CDATA[");
    expect(all(root, "script")).toEqual([]);
  });

  it("is an empty report for a clean run", async () => {
    expect((await report(clean)).children).toEqual([]);
  });
});

describe("junit", () => {
  const report = async (result: typeof ordinary) => read(await formatReport("junit", result, options));

  it.each([
    ["ordinary", ordinary],
    ["hostile", hostile],
    ["clean", clean],
  ])("counts what it holds, in each suite and in all: %s findings", async (_name, result) => {
    const root = await report(result);
    for (const part of [root, ...all(root, "testsuite")]) {
      expect(Number(part.attributes.tests)).toBe(all(part, "testcase").length);
      expect(Number(part.attributes.failures)).toBe(all(part, "failure").length);
      expect(Number(part.attributes.errors)).toBe(all(part, "error").length);
    }
    expect(Number(root.attributes.tests)).toBeGreaterThan(0);
  });

  it("has only the elements and attributes that readers know", async () => {
    const known: Record<string, { attributes: string[]; children: string[] }> = {
      testsuites: { attributes: ["name", "tests", "failures", "errors"], children: ["testsuite"] },
      testsuite: { attributes: ["name", "tests", "failures", "errors", "skipped"], children: ["testcase"] },
      testcase: {
        attributes: ["name", "classname", "file"],
        children: ["failure", "error", "skipped", "system-out"],
      },
      failure: { attributes: ["message", "type"], children: [] },
      error: { attributes: ["message", "type"], children: [] },
      skipped: { attributes: ["message"], children: [] },
      "system-out": { attributes: [], children: [] },
    };
    for (const result of [ordinary, hostile]) {
      for (const [name, { attributes, children }] of Object.entries(known)) {
        for (const element of all(await report(result), name)) {
          expect(attributes).toEqual(expect.arrayContaining(Object.keys(element.attributes)));
          expect(children).toEqual(expect.arrayContaining(element.children.map((child) => child.name)));
        }
      }
    }
  });

  it("fails for errors and warnings, passes notes, skips what is suppressed", async () => {
    const cases = all(await report(ordinary), "testcase");
    expect(cases.map((one) => one.children[0]?.name)).toEqual([
      "failure",
      "failure",
      "system-out",
      "skipped",
    ]);
    expect(cases[3]?.children[0]?.attributes.message).toBe("suppressed by nginx.conf:14: behind a VPN");
    expect(cases[0]?.children[0]?.text).toContain("at nginx.conf:8:5\nrequest: GET /django-static/");
  });

  it("has a passing case for a file without findings", async () => {
    const root = await report(resultOf([], [NGINX_CONF, { name: "b.conf", text: "" }]));
    expect(all(root, "testcase").map((one) => one.attributes.classname)).toEqual(["nginx.conf", "b.conf"]);
    expect(all(root, "failure")).toEqual([]);
  });

  it("reports a problem of the run itself as an error", async () => {
    const root = await report(
      resultOf([], [NGINX_CONF], { notifications: [{ level: "error", message: "cannot read x" }] }),
    );
    expect(all(root, "error")[0]?.attributes).toEqual({ message: "cannot read x", type: "error" });
  });

  it("carries hostile text as text", async () => {
    const [failure] = all(await report(hostile), "failure");
    expect(failure?.text).toContain("<script>alert(1)</script>");
    expect(failure?.text).toContain("]]><![CDATA[");
    expect(failure?.text).not.toContain("\u001b");
  });
});
