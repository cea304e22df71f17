/** Packs what npm would publish, installs it into an empty folder without a network, and uses it. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { cloneOfSources, directoryOf, REPOSITORY } from "./run.ts";

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

const npm = (args: readonly string[], cwd: string) =>
  execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

let packed: Packed;
/** What packing has changed in the repository. */
let changes: string;
const folder = directoryOf({ "package.json": '{ "private": true, "type": "module" }\n' });

beforeAll(() => {
  // In a copy, because packing builds anew what the other tests are running.
  const sources = cloneOfSources();
  symlinkSync(join(REPOSITORY, "node_modules"), join(sources, "node_modules"));
  packed = JSON.parse(npm(["pack", "--json", "--pack-destination", folder], sources))[0];
  changes = execFileSync("git", ["status", "--porcelain"], { cwd: sources, encoding: "utf8" });
  npm(["install", "--offline", "--no-audit", "--no-fund", `./${packed.filename}`], folder);
}, 60_000);

describe("the package", () => {
  it("holds the programs, the types and the pages of the rules, and nothing else", () => {
    const kinds = packed.files.map(({ path }) =>
      path
        .replace(/^dist\/program-.*\.cache$/, "dist/program-*.cache")
        .replace(/^dist\/types\/.*\.d\.ts$/, "dist/types/*.d.ts")
        .replace(/^docs\/rules\/[a-z0-9-]+\.md$/, "docs/rules/*.md"),
    );
    expect([...new Set(kinds)].sort()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "dist/THIRD-PARTY.txt",
      "dist/index.mjs",
      "dist/nginx-lint.mjs",
      "dist/program-*.cache",
      "dist/program.cjs",
      "dist/types/*.d.ts",
      "docs/rules/*.md",
      "docs/rules/README.md",
      "nginx-lint.schema.json",
      "package.json",
    ]);
    expect(packed.files.find(({ path }) => path === "dist/nginx-lint.mjs")?.mode).toBe(0o755);
  });
  it("is small", () => {
    expect(packed.size).toBeLessThan(2_100_000);
    expect(packed.unpackedSize).toBeLessThan(6_000_000);
  });
  it("is built, and does not try to build itself", () => {
    const { scripts } = JSON.parse(
      readFileSync(join(folder, "node_modules/nginx-lint/package.json"), "utf8"),
    );
    expect(Object.keys(scripts)).toContain("build");
    expect(Object.keys(scripts)).not.toContain("prepare");
    expect(changes).toBe("");
  });
  it("needs no other package", () => {
    const installed = JSON.parse(npm(["ls", "--all", "--json"], folder)).dependencies;
    expect(Object.keys(installed)).toEqual(["nginx-lint"]);
    expect(installed["nginx-lint"].dependencies).toBeUndefined();
  });
  it("says where the project lives, as the reports do", () => {
    const manifest = JSON.parse(readFileSync(join(folder, "node_modules/nginx-lint/package.json"), "utf8"));
    const catalogue = readFileSync(join(REPOSITORY, "src/reporters/catalogue.ts"), "utf8");
    const home = /HOMEPAGE = "([^"]+)"/.exec(catalogue)?.[1];
    expect(manifest.homepage).toBe(`${home}#readme`);
    expect(manifest.bugs).toBe(`${home}/issues`);
    expect(manifest.repository.url).toBe(`git+${home}.git`);
  });
  it("is what the snippets of the documentation use", () => {
    const { version } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8"));
    const docs = readdirSync(join(REPOSITORY, "docs"), { recursive: true }).map((name) => `docs/${name}`);
    const pages = ["README.md", "SECURITY.md", ".github/workflows/lint.yml", ...docs];
    const named = pages
      .filter((page) => /\.(?:md|yml)$/.test(page))
      .flatMap((page) => {
        const text = readFileSync(join(REPOSITORY, page), "utf8");
        const tags = text.matchAll(/(?:nginx-lint\/nginx-lint@|rev: )([\w.-]+)/g);
        const packages = text.matchAll(/(?<!\/)nginx-lint@([\w.-]+)|\bnpx --yes nginx-lint(?=\s)/g);
        return [
          ...[...tags].map(([, tag]) => [page, tag]),
          ...[...packages].map(([, release]) => [page, `v${release}`]),
        ];
      });
    for (const page of [
      "README.md",
      "SECURITY.md",
      "docs/pipeline.md",
      "docs/checklist.md",
      "docs/library.md",
    ])
      expect(named.map(([each]) => each)).toContain(page);
    expect(named.filter(([, tag]) => tag !== `v${version}`)).toEqual([]);
  });
  it("has a page for every rule that it reports", () => {
    const program = 'import { RULES } from "nginx-lint"; console.log(RULES.map(({ id }) => id).join(" "))';
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      cwd: folder,
      encoding: "utf8",
    });
    const ids = stdout.trim().split(" ");
    expect(ids.length).toBeGreaterThan(10);
    const without = ids.filter(
      (id) => !existsSync(join(folder, `node_modules/nginx-lint/docs/rules/${id}.md`)),
    );
    expect(without).toEqual([]);
  });
});

describe("installed", () => {
  it("runs as npx nginx-lint", () => {
    const { status, stdout } = spawnSync("npx", ["--no-install", "nginx-lint", "-f", "compact", "-"], {
      cwd: folder,
      input: "server { listen 80 }\n",
      encoding: "utf8",
    });
    expect(stdout).toMatch(/^<stdin>:1:\d+: error: directive `listen` is not terminated/);
    expect(status).toBe(1);
  });

  it("is a library for CommonJS, too", () => {
    const args = [
      "-e",
      'console.log(require("nginx-lint").lintText("server { listen 80 }").findings[0].ruleId)',
    ];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    expect([stdout, stderr]).toEqual(["syntax\n", ""]);
  });

  it("is a typed library", () => {
    const program = `import { type Finding, formatReport, lintFiles, lintText, parse, print, version } from "nginx-lint";
      const result = lintText("server { listen 80 }", { name: "a.conf", rules: { syntax: "warning" } });
      const [finding]: readonly Finding[] = result.findings;
      const both = lintFiles({ "nginx.conf": "events {}\\nhttp { include a.conf; }\\n", "a.conf": "server { listen 443 ssl; }\\n" }, { only: ["ssl-without-certificate"] });
      const text: string = await formatReport("compact", both);
      const file = parse("listen 80;", "b.conf");
      const same: boolean = print(file) === file.text;
      console.log(JSON.stringify([version, finding?.severity, both.findings[0]?.includeChain, text.split(":")[0], same]));
    `;
    for (const [module, moduleResolution] of [
      ["nodenext", "nodenext"],
      ["preserve", "bundler"],
    ]) {
      const project = {
        compilerOptions: {
          module,
          moduleResolution,
          target: "es2022",
          lib: ["es2022", "dom"],
          types: [],
          strict: true,
          exactOptionalPropertyTypes: true,
          skipLibCheck: false,
          outDir: "out",
        },
        files: ["consumer.ts"],
      };
      const consumer = directoryOf({
        "package.json": '{ "private": true, "type": "module" }\n',
        "consumer.ts": program,
        "tsconfig.json": JSON.stringify(project),
      });
      npm(["install", "--offline", "--no-audit", "--no-fund", join(folder, packed.filename)], consumer);
      const tsc = join(REPOSITORY, "node_modules/typescript/bin/tsc");
      const checked = spawnSync(process.execPath, [tsc], { cwd: consumer, encoding: "utf8" });
      expect(checked.stdout).toBe("");
      const { stdout, stderr } = spawnSync(process.execPath, ["out/consumer.js"], {
        cwd: consumer,
        encoding: "utf8",
      });
      expect(stderr).toBe("");
      const { version } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8"));
      expect(JSON.parse(stdout)).toEqual([
        version,
        "warning",
        [{ file: "nginx.conf", line: 2 }],
        "a.conf",
        true,
      ]);
    }
  });
});
