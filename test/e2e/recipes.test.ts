/** What the documentation tells people to copy is tried here, as far as it can be without their servers. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { directoryOf, nginxLint, REPOSITORY } from "./run.ts";

const read = (path: string) => readFileSync(join(REPOSITORY, path), "utf8");

/** The code blocks of a page in one language. */
function blocks(path: string, language: string): string[] {
  const found = read(path).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"));
  return [...found].map((match) => match[1] ?? "");
}

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { uses?: string; with?: Record<string, string> }[] }>
  >;
}

describe("workflows", () => {
  const { inputs } = parse(read("action.yml"));
  const hooks = parse(read(".pre-commit-hooks.yaml")).map(({ id }: { id: string }) => id);
  const pages = ["README.md", "docs/pipeline.md", "SECURITY.md"].flatMap((path) =>
    blocks(path, "yaml").map((text) => [path, text] as const),
  );
  const own = [".github/workflows/lint.yml", ".github/workflows/ci.yml"].map(
    (path) => [path, read(path)] as const,
  );

  it("give the Action inputs that it has", () => {
    const used = [...pages, ...own]
      .map(([, text]) => parse(text) as Partial<Workflow>)
      .flatMap(({ jobs = {} }) => Object.values(jobs).flatMap(({ steps }) => steps))
      .filter(({ uses }) => uses === "./" || uses?.startsWith("nginx-lint/"));
    expect(used).toHaveLength(4);
    for (const { with: given = {} } of used) {
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
    }
  });
  it("name hooks that there are", () => {
    const named = pages.flatMap(([, text]) => parse(text).repos ?? []).flatMap(({ hooks }) => hooks);
    expect(named.length).toBeGreaterThan(0);
    for (const { id } of named) expect(hooks).toContain(id);
  });
});

describe("commands", () => {
  const pipeline = read("docs/pipeline.md");
  const tree = { "deploy/nginx/nginx.conf": "events {}\nhttp {\n  server {\n    listen 80\n  }\n}\n" };

  it.each(["gitlab", "checkstyle"])("write what is read (%s)", (format) => {
    const [, args = "", output = ""] =
      new RegExp(`npx --yes nginx-lint@[\\d.]+ (--format ${format} --output (\\S+) [^\\s']+)`).exec(
        pipeline,
      ) ?? [];
    const cwd = directoryOf(tree);
    expect(nginxLint(args.split(" "), { cwd }).status).toBe(1);
    expect(readFileSync(join(cwd, output), "utf8")).toContain("deploy/nginx/nginx.conf");
    // The report is picked up by the name it was written to.
    expect(pipeline.split(output).length).toBeGreaterThan(2);
  });
  it("send a mail only when there is something to tell", () => {
    const [, args = ""] = /nginx -T 2>&1 \| nginx-lint (.*)/.exec(pipeline) ?? [];
    const dump = (text: string) => `# configuration file /etc/nginx/nginx.conf:\n${text}\n`;
    const said =
      "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n";
    for (const before of ["", said]) {
      expect(nginxLint(args.split(" "), { input: before + dump("events {}\n") })).toEqual({
        status: 0,
        stdout: "",
        stderr: "",
      });
    }
    for (const input of ["", 'nginx: [emerg] unknown directive "x" in /etc/nginx/nginx.conf:1\n']) {
      expect(nginxLint(args.split(" "), { input })).toMatchObject({
        status: 2,
        stdout: "",
        stderr: expect.stringMatching(/^nginx-lint: .+\n$/),
      });
    }
    expect(nginxLint(args.split(" "), { input: dump("events {\n") }).stdout).toContain(
      "/etc/nginx/nginx.conf:1:",
    );
  });
});

it("the example of the library runs", () => {
  const [program = ""] = blocks("docs/library.md", "js");
  const code = program.replace('"nginx-lint"', JSON.stringify(join(REPOSITORY, "dist/index.mjs")));
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^2:\d+ syntax: directive `listen` is not terminated/);
  expect(stdout).toContain("ssl-without-certificate");
});
