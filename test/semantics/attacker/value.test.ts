/** What an attacker can put into a value, and which requests show it. */
import { describe, expect, it } from "vitest";
import {
  type AttackedValue,
  Configuration,
  Model,
  type Place,
  urlParts,
} from "../../../src/semantics/index.ts";
import { treeOf } from "../../tree.ts";

function placeIn(text: string, title: string): Place {
  const model = new Model(new Configuration(treeOf(`events {}\nhttp {\n${text}\n}\n`)), null);
  const place = model.places.find(({ context }) => context.opener?.args.join(" ") === title);
  if (place === undefined) throw new TypeError(`no ${title}`);
  return place;
}

/** The value of an argument in the location `title` of a server. */
function valueIn(argument: string, inside: string, title: string, outside = ""): AttackedValue {
  const text = `${outside} server { listen 80; server_name shop.example.org; ${inside} }
    server { listen 80 default_server; return 444; }`;
  const place = placeIn(text, title);
  const statement = place.context.statements.find(
    ({ args }) => args.at(-1) === argument && args[0] !== argument,
  );
  const until = statement !== undefined && /^(?:set|return|rewrite)$/.test(statement.name) ? statement : null;
  const value = place.value(argument, until);
  if (value === null) throw new TypeError("no server");
  return value;
}

/** `$uri:client`, `https://:operator`. */
function choosersOf({ parts }: AttackedValue): readonly string[] {
  return parts.map(({ written, chooser }) => `${written}:${chooser}`);
}

describe("who chooses a value", () => {
  const inside = "location /x { }";

  it.each([
    ["$uri", "client"],
    ["$request_uri", "client"],
    ["$args", "client"],
    ["$arg_next", "client"],
    ["$http_x_forwarded_host", "client"],
    ["$cookie_theme", "client"],
    ["$http_host", "client"],
    ["$remote_user", "client"],
    ["$ssl_client_s_dn", "secret"],
    ["$upstream_http_location", "upstream"],
    ["$sent_http_content_type", "upstream"],
    ["$remote_addr", "nginx"],
    ["$scheme", "nginx"],
    ["$server_name", "operator"],
    ["$some_module", "unknown"],
  ])("%s: %s", (argument, chooser) => {
    expect(valueIn(argument, inside, "/x").chooser).toBe(chooser);
  });

  it("tells the parts of a value apart", () => {
    expect(choosersOf(valueIn("https://shop.example.org$request_uri", inside, "/x"))).toEqual([
      "https://shop.example.org:operator",
      "$request_uri:client",
    ]);
  });

  it("knows that a server which is not the default one is asked for its own names", () => {
    const value = valueIn("$host", inside, "/x");
    expect(value.chooser).toBe("operator");
    expect(value.language.meets("\\Ashop\\.example\\.org\\z")).toBe(true);
    expect(value.language.meets("evil")).toBe(false);
  });

  it("lets clients choose the host of the default server", () => {
    const place = placeIn("server { listen 80; location /x { } }", "/x");
    expect(place.value("$host")?.chooser).toBe("client");
    expect(place.value("$host")?.clientsCanWrite("/")).toBe(false);
  });

  it("follows set, and what an if may set", () => {
    const sure = "location /x { set $target https://a.example; set $b $target$arg_b; }";
    expect(choosersOf(valueIn("$b", sure, "/x"))).toEqual(["https://a.example:operator", "$arg_b:client"]);
    const maybe = "location /x { set $t a; if ($arg_t) { set $t $arg_t; } }";
    expect(valueIn("$t", maybe, "/x").chooser).toBe("client");
    const never = "location /x { if ($arg_t) { set $t $arg_t; } set $t a; }";
    expect(valueIn("$t", never, "/x").chooser).toBe("operator");
  });

  it("follows maps: texts are the operator's, whoever picks", () => {
    const map = "map $arg_a $picked { default a; b b; } map $arg_a $free { default a; ~^b(.*)$ $1; }";
    const picked = valueIn("$picked", inside, "/x", map);
    expect([picked.chooser, picked.parts[0]?.pickedBy]).toEqual(["operator", "client"]);
    expect(picked.language.meets("^[^ab]")).toBe(false);
    expect(valueIn("$free", inside, "/x", map).chooser).toBe("client");
  });

  it("follows geo and split_clients", () => {
    const text = "geo $g { default a; 10.0.0.0/8 b; } split_clients $arg_a $s { 50% a; * b; }";
    expect(valueIn("$g$s", inside, "/x", text).chooser).toBe("operator");
  });

  it("is not led astray by a variable that sets itself, or doubles", () => {
    const doubling = Array.from({ length: 40 }, () => 'set $a "$a$a$arg_a";').join(" ");
    expect(valueIn("$a", `location /x { ${doubling} }`, "/x").chooser).not.toBe("operator");
    const round = "map $b $a { default $b; } map $a $b { default $a; }";
    expect(valueIn("$a", inside, "/x", round).parts).toHaveLength(1);
  });
});

describe("the bytes of a value", () => {
  it.each([
    ["$uri", true],
    ["$document_uri", true],
    ["$request_filename", true],
    ["$remote_user", true],
    ["$request_uri", false],
    ["$args", false],
    ["$arg_a", false],
    ["$http_a", false],
    ["$cookie_a", false],
    ["$http_host", false],
    ["$request", false],
  ])("a line feed in %s: %s", (argument, may) => {
    expect(valueIn(argument, "location /x { }", "/x").clientsCanWrite("\n")).toBe(may);
  });

  it.each([
    ["^/x/(.+)$", false, true],
    ["^/x/([^/]+)$", true, true],
    ["^/x/(?s)(.+)$", true, true],
    ["^/x/([^/\\s]+)$", false, false],
    ["^/x/(\\d+)$", false, false],
    ["^/x/((?:a|\\W)+)$", true, true],
  ])("the group of %s: LF %s, CR %s", (pattern, feed, carriage) => {
    const value = valueIn("$1", `location ~ "${pattern}" { }`, `~ ${pattern}`);
    expect([value.clientsCanWrite("\n"), value.clientsCanWrite("\r")]).toEqual([feed, carriage]);
  });

  it("knows that set and rewrite encode captures, and other directives do not", () => {
    const inside = 'location ~ "^/x/([^/]+)$" { set $a $1; }';
    expect(valueIn("$a", inside, "~ ^/x/([^/]+)$").clientsCanWrite("\n")).toBe(false);
    expect(
      valueIn("$1", 'location ~ "^/x/([^/]+)$" { return 301 /$1; }', "~ ^/x/([^/]+)$").clientsCanWrite("\n"),
    ).toBe(true);
  });

  it("has one URI in an exact location, unless it was changed", () => {
    expect(valueIn("$uri", "location = /x { }", "= /x").chooser).toBe("operator");
    expect(valueIn("$uri", "location = /x { rewrite ^ /y/$arg_a break; }", "= /x").chooser).toBe("client");
  });

  it("narrows a variable by the conditions on the way", () => {
    const inside = "location /x { if ($arg_a !~ ^[a-z]+$) { return 400; } add_header X $arg_a; }";
    expect(valueIn("$arg_a", inside, "/x").clientsCanWrite("/")).toBe(false);
  });
});

describe("the host of a URL", () => {
  it.each([
    ["$arg_a", ["$arg_a"], []],
    ["https://$arg_a/", ["$arg_a"], []],
    ["https://a.example$request_uri", [], ["$request_uri"]],
    ["https://a.example/$arg_a", [], ["$arg_a"]],
    ["https://a.example$arg_a", ["$arg_a"], []],
    ["$scheme://a.example:$arg_a/$arg_b", ["$arg_a"], ["$arg_b"]],
    ["/$arg_a", ["$arg_a"], []],
    ["/a$arg_a", [], ["$arg_a"]],
    ["//$arg_a", ["$arg_a"], []],
    ["http://127.0.0.1:8000?$args", [], ["$args"]],
  ])("%s", (argument, authority, path) => {
    const parts = urlParts(valueIn(argument, "location /x { }", "/x"));
    expect(parts.authority.map(({ written }) => written)).toEqual(authority);
    expect(parts.path.map(({ written }) => written)).toEqual(path);
  });
});

describe("requests that bring a text in", () => {
  it("puts it where the group of the pattern is", () => {
    const place = placeIn('server { listen 80; location ~ "^/a/([^/]+)/b$" { } }', "~ ^/a/([^/]+)/b$");
    const value = place.value("$1");
    const [first] = value === null ? [] : place.attempts(value, ["\r\nX: y"]);
    expect(first?.request.uri).toBe("/a/%0D%0AX:%20y/b");
  });

  it("fulfils the conditions around", () => {
    const text =
      "server { listen 80; location /x { if ($request_method = POST) { return 302 $cookie_a; } } }";
    const place = placeIn(text, "($request_method = POST)");
    const value = place.value("$cookie_a");
    const [first] = value === null ? [] : place.attempts(value, ["/y"]);
    expect(first?.request).toMatchObject({ method: "POST", headers: [["Cookie", "a=/y"]] });
  });
});
