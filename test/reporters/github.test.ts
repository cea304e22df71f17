import { expect, it } from "vitest";
import { formatReport } from "../../src/reporters/index.ts";
import { visible } from "../../src/reporters/visible.ts";
import { clean, finding, hostile, NGINX_CONF, options, ordinary, region, resultOf } from "./sample.ts";

interface Command {
  name: string;
  properties: Record<string, string>;
  data: string;
}

/** As the runner reads a line of a log (actions/runner, ActionCommand.TryParseV2). */
function parse(line: string): Command | null {
  const trimmed = line.trimStart();
  if (!trimmed.startsWith("::")) return null;
  const end = trimmed.indexOf("::", 2);
  if (end < 0) return null;
  const info = trimmed.slice(2, end);
  const space = info.indexOf(" ");
  const name = space < 0 ? info : info.slice(0, space);
  const properties: Record<string, string> = {};
  for (const pair of space < 0 ? [] : info.slice(space + 1).split(",")) {
    const equals = pair.indexOf("=");
    if (equals > 0) properties[pair.slice(0, equals).trim()] = unescapeProperty(pair.slice(equals + 1));
  }
  return { name, properties, data: unescapeData(trimmed.slice(end + 2)) };
}

function unescapeData(text: string): string {
  return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}

function unescapeProperty(text: string): string {
  return text
    .replaceAll("%0D", "\r")
    .replaceAll("%0A", "\n")
    .replaceAll("%3A", ":")
    .replaceAll("%2C", ",")
    .replaceAll("%25", "%");
}

/** The lines that the runner obeys; the others are said in the log alone. */
function annotations(text: string): (Command | null)[] {
  const lines = text.split("\n").slice(0, -1);
  return lines.filter((line) => !line.startsWith("nginx-lint: ")).map(parse);
}

async function commands(result: typeof ordinary): Promise<(Command | null)[]> {
  const text = await formatReport("github", result, options);
  return annotations(text);
}

it("is read by the runner as one annotation a finding", async () => {
  const read = await commands(ordinary);
  expect(read.map((command) => command?.name)).toEqual(["warning", "error", "notice"]);
  expect(read[0]).toEqual({
    name: "warning",
    properties: {
      file: "nginx.conf",
      line: "8",
      col: "5",
      endColumn: "50",
      title: "nginx-lint: location-shadowed",
    },
    data: expect.stringMatching(/^Requests for .*\.\nrequest: GET \/django-static\/admin\/css\/base\.css\n/),
  });
});

it("gives no columns for a range of several lines", async () => {
  const at = region(NGINX_CONF, "server {\n    listen");
  const [command] = await commands(resultOf([finding(at)]));
  expect(command?.properties).toEqual({
    file: "nginx.conf",
    line: "1",
    endLine: "2",
    title: "nginx-lint: location-shadowed",
  });
});

it("names files as the repository does", async () => {
  const at = { ...region(NGINX_CONF, "server"), file: "./conf/a,b:c%.conf" };
  expect((await commands(resultOf([finding(at)])))[0]?.properties.file).toBe("conf/a,b:c%.conf");
});

it("lets no text of a configuration become a command, a property or a line", async () => {
  const text = await formatReport("github", hostile, options);
  const read = await commands(hostile);
  expect(read.map((command) => command?.name)).toEqual(["error", "warning"]);
  expect(Object.keys(read[1]!.properties)).toEqual(["file", "line", "col", "endColumn", "title"]);
  expect(read[1]!.properties.file).toBe(visible(hostile.files[0]!.name));
  // The runner's older syntax is obeyed anywhere in a line.
  expect(text).not.toMatch(/##\w*\[/);
});

it("keeps the log of every other format free of commands", async () => {
  for (const format of [
    "stylish",
    "compact",
    "json",
    "sarif",
    "gitlab",
    "checkstyle",
    "junit",
    "markdown",
  ] as const) {
    for (const width of [40, 80, 110]) {
      for (const line of (await formatReport(format, hostile, { ...options, width })).split("\n")) {
        expect(parse(line), format).toBeNull();
        expect(line, format).not.toMatch(/##\w*\[/);
      }
    }
  }
});

it("annotates as many findings of a level as GitHub shows, and lists the others in the log", async () => {
  const at = region(NGINX_CONF, "server");
  const many = resultOf(Array.from({ length: 13 }, () => finding(at)));
  const text = await formatReport("github", many, options);
  expect(annotations(text)).toHaveLength(10);
  const rest = text.split("\n").filter((line) => line.startsWith("nginx-lint: "));
  expect(rest).toHaveLength(4);
  expect(rest[0]).toContain("3 more problems");
  expect(rest[3]).toMatch(/^nginx-lint: nginx\.conf:1:1: .*\[location-shadowed\]$/);
  expect(await formatReport("markdown", many, options)).toContain("3 of these have none");
  expect(await formatReport("markdown", ordinary, options)).not.toContain("of these have none");
});

it("is empty for a clean run", async () => {
  expect(await formatReport("github", clean, options)).toBe("");
});
