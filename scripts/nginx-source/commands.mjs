/** What the C source of nginx says of directives: its `ngx_command_t` tables, and the defaults in the functions that merge. */

const FAMILIES = [
  ["NGX_HTTP_", "http"],
  ["NGX_STREAM_", "stream"],
  ["NGX_MAIL_", "mail"],
  ["NGX_EVENT_", "events"],
];

const CONTEXTS = {
  NGX_MAIN_CONF: "main",
  NGX_EVENT_CONF: "events",
  NGX_HTTP_MAIN_CONF: "http",
  NGX_HTTP_SRV_CONF: "server",
  NGX_HTTP_LOC_CONF: "location",
  NGX_HTTP_UPS_CONF: "upstream",
  NGX_HTTP_SIF_CONF: "server-if",
  NGX_HTTP_LIF_CONF: "location-if",
  NGX_HTTP_LMT_CONF: "limit_except",
  NGX_STREAM_MAIN_CONF: "stream",
  NGX_STREAM_SRV_CONF: "stream-server",
  NGX_STREAM_UPS_CONF: "stream-upstream",
  NGX_MAIL_MAIN_CONF: "mail",
  NGX_MAIL_SRV_CONF: "mail-server",
};

const COUNTS = {
  NGX_CONF_NOARGS: [0],
  NGX_CONF_FLAG: [1],
  NGX_CONF_1MORE: "1+",
  NGX_CONF_2MORE: "2+",
  NGX_CONF_ANY: "any",
};

/**
 * The directives of one source file: family, contexts, arity (`1,2`, `2+`, `any`), the function that reads the arguments,
 * and the default of a flag, a number, a size or a time where a merge function names it.
 */
export function readCommands(source) {
  const text = withoutComments(source);
  const defaults = readDefaults(text);
  const commands = [];
  for (const [, table] of text.matchAll(/\bngx_command_t\s+\w+\[\]\s*=\s*\{(.*?)ngx_null_command/gs)) {
    for (const [, name, flags, setter, rest] of table.matchAll(
      /\{\s*ngx_string\("(\w+)"\)\s*,\s*([A-Z0-9_|\s]+?)\s*,\s*(\w+)\s*,(.*?)\}\s*,/gs,
    )) {
      const words = flags.split("|").map((word) => word.trim());
      const family = FAMILIES.find(([prefix]) => flags.includes(prefix))?.[1] ?? "core";
      const contexts = words.flatMap((word) => CONTEXTS[word] ?? []);
      const field = /offsetof\(\s*(\w+)\s*,\s*([\w.]+)\s*\)/.exec(rest);
      commands.push({
        name,
        family,
        contexts: words.includes("NGX_ANY_CONF") ? ["any"] : contexts,
        args: arityOf(words),
        isBlock: words.includes("NGX_CONF_BLOCK"),
        setter,
        default: field === null ? null : writtenDefault(setter, defaults.get(field[2])),
      });
    }
  }
  return commands;
}

function withoutComments(source) {
  return source.replace(/\/\*.*?\*\//gs, "");
}

/** `NGX_CONF_TAKE13` is one argument or three. */
function arityOf(words) {
  const counts = new Set();
  for (const word of words) {
    const known = COUNTS[word];
    if (typeof known === "string") return known;
    for (const count of known ?? []) counts.add(count);
    const take = /^NGX_CONF_TAKE(\d+)$/.exec(word)?.[1];
    for (const digit of take ?? "") counts.add(Number(digit));
  }
  return [...counts].sort((a, b) => a - b).join(",");
}

/** By field: the last argument of `ngx_conf_merge_…(conf->field, prev->field, default)` and of `ngx_conf_init_…`. */
function readDefaults(text) {
  const found = new Map();
  const merged =
    /ngx_conf_merge_(?:\w+_)?value\(\s*conf->([\w.]+)\s*,\s*prev->[\w.]+\s*,\s*([^;]+?)\s*\)\s*;/g;
  const set = /ngx_conf_init_(?:\w+_)?value\(\s*\w+->([\w.]+)\s*,\s*([^;]+?)\s*\)\s*;/g;
  for (const pattern of [merged, set]) {
    for (const [, field, value] of text.matchAll(pattern)) found.set(field, value);
  }
  return found;
}

/** As a configuration would have it; null where the C is not a plain number. */
function writtenDefault(setter, value) {
  if (value === undefined || !/^[\d\s*()]+$|^\(size_t\)\s*[\d\s*]+$/.test(value)) return null;
  const number = value
    .replace("(size_t)", "")
    .replace(/[()]/g, "")
    .split("*")
    .reduce((product, factor) => product * Number(factor), 1);
  switch (setter) {
    case "ngx_conf_set_flag_slot":
      return number === 0 ? "off" : "on";
    case "ngx_conf_set_msec_slot":
      return String(number);
    case "ngx_conf_set_sec_slot":
      return String(number * 1000);
    case "ngx_conf_set_num_slot":
    case "ngx_conf_set_size_slot":
    case "ngx_conf_set_off_slot":
      return String(number);
    default:
      return null;
  }
}

/** The setter of flags and numbers, in the words of the directive table. */
export const KIND_OF_SETTER = {
  ngx_conf_set_flag_slot: "flag",
  ngx_conf_set_num_slot: "number",
  ngx_conf_set_size_slot: "size",
  ngx_conf_set_off_slot: "offset",
  ngx_conf_set_msec_slot: "msec",
  ngx_conf_set_sec_slot: "sec",
  ngx_conf_set_bufs_slot: "count",
};
