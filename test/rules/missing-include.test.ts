import { describe, expect, it } from "vitest";
import { loadIn, main, plant } from "../loader/trees.ts";
import { reportsOf } from "./ask.ts";

describe("missing-include", () => {
  const told = async (files: Readonly<Record<string, string>>) => {
    const { trees } = await loadIn(plant(files), ["nginx.conf"]);
    const [tree] = trees;
    if (tree === undefined) throw new Error("nothing was read");
    return reportsOf("missing-include", tree).map(({ severity, message }) => `${severity}: ${message}`);
  };

  it("is told as an error where the folder is there, or one name was mistyped", async () => {
    expect(
      await told({ "nginx.conf": main("include d/none.conf; include e/none.conf;"), "d/a.conf": "" }),
    ).toEqual(["undefined: d/none.conf does not exist", "undefined: e/none.conf does not exist"]);
  });

  it("is told once where a copy of /etc/nginx lacks the folder", async () => {
    const http = "include /etc/nginx/conf.d/a.conf; include /etc/nginx/conf.d/b.conf;";
    expect(await told({ "nginx.conf": main(http) })).toEqual([
      "info: conf.d/a.conf does not exist, and neither does its folder. If this is a copy of a part, nginx needs `/etc/nginx/conf.d` where it runs; else it does not start.",
    ]);
  });

  it("is told once for each file, however many lines name it", async () => {
    const lines = "include d/none.conf; server { include d/none.conf; } server { include d/other.conf; }";
    expect(await told({ "nginx.conf": main(lines), "d/a.conf": "" })).toEqual([
      "undefined: d/none.conf does not exist",
      "undefined: d/other.conf does not exist",
    ]);
  });

  it("is told at the file that was handed alone", async () => {
    const files = {
      "nginx.conf": main("include d/a.conf; include d/b.conf;"),
      "d/a.conf": "include d/none.conf;",
      "d/b.conf": "include d/none.conf;",
    };
    const { trees } = await loadIn(plant(files), ["d/b.conf"]);
    const reports = trees.flatMap((tree) => reportsOf("missing-include", tree));
    expect(reports.map(({ at }) => at.file.name)).toEqual(["d/b.conf"]);
  });

  it("is told once where many files of one folder are not there", async () => {
    const http = ["a", "b", "c"].map((name) => `include parts/${name}.conf;`).join(" ");
    expect(await told({ "nginx.conf": main(http) })).toHaveLength(1);
  });
});
