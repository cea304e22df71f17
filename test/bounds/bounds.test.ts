import { execFileSync } from "node:child_process";
import { rmSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { Bounds, readRegularFile } from "../../src/bounds/index.ts";
import { isWithin } from "../../src/semantics/index.ts";
import { plant } from "../loader/trees.ts";

/** Why nothing is written to a path; null where it is. */
function refusalOf(bounds: Bounds, path: string): string | null {
  return bounds.outputAt(path).refusal;
}

describe("the bounds of a run", () => {
  it("are the repository that holds what is handed", () => {
    const cwd = plant({ "a/.git/HEAD": "", "a/deploy/nginx.conf": "", "b/x.conf": "" });
    const bounds = new Bounds({ cwd, handed: ["a/deploy"] });
    expect(bounds.areas).toContain(join(cwd, "a"));
    expect(bounds.holds(join(cwd, "a/other"))).toBe(true);
    expect(bounds.holds(join(cwd, "b/x.conf"))).toBe(false);
    // A name that only begins alike.
    expect(bounds.holds(join(cwd, "ab"))).toBe(false);
  });

  it("have the names that people use, too", () => {
    const cwd = plant({
      "a/.git/HEAD": "",
      "a/deploy/nginx.conf": "",
      "b/x.conf": "",
      link: "-> a",
      "c/deploy": "-> ../a/deploy",
      "c/x": "",
    });
    const held = (handed: string, paths: readonly string[]) => {
      const bounds = new Bounds({ cwd, handed: [handed] });
      return paths.filter((path) => bounds.holds(join(cwd, path)));
    };
    const paths = ["a/x", "link/x", "link/deploy/x", "c/deploy/x", "c/x", "b/x", "x"];
    expect(held("link/deploy", paths)).toEqual(["a/x", "link/x", "link/deploy/x"]);
    expect(held("c/deploy", paths)).toEqual(["a/x", "c/deploy/x"]);
  });

  it("are what is handed where there is no repository, and not the working directory", () => {
    const cwd = plant({ "a/nginx.conf": "", "b/x.conf": "", "b/y.conf": "" });
    const bounds = new Bounds({ cwd, handed: ["a", "b/x.conf"] });
    const held = ["a/any", "b/x.conf", "b/y.conf", "c", "."].map((path) => bounds.holds(join(cwd, path)));
    expect(held).toEqual([true, true, true, false, false]);
    const pattern = new Bounds({ cwd, handed: ["b/*.conf"] });
    expect([pattern.holds(join(cwd, "b/z")), pattern.holds(join(cwd, "a/z"))]).toEqual([true, false]);
  });

  it("are no home and no whole disk, unless that is what is handed", () => {
    const inHome = new Bounds({ cwd: homedir(), handed: ["nginx-lint-nothing.conf"] });
    expect(inHome.holds(join(homedir(), ".ssh"))).toBe(false);
    expect(new Bounds({ cwd: "/", handed: ["nothing.conf"] }).holds("/etc/passwd")).toBe(false);
    const disk = new Bounds({ cwd: "/", handed: ["/"] });
    expect(
      ["/etc/passwd", "/proc/self/environ", "/dev/zero", "/sys/x"].map((path) => disk.holds(path)),
    ).toEqual([true, false, false, false]);
  });

  it("of a drive hold what is on it", () => {
    expect(["C:/a", "C:/", "D:/a", "C:"].map((path) => isWithin(path, "C:/"))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(["C:/ab", "C:/a/b"].map((path) => isWithin(path, "C:/a"))).toEqual([false, true]);
  });

  it("are narrowed by every directory they have to be within", () => {
    const cwd = plant({ "a/b/c/x": "", "a/y": "" });
    const bounds = new Bounds({ cwd, handed: ["a"], within: [".", "a/b"] });
    expect(bounds.holds(join(cwd, "a/b/c"))).toBe(true);
    expect(bounds.holds(join(cwd, "a/y"))).toBe(false);
    expect(bounds.refuseHanded("a/y")).toContain("--within");
    expect(refusalOf(bounds, "a/new/report.json")).toContain("--within");
    expect(refusalOf(bounds, "a/b/new/report.json")).toBeNull();
  });

  it("do not follow a link of the tree out of it, but one of the user's own", () => {
    const cwd = plant({
      "repo/.git/HEAD": "",
      "repo/out": "-> ../other",
      "repo/in": "-> conf",
      "repo/conf/nginx.conf": "",
      "other/out.json": "",
      "other/.git/HEAD": "",
      "mine/link": "-> ../other",
    });
    const bounds = new Bounds({ cwd, handed: ["repo"] });
    expect(bounds.refuseHanded("repo/in/nginx.conf")).toBeNull();
    expect(bounds.refuseHanded("repo/out")).toContain("is a link to");
    expect(bounds.refuseHanded("repo/out/out.json")).toContain("is behind the link");
    expect(bounds.refuseHanded("repo/out/*.json")).toContain("outside of");
    expect(bounds.refuseHanded("mine/link/out.json")).toBeNull();
    expect(refusalOf(bounds, "repo/out/out.json")).toContain("is behind the link");
    expect(refusalOf(bounds, "repo/out/new.json")).toContain("is behind the link");
    expect(refusalOf(bounds, "mine/link/out.json")).toBeNull();
  });

  it("hold nothing of git's, by whatever name or link", () => {
    const cwd = plant({
      "repo/.git/config": "",
      "repo/.hg/hgrc": "",
      "repo/.gitignore": "",
      "repo/conf.git/x.conf": "",
      "repo/deploy.conf": "-> .git/config",
      "repo/folder": "-> .git/hooks",
      "repo/.git/hooks/x": "",
      "bare/.git": "gitdir: ./.bare\n",
      "bare/.bare/config": "",
      "bare/.bare/worktrees/wt/commondir": "../..\n",
      "wt/.git": "gitdir: ../bare/.bare/worktrees/wt\n",
      "linked/.git": "-> ../linked/store",
      "linked/store/config": "",
      "archive/.git/config": "",
      "repo/.git/tree/.git": "gitdir: ../worktrees/tree\n",
    });
    const bounds = new Bounds({ cwd, handed: ["repo", "bare", "linked", "wt"] });
    const held = (path: string) => bounds.holds(join(cwd, path));
    expect(["repo/.gitignore", "repo/conf.git/x.conf", "bare/x", "linked/x"].map(held)).not.toContain(false);
    const own = ["repo/.git", "repo/.git/config", "repo/.GIT/new", "repo/GIT~1/x", "repo/sub/.git/config"];
    const elsewhere = ["repo/.hg/hgrc", "bare/.bare/config", "linked/store/config"];
    expect([...own, ...elsewhere].map(held)).not.toContain(true);
    for (const path of ["repo/deploy.conf", "repo/folder/x"])
      expect(bounds.refuseHanded(path)).toContain("git's own");
    // In so many words.
    expect(bounds.refuseHanded("repo/.git/config")).toBeNull();
    // Another working tree that stands there.
    const inner = new Bounds({ cwd, handed: ["repo/.git/tree"] });
    expect([
      inner.holds(join(cwd, "repo/.git/tree/x")),
      inner.holds(join(cwd, "repo/.git/tree/.git")),
    ]).toEqual([true, false]);
  });

  it("let no settings of the tree lead to git's own", () => {
    const cwd = plant({
      "repo/.git/known.json": "",
      "repo/link": "-> .git",
      "repo/.nginx-lint.yaml": "",
      "mine.yaml": "",
    });
    const bounds = new Bounds({ cwd, handed: ["repo"] });
    const refusal = (path: string, by: string, named: boolean) =>
      bounds.refuseNamed(join(cwd, path), join(cwd, by), named);
    for (const path of ["repo/.git/known.json", "repo/link/known.json", "repo/link/new.json"])
      for (const named of [true, false])
        expect(refusal(path, "repo/.nginx-lint.yaml", named)).toContain("git's own");
    expect(refusal("repo/.git/known.json", "mine.yaml", false)).toContain("git's own");
    expect(refusal("repo/.git/known.json", "mine.yaml", true)).toBeNull();
  });
});

it("tells where the output goes, without links", () => {
  const cwd = plant({ "real/x": "", link: "-> real", gone: "-> real/gone.json", "in/x": "-> ../real/x" });
  const bounds = new Bounds({ cwd, handed: ["in"] });
  const realOf = (path: string) => ({ real: join(cwd, path), refusal: null });
  expect(bounds.outputAt("link/new/report.json")).toEqual(realOf("real/new/report.json"));
  expect(bounds.outputAt("link/../report.json")).toEqual(realOf("report.json"));
  // A link that leads nowhere is replaced.
  expect(bounds.outputAt("gone")).toEqual(realOf("gone"));
  expect(refusalOf(bounds, "in/x")).toContain("no link of the tree is written through");
});

it("writes through no link of the tree, wherever it leads", () => {
  const cwd = plant({
    "repo/.git/hooks/pre-commit": "",
    "repo/hook": "-> .git/hooks/pre-commit",
    "repo/script": "-> deploy.sh",
    "repo/deploy.sh": "",
    "repo/gone": "-> nowhere",
    "repo/folder": "-> real",
    "repo/real/x": "",
    "archive/in/x": "",
    "archive/report": "-> in/x",
  });
  const bounds = new Bounds({ cwd, handed: ["repo"] });
  for (const path of ["hook", "script", "gone", "folder/report"])
    expect(refusalOf(bounds, `repo/${path}`)).toContain("no link of the tree is written through");
  expect(refusalOf(bounds, "repo/real/report")).toBeNull();
  const within = new Bounds({ cwd, handed: ["archive/in"], within: ["archive"] });
  expect(refusalOf(within, "archive/report")).toContain("no link of the tree is written through");
});

it("judges what is handed once, whatever becomes of a link meanwhile", () => {
  const cwd = plant({
    "repo/.git/HEAD": "",
    "repo/in/a.conf": "",
    "repo/link": "-> in",
    "repo/.nginx-lint.yaml": "-> settings.yaml",
    "repo/settings.yaml": "",
    "home/a.conf": "",
  });
  const bounds = new Bounds({ cwd, handed: ["repo/link"] });
  const settings = join(cwd, "repo/.nginx-lint.yaml");
  expect(bounds.refuseFound(settings)).toBeNull();
  for (const [name, target] of [
    ["link", "../home"],
    [".nginx-lint.yaml", "../home/a.conf"],
  ] as const) {
    rmSync(join(cwd, "repo", name));
    symlinkSync(target, join(cwd, "repo", name));
  }
  expect(bounds.handedAt("repo/link")).toEqual({ real: join(cwd, "repo/in"), refusal: null });
  expect(bounds.holds(join(cwd, "home/a.conf"))).toBe(false);
  expect(bounds.settled(settings)).toBe(join(cwd, "repo/settings.yaml"));
  expect(bounds.outputAt("repo/link/new")).toEqual({ real: join(cwd, "home"), refusal: expect.any(String) });
});

describe("a file that may be anything", () => {
  it("is read when it is a regular file of a size that has an end", () => {
    const cwd = plant({ a: "text", empty: "", link: "-> a" });
    expect(Buffer.from(readRegularFile(join(cwd, "a"), 4)).toString()).toBe("text");
    expect(Buffer.from(readRegularFile(join(cwd, "link"), 4)).toString()).toBe("text");
    expect(readRegularFile(join(cwd, "empty"), 4)).toHaveLength(0);
    expect(() => readRegularFile(join(cwd, "a"), 3)).toThrow("is larger than");
    expect(() => readRegularFile(cwd, 3)).toThrow("is a folder");
    expect(() => readRegularFile(join(dirname(cwd), "gone"), 3)).toThrow("ENOENT");
  });

  it.runIf(process.platform === "linux")("is not waited for, and has no say on its size", () => {
    const cwd = plant({});
    execFileSync("mkfifo", [join(cwd, "pipe")]);
    expect(() => readRegularFile(join(cwd, "pipe"), 9)).toThrow("is not a regular file");
    expect(() => readRegularFile("/dev/zero", 9)).toThrow("is not a regular file");
    // The kernel says 0 of these.
    expect(() => readRegularFile("/proc/self/maps", 9)).toThrow("is larger than");
  });
});
