#!/usr/bin/env node
/**
 * Writes `src/semantics/directives/directives.generated.ts` from three sources, the more exact one winning:
 * nginx's own command tables (`directives/command-tables.tsv`, see read-command-tables.mjs, and `module-tables.tsv`), the documentation as data
 * (`@nginx/reference-lib`), and what is kept by hand (`directives/corrections.mjs`, `directives/third-party.mjs`).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { getDirectives } from "@nginx/reference-lib";
import * as corrections from "./directives/corrections.mjs";
import { THIRD_PARTY } from "./directives/third-party.mjs";

const OUTPUT = new URL("../src/semantics/directives/directives.generated.ts", import.meta.url);
const TABLES = [
  new URL("directives/command-tables.tsv", import.meta.url),
  new URL("directives/module-tables.tsv", import.meta.url),
];

/** Modules that come with nginx; others in the command tables are third parties'. */
const HTTP_THIRD_PARTY =
  /^(ndk_|ngx_rtmp_|ngx_nchan_|ngx_http_(auth_pam|brotli|cache_purge|dav_ext|echo|fancyindex|geoip2|zstd|vhost_traffic_status|headers_more|js|lua|memc_|modsecurity|set_misc|srcache|subs_filter|uploadprogress|upstream_fair)|ngx_stream_(js|geoip2))/;

/** Modules that are none to a user; Debian keeps what it ported back from 1.29.8 (`max_headers`) apart. */
const OWNERS = { ngx_conf_module: "ngx_core_module", ngx_http_header_count_module: "ngx_http_core_module" };

const ALL_HTTP = "http,server,location,server-if,location-if,limit_except,upstream";
const ALL = {
  core: "main",
  events: "events",
  http: ALL_HTTP,
  stream: "stream,stream-server,stream-upstream",
  mail: "mail,mail-server",
};
const EVERYWHERE =
  "main,events,http,server,location,server-if,location-if,limit_except,upstream,stream,stream-server,stream-upstream,mail,mail-server,types,map,geo,split_clients,charset_map,match,stream-match,mgmt,oidc_provider,otel_exporter,acme_issuer,ldap_server,rtmp,rtmp-server,rtmp-application,rtmp-recorder";

function familyOf(contexts) {
  const [first] = contexts.split(",");
  if (contexts === EVERYWHERE || first === "main") return "core";
  if (first === "events" || first === "mgmt") return first === "events" ? "events" : "core";
  const prefix = /^(stream|mail|rtmp)(-|$)/.exec(first);
  return prefix ? prefix[1] : "http";
}

/** A kind of block by family. `upstream` in births means the block inside http and stream. */
function keys(family, name, contexts) {
  const keys = [`${family} ${name}`, name];
  if (/(^|-)upstream/.test(contexts)) keys.unshift(`upstream ${name}`);
  return keys;
}
function pick(record, family, name, contexts = "") {
  for (const key of keys(family, name, contexts)) if (Object.hasOwn(record, key)) return record[key];
  return undefined;
}

const births = {};
for (const [version, names] of Object.entries(corrections.BIRTHS)) {
  for (const name of names.split(" ")) births[name.replace(":", " ")] = version;
}

// --- the documentation ---

const DOCUMENTED_CONTEXTS = {
  http: {
    http: ["http"],
    server: ["server"],
    location: ["location"],
    "if in location": ["location-if"],
    if: ["server-if", "location-if"],
    limit_except: ["limit_except"],
    upstream: ["upstream"],
    acme_issuer: ["acme_issuer"],
    oidc_provider: ["oidc_provider"],
    main: ["main"],
  },
  stream: { stream: ["stream"], server: ["stream-server"], upstream: ["stream-upstream"], main: ["main"] },
  mail: { mail: ["mail"], server: ["mail-server"], main: ["main"] },
  core: {
    main: ["main"],
    events: ["events"],
    mgmt: ["mgmt"],
    http: ["http"],
    server: ["server"],
    location: ["location"],
    stream: ["stream"],
    mail: ["mail"],
    "": EVERYWHERE.split(","),
  },
};
function documentedFamily(module) {
  if (/^ngx_(http|otel)_/.test(module)) return "http";
  const match = /^ngx_(stream|mail)_/.exec(module);
  return match ? match[1] : "core";
}
function plain(html) {
  return html
    .replace(/<[^>]*>/g, "")
    .replace(/&hellip;/g, "...")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replaceAll("\u2026", "...")
    .trim();
}

const documentation = getDirectives().map((directive) => {
  const family = documentedFamily(directive.module);
  const contexts = directive.contexts.flatMap(
    (context) => DOCUMENTED_CONTEXTS[family][context] ?? fail(directive, context),
  );
  return {
    name: directive.name,
    module: directive.module,
    family: familyOf(contexts.join(",")),
    contexts: contexts.join(","),
    block: directive.isBlock,
    default: defaultOf(directive.default),
    syntax: directive.syntax.map(plain),
  };
});
function defaultOf(text) {
  const value = plain(text ?? "").replace(/\s+/g, " ");
  return value === "—" || value.length > 120 ? "" : value;
}
function fail(directive, context) {
  throw new Error(`${directive.module} ${directive.name}: context ${JSON.stringify(context)}`);
}

// --- facts, the exact ones first ---

const DEFAULTS = {
  edition: "open-source",
  args: "any",
  value: "custom",
  repeat: "?",
  block: "",
  default: "",
  exact: true,
};
const facts = new Map();
function add(fact) {
  const family = fact.family ?? familyOf(fact.contexts);
  const key = `${family} ${fact.name} ${/^(stream-)?upstream$/.test(fact.contexts) ? "upstream" : ""}${fact.contexts.startsWith("rtmp-") ? fact.contexts : ""}${/^(match|stream-match|otel_exporter|acme_issuer|oidc_provider|mgmt)$/.test(fact.contexts) ? fact.contexts : ""}`;
  const known = facts.get(key);
  if (known !== undefined && fact.twin)
    return void facts.set(`${key} twin`, { ...DEFAULTS, family, ...fact });
  if (known !== undefined) {
    if (known.exact && !fact.exact) return;
    if (known.exact && fact.exact) {
      known.contexts = [...new Set([...known.contexts.split(","), ...fact.contexts.split(",")])].join(",");
      return;
    }
  }
  facts.set(key, { ...DEFAULTS, family, ...fact });
}

/** What the tables say, with the corrections. */
function readingOf(row, family, contexts) {
  // ngx_conf_set_bufs_slot takes no buffer of size 0.
  if (row.value === "count size") return { args: row.args, value: "count size:1:" };
  const more = pick(corrections.MORE_ARGS, family, row.name, contexts);
  if (more !== undefined) return more;
  const kept = pick(corrections.VALUES, family, row.name);
  const checked = pick(corrections.POST_HANDLERS, family, row.name);
  if (checked !== undefined) return { args: row.args, value: checked };
  const literals = pick(corrections.MORE_LITERALS, family, row.name);
  const value = row.value === "custom" && kept !== undefined ? kept : row.value;
  return {
    args: row.args,
    value: literals === undefined ? value : value.replace(/(\*?)$/, `|${literals}$1`),
  };
}
for (const line of TABLES.flatMap((table) => readFileSync(table, "utf8").split("\n"))) {
  if (line === "" || line.startsWith("#")) continue;
  const [name, module, tableContexts, args, block, value, repeat] = line.split("\t");
  const contexts = tableContexts === "any" ? EVERYWHERE : tableContexts;
  const family = familyOf(contexts);
  add({
    name,
    module: OWNERS[module] ?? module,
    contexts,
    ...readingOf({ name, args, value }, family, contexts),
    block: block === "block" ? "yes" : "",
    repeat,
    edition: HTTP_THIRD_PARTY.test(module) ? "third-party" : "open-source",
  });
}
for (const group of corrections.ELSEWHERE) for (const name of group.names.split(" ")) add({ ...group, name });
for (const group of corrections.PROSE)
  for (const name of group.names.split(" ")) add({ repeat: "one", ...group, name });
for (const group of corrections.GONE) {
  for (const name of group.names.split(" ")) add({ ...group, name, exact: false });
}
for (const entry of documentation) {
  const newer =
    pick(corrections.NEWER, entry.family, entry.name) ??
    (/_socket_(rcv|snd)buf$/.test(entry.name) ? { args: "1", value: "size", repeat: "one" } : undefined);
  const isNew = newer !== undefined && pick(births, entry.family, entry.name) !== undefined;
  const edition = corrections.SEPARATE_MODULES.has(entry.module)
    ? "third-party"
    : isNew || entry.module === "ngx_google_perftools_module"
      ? "open-source"
      : "plus";
  const known = [...facts.values()].find(
    (fact) =>
      fact.name === entry.name && fact.family === entry.family && sameLevel(fact.contexts, entry.contexts),
  );
  if (known !== undefined) {
    known.default ||= entry.default;
    continue;
  }
  add({
    name: entry.name,
    module: entry.module,
    contexts: entry.contexts,
    block: entry.block ? "yes" : "",
    default: entry.default,
    edition,
    exact: isNew,
    ...(isNew ? newer : {}),
  });
}
/** Directives of an `upstream` or of a special block are others than those of the same name elsewhere. */
function sameLevel(a, b) {
  const special = (contexts) =>
    contexts.split(",").length === 1 && /upstream$|match$|exporter$|issuer$|provider$|^mgmt$/.test(contexts)
      ? contexts
      : "";
  return special(a) === special(b) || a.split(",").includes(b);
}
for (const group of THIRD_PARTY) {
  const contexts = ALL[group.family];
  const common = {
    module: group.module,
    family: group.family,
    contexts: group.contexts ?? contexts,
    twin: group.twin,
    edition: "third-party",
    exact: false,
  };
  for (const name of group.names.split(/\s+/).filter(Boolean)) add({ ...common, name });
  for (const name of (group.lua ?? "").split(/\s+/).filter(Boolean)) add({ ...common, name, block: "lua" });
  for (const [name, opens] of Object.entries(group.blocks ?? {}))
    add({ ...common, name, block: "yes", opens });
}

// --- what follows from them ---

const ENTRIES = /^(types|map|geo|split_clients|charset_map|ldap_server)$/;
function blockOf(fact) {
  if (fact.block === "lua" || /_by_lua_block$/.test(fact.name)) return ["lua", ""];
  if (fact.block === "") return ["", ""];
  const opens = fact.opens ?? corrections.OPENS[`${fact.family} ${fact.name}`] ?? "unknown";
  return [ENTRIES.test(opens) ? "entries" : "directives", opens];
}
function repeats(fact) {
  if (corrections.ENDS[fact.name]?.deprecated === "1.25.1") return true; // their setter does nothing any more
  if (fact.repeat !== "?") return fact.repeat === "many";
  return !(corrections.ONCE.has(fact.name) || corrections.ONCE_IN.has(`${fact.family} ${fact.name}`));
}
/** Directives that stand at one level only have nothing to inherit from; nested locations are the exception. */
function inheritanceOf(fact, repeatable) {
  if (corrections.NOT_INHERITED.has(fact.name) && fact.family !== "events") return "n";
  if (corrections.MERGED.has(fact.name)) return "m";
  const levels = fact.contexts.split(",").filter((context) => !/-if$|limit_except/.test(context));
  const nested = levels.includes("location") || levels.length > 1;
  if (!nested || fact.contexts === EVERYWHERE) return "n";
  if (fact.block !== "" && fact.name !== "types") return "n";
  return repeatable ? "l" : "s";
}

function dictionary() {
  const items = new Map();
  return {
    index(item) {
      if (!items.has(item)) items.set(item, items.size);
      return items.get(item).toString(36);
    },
    list: () => [...items.keys()],
  };
}
const [modules, contexts, values] = [dictionary(), dictionary(), dictionary()];
const EDITIONS = { "open-source": "o", plus: "p", "third-party": "t" };
const BLOCKS = { "": "-", directives: "d", entries: "e", lua: "l" };
let previous = "";
const lines = [...facts.values()]
  .sort((a, b) => (a.name === b.name ? (a.family < b.family ? -1 : 1) : a.name < b.name ? -1 : 1))
  .map((fact) => {
    const [block, opens] = blockOf(fact);
    const repeatable = repeats(fact);
    const end = pick(corrections.ENDS, fact.family, fact.name) ?? fact;
    const openSource = fact.edition === "open-source";
    const since = openSource ? (pick(births, fact.family, fact.name, fact.contexts) ?? "") : "";
    const flags =
      EDITIONS[fact.edition] +
      BLOCKS[block] +
      inheritanceOf(fact, repeatable) +
      (repeatable ? "+" : "1") +
      (fact.exact ? "x" : "?");
    const fields = [
      fact.name === previous ? "" : fact.name,
      flags,
      fact.family[0] === "e" ? "e" : fact.family[0],
      modules.index(fact.module),
      contexts.index(fact.contexts),
      fact.args,
      values.index(fact.value),
      opens,
      fact.default,
      since,
      end.deprecated ?? "",
      end.removed ?? "",
      end.instead ?? "",
      openSource ? (pick(corrections.EARLIER_DEFAULTS, fact.family, fact.name, fact.contexts) ?? "") : "",
    ];
    previous = fact.name;
    if (fields.some((field) => field.includes("~"))) throw new Error(`"~" in ${fields}`);
    return fields.join("~").replace(/~+$/, "");
  });

/** `name family arguments`, in the words of src/semantics/directives/variable-arguments.ts. */
const variableArguments = readFileSync(new URL("directives/variable-arguments.tsv", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.replaceAll("\t", " "));

const source = `// Generated by scripts/generate-directives.mjs. Do not edit: corrections go to scripts/directives/.

/** The names of the modules, by index (base 36 in the table). */
export const MODULES =
  ${JSON.stringify(modules.list().join("\n"))};

/** The sets of contexts, by index. */
export const CONTEXTS =
  ${JSON.stringify(contexts.list().join(" "))};

/** The ways to read the arguments, by index. */
export const VALUES =
  ${JSON.stringify(values.list().join("\n"))};

/** One line per directive of a family; an empty name repeats the one before. See decode() in index.ts. */
export const TABLE =
  ${JSON.stringify(lines.join("\n"))};

/** The directives that look for variables: name, family and arguments. See variable-arguments.ts. */
export const VARIABLE_ARGUMENTS =
  ${JSON.stringify(variableArguments.join("\n"))};
`;
// A one-byte string takes half the memory and is searched faster.
if (/[^\n -~]/.test(lines.join("")))
  throw new Error(`not ASCII: ${lines.find((line) => /[^ -~]/.test(line))}`);
writeFileSync(OUTPUT, source);
const counts = Object.keys(EDITIONS).map(
  (edition) => `${[...facts.values()].filter((fact) => fact.edition === edition).length} ${edition}`,
);
console.log(`${lines.length} directives (${counts.join(", ")}), ${Math.round(source.length / 1024)} KB`);
