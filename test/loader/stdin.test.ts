import { describe, expect, it } from "vitest";
import { focus, loadIn, main, names, plant, problems } from "./trees.ts";

function stdin(text: string, name?: string) {
  const bytes = Buffer.from(text);
  return { stdin: name === undefined ? { bytes } : { bytes, name } };
}

describe("standard input", () => {
  it("may be a whole configuration, of whose place nothing is known", async () => {
    const { trees } = await loadIn(plant({}), ["-"], stdin(main("include conf.d/a.conf;")));
    expect(trees[0]).toMatchObject({ fragment: false, entry: { name: "<stdin>" } });
    expect(problems(trees[0]).map(({ kind }) => kind)).toEqual(["outside-root"]);
  });

  it("may be a fragment", async () => {
    const { trees, writable } = await loadIn(plant({}), ["-"], stdin("location / { root /srv; }"));
    expect(trees[0]).toMatchObject({ fragment: true, top: "server" });
    expect(writable.size).toBe(0);
  });

  it("is not empty where nothing is wrong", async () => {
    for (const text of ["", " \r\n\t\n"]) {
      const { trees, problems } = await loadIn(plant({}), ["-"], stdin(text));
      expect(trees).toEqual([]);
      expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining("is empty")]);
    }
  });

  it("is what nginx says of a broken configuration", async () => {
    const said =
      'nginx: [emerg] unknown directive "gzipp" in /etc/nginx/nginx.conf:3\nnginx: configuration file /etc/nginx/nginx.conf test failed\n';
    for (const text of [said, `2026/01/02 03:04:05 [emerg] 7#7: unknown directive "gzipp"\n${said}`]) {
      const { trees, problems } = await loadIn(plant({}), ["-"], stdin(text));
      expect(trees).toEqual([]);
      expect(problems.map(({ message }) => message)).toEqual([
        expect.stringMatching(/what nginx says of a broken one: .*gzipp/),
      ]);
    }
  });

  it.each([
    [
      "nginx: the configuration file /a syntax is ok\nnginx: configuration file /a test is successful\n",
      "`nginx -T` prints",
    ],
    ["nginx: [warn] conflicting server name\n", "`nginx -T` prints"],
    ["angie: [emerg] unknown directive\n", "what nginx says of a broken one: angie: [emerg]"],
    [
      "bash: line 1: nginx: command not found\n",
      "holds no configuration: bash: line 1: nginx: command not found",
    ],
    ["Error response from daemon: No such container: web", "holds no configuration: Error response"],
    ["<html><body>502</body></html>", "holds no configuration: <html>"],
  ])("is what somebody says who should print a configuration: %j", async (text, message) => {
    const { trees, problems } = await loadIn(plant({}), ["-"], stdin(text));
    expect([trees, problems.map((each) => each.message)]).toEqual([[], [expect.stringContaining(message)]]);
  });

  it("may lack its semicolons", async () => {
    for (const text of ["user nginx", "gzip on\n", "foo;", "{"])
      expect((await loadIn(plant({}), ["-"], stdin(text))).problems).toEqual([]);
  });

  describe("as a dump", () => {
    const dump = (text: string, name = "/etc/nginx/nginx.conf") => `# configuration file ${name}:\n${text}\n`;
    const told = async (text: string) => {
      const { problems, leftOut } = await loadIn(plant({}), ["-"], stdin(text));
      return [
        ...problems.map(({ message }) => message),
        ...leftOut.map(({ name, reason }) => `${name}: ${reason}`),
      ];
    };

    it("has another one before it that is broken", async () => {
      expect(await told(`nginx: [emerg] x\n${dump(main(""))}`)).toEqual([
        "nginx says of a broken configuration, before it prints this one: nginx: [emerg] x",
      ]);
      expect(await told(`nginx: [alert] could not open error log file\n${dump(main(""))}`)).toEqual([]);
    });

    it("holds a file twice, which are several dumps, or something to hide", async () => {
      expect(await told(dump(main("")) + dump(main("gzipp on;")))).toEqual([
        "/etc/nginx/nginx.conf stands in the dump twice, with different texts: pass one `nginx -T` at a time",
      ]);
      // Old releases print a file for each include.
      const twice = dump(main("include a.conf;\ninclude a.conf;")) + dump("", "/etc/nginx/a.conf").repeat(2);
      expect(await told(twice)).toEqual([]);
    });

    it("holds a file that nothing includes", async () => {
      expect(await told(dump(main("")) + dump("stream {}", "x"))).toEqual([
        "x: in the dump, and included nowhere",
      ]);
    });
  });

  it("may be an empty file in an editor", async () => {
    const named = { stdin: { name: "a.conf", bytes: new Uint8Array() } };
    const { trees, problems } = await loadIn(plant({}), ["-"], named);
    expect(trees.map(names)).toEqual([["a.conf"]]);
    expect(problems).toEqual([]);
  });

  it("with a name is assumed to be the file, in the tree that includes it", async () => {
    const cwd = plant({ "nginx.conf": main("include conf.d/*.conf;"), "conf.d/a.conf": "gzip on;" });
    const { trees } = await loadIn(cwd, ["-"], stdin("gzip off;", "conf.d/a.conf"));
    expect(names(trees[0])).toEqual(["nginx.conf", "conf.d/a.conf"]);
    expect(focus(trees[0])).toEqual(["conf.d/a.conf"]);
    expect(trees[0]?.files[1]?.text).toBe("gzip off;");
  });

  it("that is no text is told", async () => {
    const { problems } = await loadIn(plant({}), ["-"], { stdin: { bytes: new Uint8Array(64) } });
    expect(problems).toEqual([{ path: "-", message: "<stdin> is not a text file" }]);
  });
});

const DUMP = `2026/01/02 03:04:05 [warn] 17#17: low address space randomization in /etc/nginx/nginx.conf:3
nginx: [warn] the "user" directive makes sense only with super-user privileges in /etc/nginx/nginx.conf:1
nginx: the configuration file /etc/nginx/nginx.conf syntax is ok
nginx: configuration file /etc/nginx/nginx.conf test is successful
# configuration file /etc/nginx/nginx.conf:
events {}
http {
    include mime.types;
    include /etc/nginx/conf.d/*.conf;
    include sites-enabled/*;
}

# configuration file /etc/nginx/mime.types:
types {}

# configuration file /etc/nginx/conf.d/B.conf:
gzip on;
# configuration file /etc/nginx/conf.d/a.conf:
server { listen 80; }

# configuration file /etc/nginx/sites-enabled/x:
server { listen 81; }

`;

describe("a dump of nginx -T", () => {
  it("is known from its headings and read as the files it was made of", async () => {
    const { trees, problems: failures } = await loadIn(plant({}), ["-"], stdin(DUMP));
    expect(failures).toEqual([]);
    expect(trees).toHaveLength(1);
    expect(names(trees[0])).toEqual([
      "/etc/nginx/nginx.conf",
      "/etc/nginx/mime.types",
      "/etc/nginx/conf.d/B.conf",
      "/etc/nginx/conf.d/a.conf",
      "/etc/nginx/sites-enabled/x",
    ]);
    expect(problems(trees[0])).toEqual([]);
  });

  it("gives each file byte for byte, so that lines are those of the file", async () => {
    const { trees } = await loadIn(plant({ dump: DUMP }), ["dump"]);
    const texts = trees[0]?.files.map(({ text }) => text);
    expect(texts?.slice(1)).toEqual([
      "types {}\n",
      "gzip on;",
      "server { listen 80; }\n",
      "server { listen 81; }\n",
    ]);
  });

  it("is known as a file from its parts, which nginx would not take one behind the other", async () => {
    const headed = DUMP.slice(DUMP.indexOf("# conf"));
    for (const name of ["dump.txt", "full.conf", "nginx.conf"]) {
      const { trees, doubts } = await loadIn(plant({ ".git/HEAD": "", [name]: headed }), [name]);
      expect(names(trees[0])).toHaveLength(5);
      expect(doubts).toEqual([]);
    }
  });

  it("is nothing that a comment in a file makes of it", async () => {
    const heading = (name: string) => `# configuration file ${name}:\n`;
    const one = `${heading("vendor/x.conf")}${main("include conf.d/*.conf;")}`;
    const cwd = plant({
      "nginx.conf": one,
      "two.conf": `${one}${heading("vendor/y.conf")}worker_processes 1;`,
      "tags.conf.j2": `${one}{% if x %}types {}{% endif %}`,
      "conf.d/a.conf": `${heading("vendor/x.conf")}server {}\n${heading("b")}server {}`,
      "conf.d/b.conf": `${heading("vendor/x.conf")}events {\n${heading("b")}server {}`,
    });
    const read = async (path: string) => {
      const { trees, doubts } = await loadIn(cwd, [path]);
      return [...trees.map(names), ...doubts];
    };
    expect(await read("nginx.conf")).toEqual([["nginx.conf", "conf.d/a.conf", "conf.d/b.conf"]]);
    const doubt = (name: string) =>
      `${name} is read as one file, as nginx would read it: pass it as standard input where it is a dump of several`;
    expect(await read("two.conf")).toEqual([
      ["two.conf", "conf.d/a.conf", "conf.d/b.conf"],
      doubt("two.conf"),
    ]);
    expect((await read("tags.conf.j2"))[0]).toContain("tags.conf.j2");
    expect((await read("conf.d/a.conf"))[0]).toContain("nginx.conf");
    expect((await read("conf.d/b.*"))[0]).toEqual(["conf.d/b.conf"]);
    const named = await loadIn(cwd, ["-"], stdin(one, "nginx.conf"));
    expect(named.trees.map(names)).toEqual([["nginx.conf", "conf.d/a.conf", "conf.d/b.conf"]]);
    expect(named.input).toEqual({ name: "nginx.conf", encoding: "utf8" });
  });

  it("reads nothing of this machine", async () => {
    const text = DUMP.replace("mime.types;", "proxy_params;");
    const { trees } = await loadIn(plant({}), ["-"], stdin(text));
    expect(problems(trees[0])).toEqual([
      { kind: "missing", message: "/etc/nginx/proxy_params is not in the dump" },
    ]);
  });
});
