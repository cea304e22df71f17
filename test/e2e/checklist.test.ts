import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { directoryOf, nginxLint, REPOSITORY } from "./run.ts";

const SITE = `worker_processes 2;
events {}
http {
    server_tokens off;
    server { listen 80; server_name old.example; return 301 http://new.example$request_uri; }
    server { listen 81; server_name open.example; server_tokens on; return 301 http://new.example$request_uri; }
}
`;

describe("nginx-lint checklist", () => {
  const cwd = directoryOf({ "nginx.conf": SITE, "empty/x": "", "part.conf": "server { listen 80; }\n" });

  it("exits with 1 where an item fails, and with 0 where it only looks", () => {
    expect(nginxLint(["checklist", "nginx.conf"], { cwd }).status).toBe(1);
    expect(nginxLint(["checklist", "--fail-on", "never", "nginx.conf"], { cwd }).status).toBe(0);
    expect(nginxLint(["checklist", "--server", "old.example", "nginx.conf"], { cwd }).status).toBe(0);
  });

  it("exits with 2 where there is nothing to answer about", () => {
    for (const args of [["empty"], ["-"], ["no-such.conf"], ["-f", "sarif", "nginx.conf"]]) {
      const { status, stdout, stderr } = nginxLint(["checklist", ...args], { cwd });
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^nginx-lint: \S.*\n$/);
    }
    const { status, stderr } = nginxLint(["checklist", "--server", "opn.example", "nginx.conf"], { cwd });
    expect([status, stderr]).toEqual([
      2,
      "nginx-lint: no server is called opn.example; did you mean `open.example`?\n",
    ]);
  });

  it("writes to a file, and the score beside", () => {
    const { stdout, stderr } = nginxLint(["checklist", "-f", "markdown", "-o", "out.md", "nginx.conf"], {
      cwd,
    });
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^\d+ of \d+ pass · 1 fail · .*\n$/);
    expect(readFileSync(join(cwd, "out.md"), "utf8")).toContain("**fails** — server-tokens for open.example");
  });

  it("answers about a site that lies beside a configuration without servers", () => {
    const image = directoryOf({
      "nginx.conf": "events {}\nhttp { include /etc/nginx/conf.d/*.conf; }\n",
      "default.conf": "server { listen 80; return 404; }\n",
    });
    const { stdout } = nginxLint(["checklist", "-f", "json"], { cwd: image });
    const { items } = JSON.parse(stdout);
    const tokens = items.find(({ id }: { id: string }) => id === "headers.server-tokens");
    expect(tokens.places).toMatchObject([{ file: "default.conf" }]);
  });

  it("answers about parts and several paths together, and names what it leaves out", () => {
    const site = (name: string, tokens: string) =>
      `events {}\nhttp { server_tokens ${tokens}; server { listen 80; server_name ${name}; return 404; } }\n`;
    const two = directoryOf({
      "conf.d/a.conf": "server { listen 80; server_name a.example; server_tokens off; return 404; }\n",
      "conf.d/b.conf": "server { listen 80; server_name b.example; server_tokens on; return 404; }\n",
      "dev/nginx.conf": site("dev.example", "on"),
      "live/nginx.conf": site("live.example", "off"),
    });
    const ask = (...args: string[]) => {
      const { stdout, stderr } = nginxLint(["checklist", "-f", "json", ...args], { cwd: two });
      const { items } = JSON.parse(stdout === "" ? '{"items":[]}' : stdout);
      const tokens = items.find(({ id }: { id: string }) => id === "headers.server-tokens");
      return [tokens?.status, tokens?.places.map(({ file }: { file: string }) => file), stderr];
    };
    expect(ask("conf.d")).toEqual(["fail", ["conf.d/b.conf"], ""]);
    expect(ask("live", "conf.d/a.conf")[0]).toBe("pass");
    expect(ask("live", "dev")).toEqual(["fail", ["dev/nginx.conf"], ""]);
    expect(ask("--server", "live.example", "live", "dev")[0]).toBe("pass");
    expect(ask("--server", "no.example", "live", "dev")[2]).toContain("no server is called no.example");
    expect(ask(".")[2]).toBe(
      "nginx-lint: not answered about: live/nginx.conf, conf.d/a.conf, conf.d/b.conf (name what is meant)\n",
    );
  });

  it("answers all items in JSON, of whatever it is given", () => {
    for (const path of ["nginx.conf", "part.conf"]) {
      const { stdout } = nginxLint(["checklist", "-f", "json", path], { cwd });
      const { version, items } = JSON.parse(stdout);
      expect([version, items.length]).toEqual([1, 57]);
      for (const item of items)
        expect(Object.keys(item).sort()).toEqual([
          "chapter",
          "id",
          "places",
          "reason",
          "rules",
          "status",
          "title",
        ]);
    }
  });
});

describe("nginx-lint rules --preset", () => {
  const listed = (preset: string): string[] => {
    const { stdout } = nginxLint(["rules", "-f", "json", "--preset", preset]);
    return JSON.parse(stdout).map(({ id }: { id: string }) => id);
  };

  it("lists what a run with the preset asks", () => {
    const [recommended, app, strict] = ["recommended", "django-react", "strict"].map(listed);
    expect(app).toEqual(expect.arrayContaining([...(recommended ?? []), "log-json"]));
    expect(recommended).not.toContain("log-json");
    expect(strict).toEqual(
      JSON.parse(nginxLint(["rules", "-f", "json"]).stdout).map(({ id }: { id: string }) => id),
    );
    expect(listed("security")).not.toContain("spa-missing-try-files");
  });

  it.each(["recommended", "security", "django-react", "strict"])(
    "counts what --print-config turns on and the page of presets says: %s",
    (preset) => {
      const cwd = directoryOf({ "nginx.conf": "events {}\n" });
      const { stdout } = nginxLint(["--preset", preset, "--print-config", "-f", "json", "."], { cwd });
      const { settings }: { settings: { key: string; value: unknown }[] } = JSON.parse(stdout).files[0];
      const on = settings.filter(({ key, value }) => /^rules\.[\w-]+$/.test(key) && value !== "off");
      expect(on.map(({ key }) => key.slice("rules.".length)).sort()).toEqual(listed(preset).sort());
      const lines = readFileSync(join(REPOSITORY, "docs/presets.md"), "utf8").split("\n");
      const cells = (head: string) => lines.find((line) => line.startsWith(head))?.split("|") ?? [];
      expect(Number(cells("| **all**")[cells("| | rec").indexOf(` ${preset} `)])).toBe(on.length);
    },
  );
  it("and `rule` names every preset that turns a rule on", () => {
    expect(nginxLint(["rule", "syntax"]).stdout).toMatch(
      /^presets +recommended, django-react, security, strict$/m,
    );
  });
});
