/**
 * What somebody could write to make the linter slow: each case in two sizes. Twice the text shall take at most twice the time
 * and memory, start-up apart. Whoever finds another way adds it here.
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const inHttp = (text) => ({ "nginx.conf": `events {}\nhttp {\n${text}}\n` });
const inServer = (text) => inHttp(`server {\n${text}}\n`);
/** As many lines as fit into a size, by their number. */
function lines(size, line) {
  let text = "";
  for (let i = 0; text.length < size; i++) text += line(i);
  return text;
}
const quad = (i) => `${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;

const json = (value) => JSON.stringify(value);
const SETTINGS = ".nginx-lint.json";
/** What standard input holds instead of a tree. */
const INPUT = "-";

/** By name, the files of a tree of about so many characters. Settings have a limit of their own, so that some cases grow up to it. */
const CASES = {
  servers: (size) =>
    inHttp(
      lines(size, (i) => `server { listen 80; server_name s${i}.example; location / { return 204; } }\n`),
    ),
  tlsServers: (size) =>
    inHttp(
      lines(
        size,
        (i) =>
          `server { listen 443 ssl; server_name s${i}.example; ssl_certificate c; ssl_certificate_key k; location / { proxy_pass http://127.0.0.1:3000; } }\n`,
      ),
    ),
  http2Servers: (size) =>
    inHttp(
      lines(
        size,
        (i) => `server { listen 443 ssl http2; server_name s${i}; if ($host = a) { return 204; } }\n`,
      ),
    ),
  emptyServers: (size) => inHttp(lines(size, () => "server {}\n")),
  sameServers: (size) =>
    inHttp(lines(size, () => "server { listen 80; server_name a.example; root /srv; }\n")),
  unknown: (size) => inHttp(lines(size, (i) => `foo_${i} ab;\n`)),
  unknownSame: (size) => inHttp(lines(size, () => "foo bar;\n")),
  regexes: (size) => inServer(lines(size, (i) => `location ~ ^/a${i}/(x|y)+$ { return 204; }\n`)),
  regexNames: (size) => inHttp(lines(size, (i) => `server { server_name ~^a${i}\\.(x|y)+$; }\n`)),
  sets: (size) => inServer(`set $v0 a;\n${lines(size, (i) => `set $v${i + 1} "$v${i}b";\n`)}`),
  lostHeaders: (size) =>
    inServer(
      lines(size / 2, (i) => `add_header X-H${i} v;\n`) +
        lines(size / 2, (i) => `location /l${i} { add_header A b; }\n`),
    ),
  locations: (size) =>
    inServer(lines(size, (i) => `location /p${i}/ { root /srv/${i}; try_files $uri =404; }\n`)),
  proxies: (size) =>
    inServer(lines(size, (i) => `location /p${i}/ { proxy_pass http://b${i}.example:80/; }\n`)),
  sameLocations: (size) => inServer(lines(size, () => "location /a { root /b; }\n")),
  nestedBelowRegexes: (size) =>
    inServer(
      lines(size / 2, (i) => `location ~ ^.*w${i}.*v$ { return 204; }\n`) +
        lines(size / 2, (i) => `location /q${i}/ { location /q${i}/a/ { root /srv; } }\n`),
    ),
  nested: (size) =>
    inServer(
      lines(
        size,
        (i) =>
          `${Array.from({ length: 50 }, (_, depth) => `location /${i}${"/d".repeat(depth)} {`).join("")}${"}".repeat(50)}\n`,
      ),
    ),
  upstreams: (size) =>
    inHttp(lines(size, (i) => `upstream u${i} { server 127.0.0.1:${(i % 60000) + 1}; keepalive 4; }\n`)),
  upstreamServers: (size) =>
    inHttp(
      `upstream u {\n${lines(size, () => "server 127.0.0.1:80;\n")}}\nserver { location / { proxy_pass http://u; } }\n`,
    ),
  maps: (size) => inHttp(lines(size, (i) => `map $m${i} $m${i + 1} { default $m${i}x; a b; }\n`)),
  mapEntries: (size) =>
    inHttp(
      `map $uri $x {\n${lines(size, (i) => `~^/a${i}/(.*)$ /b${i}/$1;\n`)}}\nserver { return 301 $x; }\n`,
    ),
  geo: (size) =>
    inHttp(`geo $g {\n${lines(size, (i) => `10.${quad(i)} ${i};\n`)}}\nserver { return 200 $g; }\n`),
  types: (size) => inHttp(`types {\n${lines(size, (i) => `text/x${i} e${i};\n`)}}\nserver { root /srv; }\n`),
  rewrites: (size) => inServer(lines(size, (i) => `rewrite ^/a${i}/(.*)$ /b${i}/$1 last;\n`)),
  ifs: (size) =>
    inServer(`location / {\n${lines(size, (i) => `if ($arg_a${i} = "b") { set $x ${i}; }\n`)}}\n`),
  errorPages: (size) =>
    inServer(lines(size, (i) => `location /e${i} { error_page 404 /e${i + 1}; return 404; }\n`)),
  allows: (size) =>
    inServer(`${lines(size, (i) => `allow 10.${quad(i)};\n`)}deny all; location /status { stub_status; }\n`),
  names: (size) => inServer(`server_name ${lines(size, (i) => `n${i}.example\n`)};\n`),
  listens: (size) => inServer(lines(size, (i) => `listen 127.${quad(i)}:80;\n`)),
  portRanges: (size) => inHttp(lines(size, () => "server { listen 1-65535; }\n")),
  duplicates: (size) => inServer(lines(size, () => "root /srv/a;\n")),
  limits: (size) => inServer(lines(size, (i) => `limit_req zone=z${i};\n`)),
  limitsOfZones: (size) =>
    inHttp(
      `${lines(size / 2, (i) => `limit_req_zone $arg_a${i} zone=z${i}:1m rate=1r/s;\n`)}server {\n${lines(size / 2, (i) => `limit_req zone=z${i};\n`)}}\n`,
    ),
  args: (size) => inHttp(`index ${lines(size, (i) => `f${i} `)};\n`),
  comments: (size) => inHttp(lines(size, () => "# x\n")),
  suppressions: (size) =>
    inHttp(lines(size, (i) => `# nginx-lint-disable-next-line unknown-directive -- x\nfoo${i} b;\n`)),
  quotes: (size) => inHttp(lines(size, () => 'a "b\n')),
  noSemicolons: (size) => inServer(lines(size, () => "root /srv\nlisten 80\n")),
  branches: (size) => inHttp(lines(size, () => "{% if x %}\nroot /a;\n{% else %}\nroot /b;\n{% endif %}\n")),
  placeholders: (size) => inHttp(lines(size, (i) => `server { server_name {{ n${i} }}; }\n`)),
  closes: (size) => inServer("}".repeat(size)),
  words: (size) => inServer(lines(size, () => "a\n")),
  sameNames: (size) => inServer(`server_name ${lines(size, () => "a\n")};\n`),
  sameListens: (size) => inServer(lines(size, () => "listen 1;\n")),
  addedHeaders: (size) =>
    inServer(`${lines(size, (i) => `add_header X-H${i} "v${i}";\n`)}location / { add_header A b; }\n`),
  aliases: (size) => inServer(lines(size, (i) => `location /a${i} { alias /srv/a${i}/; }\n`)),
  redirects: (size) => inServer(lines(size, (i) => `location = /r${i} { return 301 /r${i + 1}; }\n`)),
  tries: (size) => inServer(`location / { try_files ${lines(size, (i) => `/a${i} `)} =404; }\n`),
  geoDeletes: (size) =>
    inHttp(
      `geo $g {\n${lines(size / 2, (i) => `10.${quad(i)} 1;\n`)}${lines(size / 2, (i) => `delete 10.${quad(i)};\n`)}}\nserver { return 200 $g; }\n`,
    ),
  longPattern: (size) => inServer(`location ~ ^/(${lines(size, (i) => `a${i}|`)}b)$ { return 204; }\n`),
  longWord: (size) => inServer(`root /${"a".repeat(size)};\n`),
  lua: (size) => inServer(`content_by_lua_block {\n${lines(size, () => "x = 1\n")}}\n`),
  includes: (size) => ({
    ...inHttp(lines(size, () => "include a.conf;\n")),
    "a.conf": "server { listen 80; }\n",
  }),
  includesMissing: (size) => inHttp(lines(size, (i) => `include no${i}.conf;\n`)),
  includesDoubled: () => ({
    ...inHttp("include l0.conf;\n"),
    ...Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`l${i}.conf`, `include l${i + 1}.conf;\n`.repeat(2)]),
    ),
    "l40.conf": "server { listen 80; }\n",
  }),
  snippet: (size) => ({
    ...inHttp(lines(size / 2, (i) => `server { server_name i${i}.example; include big.conf; }\n`)),
    "big.conf": lines(size / 2, (i) => `location /p${i} { return 204; }\n`),
  }),
  tinyFiles: (size) =>
    Object.fromEntries(
      Array.from({ length: size / 50 }, (_, i) => [
        `f${i}.conf`,
        `server { listen 80; server_name f${i}.example; }\n`,
      ]),
    ),
  fragments: (size) =>
    Object.fromEntries(
      Array.from({ length: size / 400 }, (_, i) => [
        `f${i}.conf`,
        `server { listen 80; server_name f${i}.example;\nlocation / { proxy_pass http://127.0.0.1:3000; proxy_set_header Host $host; }\nlocation /a/ { alias /srv/a${i}/; }\n}\n${"# padding\n".repeat(20)}`,
      ]),
    ),
  includesOfAll: (size) => ({
    ...inHttp(lines(size, () => "include d*;\n")),
    ...Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`d${i}`, ""])),
  }),
  fragmentsOfAll: (size) =>
    Object.fromEntries(
      Array.from({ length: size / 2_000 }, (_, i) => [
        `f${i}.conf`,
        `server { listen 80; server_name s${i}; }\n${"include *.conf;\n".repeat(125)}`,
      ]),
    ),
  fragmentsOfEarlier: (size) =>
    Object.fromEntries(
      Array.from({ length: Math.sqrt(size / 8) }, (_, i) => [
        `f${i}.conf`,
        `gzip on;\n${Array.from({ length: i }, (_, j) => `include f${j}.conf;\n`).join("")}`,
      ]),
    ),
  fragmentsMissing: (size) => ({
    "a.conf": `server {\n${lines(size, (i) => `include n${i};\n`)}}\n`,
  }),
  manyMains: (size) => ({
    "shared.inc": lines(size / 2, (i) => `server { listen 80; server_name s${i}.example; }\n`),
    ...Object.fromEntries(
      Array.from({ length: size / 100 }, (_, i) => [
        `${i}/nginx.conf`,
        "events {}\nhttp { include ../shared.inc; }\n",
      ]),
    ),
  }),
  nameCaptures: (size) =>
    inHttp(
      lines(size, (i) => `server { server_name ~^(?<a${i}>.+)\\.(.+)\\.(.+)$; root /srv/$a${i}/$2/$3; }\n`),
    ),
  limitZones: (size) =>
    inHttp(lines(size, (i) => `limit_req_zone $binary_remote_addr zone=z${i}:1m rate=1r/s;\n`)),
  commentFiles: (size) =>
    Object.fromEntries(
      Array.from({ length: size / 100_000 }, (_, i) => [`${i}.conf`, "# x\n".repeat(25_000)]),
    ),
  deepIncludes: (size) => inHttp(lines(size, (i) => `include /${i}${"/a".repeat(2_000)}/x.conf;\n`)),
  longValues: (size) => {
    const letters = [
      " ",
      "/",
      ",",
      "[",
      "(",
      "$",
      "${",
      "{",
      "=",
      "a",
      "a.",
      "a ",
      "1",
      "..",
      "http://",
      "~",
    ];
    const names = ["expires", "return 301", "add_header A", "location", "rewrite a", "set $a", "root", "if"];
    const value = (i) => letters[i % letters.length].repeat(4_000).slice(0, 4_000);
    return inServer(lines(size, (i) => `${names[(i >> 4) % names.length]} "${value(i)}!" {}\n`));
  },
  suppressedComments: (size) =>
    inHttp(lines(size, () => "# nginx-lint-disable-next-line root-missing -- x\n")),
  overrides: (size) => {
    const count = Math.min(2_400, size / 400);
    const own = (i) => ({ files: `f${i}.conf`, assume: { metricsPaths: [`/m${i}`] } });
    return {
      ...inHttp("include f*.conf;\n"),
      ...Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`f${i}.conf`, `server { listen 80; server_name f${i}; }\n`]),
      ),
      [SETTINGS]: json({ overrides: Array.from({ length: count }, (_, i) => own(i)) }),
    };
  },
  extendsDoubled: () => ({
    ...inHttp("server {}\n"),
    ...Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [
        i === 0 ? SETTINGS : `l${i}.json`,
        json({ extends: [`./l${i + 1}.json`, `./l${i + 1}.json`] }),
      ]),
    ),
    "l40.json": json({ overrides: [{ files: "a.conf", rules: { "alias-traversal": "off" } }] }),
  }),
  globs: (size) => ({
    ...Object.fromEntries(Array.from({ length: size / 200 }, (_, i) => [`f${i}.conf`, "listen 80;\n"])),
    [SETTINGS]: json({ exclude: Array.from({ length: 4_000 }, (_, i) => `**/{a,b}*[c-d]${i}/**/*.x`) }),
  }),
  baselineOfLists: (size) => ({
    ...inHttp("server {}\n"),
    [SETTINGS]: json({ baseline: "b.json" }),
    "b.json": `{"version":1,"findings":${"[".repeat(size / 2)}${"]".repeat(size / 2)}}`,
  }),
  baselineOfMessage: (size) => ({
    ...inHttp("server {}\n"),
    [SETTINGS]: json({ baseline: "b.json" }),
    "b.json": `{"version":1,"findings":[{"message":"${"a".repeat(size)}"}]}`,
  }),
  dump: (size) => ({
    [INPUT]: `# configuration file /etc/nginx/nginx.conf:\nevents {}\nhttp { include /etc/nginx/*.conf; }\n${lines(
      size,
      (i) => `# configuration file /etc/nginx/${i}.conf:\nserver { listen 80; server_name s${i}; }\n`,
    )}`,
  }),
  dumpOfPatterns: (size) => ({
    [INPUT]: `# configuration file /etc/nginx/nginx.conf:\nevents {}\nhttp {\n${lines(
      size / 2,
      (i) => `include /etc/nginx/*/*${i}*.conf;\n`,
    )}}\n${lines(size / 2, (i) => `# configuration file /etc/nginx/d/${i}.conf:\n`)}`,
  }),
};

/** What may be asked about a tree: the words before its path. */
const COMMANDS = {
  lint: ["-f", "json"],
  strict: ["--preset", "strict", "-f", "compact"],
  checklist: ["checklist", "-f", "json"],
  explain: ["explain", "/a1/b", "--attacker", "-f", "json"],
  fix: ["--fix=unsafe", "-f", "compact"],
  diff: ["--diff"],
  html: ["-f", "html"],
  sarif: ["-f", "sarif"],
};

/**
 * Prints a row for each case.
 *
 * @param folder for the trees
 * @param names of cases; null: all
 * @param size of the larger tree of each, in characters
 * @param command what is asked about them, by its name in `COMMANDS`
 */
export function printAdversarial(cli, folder, names, size, command) {
  const words = COMMANDS[command];
  if (words === undefined)
    throw new Error(`--command=${command}: one of ${Object.keys(COMMANDS).join(", ")}`);
  for (const [name, files] of Object.entries(CASES)) {
    if (names !== null && !names.includes(name)) continue;
    const [half, whole] = [size / 2, size].map((each) => measure([cli, ...words], folder, files(each)));
    const times = `${whole.seconds.toFixed(1)} s of CPU (${(whole.seconds / half.seconds).toFixed(1)} x)`;
    const memory = `${whole.mebibytes} MiB (${(whole.mebibytes / half.mebibytes).toFixed(1)} x)`;
    const status =
      whole.status > 2 ? `   ended with ${whole.status}` : whole.failed ? "   a rule failed" : "";
    console.log(`${name.padEnd(18)} ${times.padEnd(26)} ${memory}${status}`);
  }
}

function measure(command, folder, { [INPUT]: input, ...files }) {
  const directory = join(folder, "adversarial");
  mkdirSync(directory);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  if (input !== undefined) writeFileSync(join(folder, "in.txt"), input);
  const settings = SETTINGS in files ? [] : ["--no-config"];
  const run = [process.execPath, ...command, ...settings, input === undefined ? directory : INPUT];
  const [stdin, stdout] = [
    input === undefined ? "ignore" : openSync(join(folder, "in.txt"), "r"),
    openSync(join(folder, "out.txt"), "w"),
  ];
  const { stderr, status } = spawnSync("/usr/bin/time", ["-f", "%U %S %M", "timeout", "300", ...run], {
    encoding: "utf8",
    stdio: [stdin, stdout, "pipe"],
    maxBuffer: 1024 * 1024 * 1024,
  });
  for (const file of [stdin, stdout]) if (file !== "ignore") closeSync(file);
  rmSync(directory, { recursive: true });
  const [user, system, kibibytes] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
  const failed = /^nginx-lint: rule \S+ failed /m.test(stderr);
  return { seconds: user + system, mebibytes: Math.round(kibibytes / 1024), status, failed };
}
