#!/usr/bin/env node
/**
 * Reads the `ngx_command_t` tables out of nginx binaries and dynamic modules (x86-64 ELF) and prints them as the rows
 * of `directives/command-tables.tsv`. This is what nginx itself looks at when it says "is not allowed here" and
 * "invalid number of arguments", and the slot functions tell how a value is read.
 *
 *   node scripts/read-command-tables.mjs 1.22.1:/usr/sbin/nginx 1.22.1:/usr/lib/nginx/modules/x.so 1.28.3:/opt/nginx
 *
 * The label before the colon is the nginx version. Rows of several binaries are united.
 */
import { readFileSync } from "node:fs";

/** Offsets in `ngx_module_t` and `ngx_command_t` (ngx_module.h, ngx_conf_file.h). */
const MODULE = { commands: 64, type: 72 };
const COMMAND = { size: 56, type: 16, set: 24, post: 48 };

const FAMILIES = new Map([
  [0x45524f43n, "core"],
  [0x464e4f43n, "core"],
  [0x544e5645n, "events"],
  [0x50545448n, "http"],
  [0x4d525453n, "stream"],
  [0x4c49414dn, "mail"],
  [0x504d5452n, "rtmp"],
]);

/** Meanings of the context bits above `NGX_MAIN_CONF`, lowest first. */
const CONTEXTS = {
  core: [],
  events: ["events"],
  http: ["http", "server", "location", "upstream", "server-if", "location-if", "limit_except"],
  stream: ["stream", "stream-server", "stream-upstream"],
  mail: ["mail", "mail-server"],
  rtmp: ["rtmp", "rtmp-server", "rtmp-application", "rtmp-recorder"],
};

/** How the slot functions of nginx read the arguments, in the notation of `directives/corrections.mjs`. */
const SLOTS = {
  ngx_conf_set_flag_slot: "flag",
  ngx_conf_set_str_slot: "text",
  ngx_conf_set_str_array_slot: "text",
  ngx_conf_set_keyval_slot: "text text",
  ngx_conf_set_num_slot: "number",
  ngx_conf_set_size_slot: "size",
  ngx_conf_set_off_slot: "offset",
  ngx_conf_set_msec_slot: "msec",
  ngx_conf_set_sec_slot: "sec",
  ngx_conf_set_bufs_slot: "count size",
  ngx_conf_set_path_slot: "path text*",
  ngx_conf_set_access_slot: "access*",
  ngx_http_set_complex_value_slot: "text",
  ngx_http_set_complex_value_zero_slot: "text",
  ngx_http_set_complex_value_size_slot: "size-or-variable",
  ngx_stream_set_complex_value_slot: "text",
  ngx_stream_set_complex_value_zero_slot: "text",
  ngx_stream_set_complex_value_size_slot: "size-or-variable",
  ngx_http_set_predicate_slot: "text*",
  ngx_http_types_slot: "text*",
  ngx_http_upstream_param_set_slot: "text text =if_not_empty",
  ngx_http_file_cache_valid_set_slot: "custom",
};

/** Slot functions that do not answer "is duplicate". */
const REPEATABLE = new Set([
  "ngx_conf_set_str_array_slot",
  "ngx_conf_set_keyval_slot",
  "ngx_conf_set_bitmask_slot",
  "ngx_http_set_predicate_slot",
  "ngx_http_types_slot",
  "ngx_http_upstream_param_set_slot",
  "ngx_http_file_cache_valid_set_slot",
]);

class Elf {
  constructor(path) {
    const data = readFileSync(path);
    this.data = data;
    this.segments = [];
    this.symbols = new Map();
    this.names = new Map();
    this.relocations = new Map();
    const u64 = (at) => Number(data.readBigUInt64LE(at));
    const [phoff, shoff] = [u64(0x20), u64(0x28)];
    for (let i = 0; i < data.readUInt16LE(0x38); i++) {
      const at = phoff + i * data.readUInt16LE(0x36);
      if (data.readUInt32LE(at) !== 1) continue;
      this.segments.push({
        offset: u64(at + 8),
        address: u64(at + 16),
        file: u64(at + 32),
        memory: u64(at + 40),
      });
    }
    const sections = Array.from({ length: data.readUInt16LE(0x3c) }, (_, i) => {
      const at = shoff + i * data.readUInt16LE(0x3a);
      return {
        type: data.readUInt32LE(at + 4),
        offset: u64(at + 24),
        size: u64(at + 32),
        link: data.readUInt32LE(at + 40),
      };
    });
    let dynamic = [];
    for (const section of sections.filter(({ type }) => type === 2 || type === 11)) {
      const strings = sections[section.link].offset;
      const entries = [];
      for (let at = section.offset; at < section.offset + section.size; at += 24) {
        const start = strings + data.readUInt32LE(at);
        const name = data.latin1Slice(start, data.indexOf(0, start));
        const defined = data.readUInt16LE(at + 6) !== 0;
        entries.push({ name, defined, value: u64(at + 8) });
        if (!defined || name === "") continue;
        this.symbols.set(name, u64(at + 8));
        const kind = data[at + 4] & 15;
        if ((kind === 1 || kind === 2) && !this.names.has(u64(at + 8))) this.names.set(u64(at + 8), name);
      }
      if (section.type === 11) dynamic = entries;
    }
    for (const section of sections.filter(({ type }) => type === 4)) {
      for (let at = section.offset; at < section.offset + section.size; at += 24) {
        const kind = data.readUInt32LE(at + 8);
        const addend = Number(data.readBigInt64LE(at + 16));
        if (kind === 8) this.relocations.set(u64(at), { address: addend });
        if (kind !== 1 && kind !== 6 && kind !== 7) continue;
        const symbol = dynamic[data.readUInt32LE(at + 12)];
        this.relocations.set(
          u64(at),
          symbol.defined ? { address: symbol.value + addend } : { symbol: symbol.name },
        );
      }
    }
  }
  offset(address) {
    const segment = this.segments.find((s) => s.address <= address && address < s.address + s.file);
    return segment === undefined ? null : address - segment.address + segment.offset;
  }
  number(address) {
    const at = this.offset(address);
    return at === null ? 0n : this.data.readBigInt64LE(at);
  }
  pointer(address) {
    return this.relocations.get(address) ?? { address: Number(this.number(address)) };
  }
  /** The name of the symbol that a pointer leads to. */
  symbolAt(address) {
    const pointer = this.pointer(address);
    return pointer.symbol ?? this.names.get(pointer.address) ?? null;
  }
  string(address, length) {
    const at = this.offset(address);
    if (at === null) return null;
    return this.data.latin1Slice(at, length === undefined ? this.data.indexOf(0, at) : at + length);
  }
  /** An `ngx_str_t`. */
  nginxString(address) {
    const length = Number(this.number(address));
    const text = this.pointer(address + 8).address;
    return length === 0 || length > 200 || !text ? null : this.string(text, length);
  }
}

function namesOfEnum(elf, address) {
  const names = [];
  for (let at = address; names.length < 100; at += 24) {
    const name = elf.nginxString(at);
    if (name === null) break;
    names.push(name);
  }
  return names.join("|");
}

function argumentsOf(type) {
  if (type & 0x400) return "any";
  if (type & 0x800) return "1+";
  if (type & 0x1000) return "2+";
  if (type & 0x200) return "1";
  return [0, 1, 2, 3, 4, 5, 6, 7].filter((n) => type & (1 << n)).join(",");
}

function contextsOf(type, family) {
  const bits = type >>> 24;
  if (bits === 0xff) return ["any"];
  const contexts = bits & 1 ? ["main"] : [];
  for (const [index, name] of CONTEXTS[family].entries()) if (bits & (2 << index)) contexts.push(name);
  return contexts;
}

function readingOf(elf, at, set) {
  const post = elf.pointer(at + COMMAND.post).address ?? 0;
  if (set === "ngx_conf_set_enum_slot") return `enum=${namesOfEnum(elf, post)}`;
  if (set === "ngx_conf_set_bitmask_slot") return `enum=${namesOfEnum(elf, post)}*`;
  const slot = SLOTS[set] ?? "custom";
  if (post && elf.symbolAt(post) === "ngx_conf_check_num_bounds") {
    return `${slot}:${elf.number(post + 8)}:${elf.number(post + 16)}`;
  }
  return slot;
}

function* commands(elf) {
  const modules = elf.symbols.get("ngx_modules");
  const names = elf.symbols.get("ngx_module_names");
  if (modules === undefined || names === undefined) throw new Error("not an nginx binary: no ngx_modules");
  for (let i = 0; ; i++) {
    const module = elf.pointer(modules + i * 8).address;
    if (!module) return;
    const moduleName = elf.string(elf.pointer(names + i * 8).address);
    const family = FAMILIES.get(elf.number(module + MODULE.type));
    const first = elf.pointer(module + MODULE.commands).address;
    if (!first || family === undefined) continue;
    for (let at = first; ; at += COMMAND.size) {
      const name = elf.nginxString(at);
      if (name === null) break;
      const type = Number(elf.number(at + COMMAND.type));
      const set = elf.symbolAt(at + COMMAND.set);
      yield {
        name,
        module: moduleName,
        contexts: contextsOf(type, family),
        args: argumentsOf(type),
        block: type & 0x100 ? "block" : "simple",
        value: readingOf(elf, at, set),
        repeat:
          SLOTS[set] || /_(enum|bitmask)_slot$/.test(set ?? "")
            ? REPEATABLE.has(set)
              ? "many"
              : "one"
            : "?",
      };
    }
  }
}

function unite(a, b) {
  const counts = [...new Set([...a.args.split(","), ...b.args.split(",")])].sort();
  return {
    ...b,
    contexts: [...new Set([...a.contexts, ...b.contexts])],
    args: counts.join(","),
    value: b.value === "custom" ? a.value : b.value,
    repeat: b.repeat === "?" ? a.repeat : b.repeat,
    versions: [...new Set([...a.versions, ...b.versions])],
  };
}

const rows = new Map();
for (const argument of process.argv.slice(2)) {
  const colon = argument.indexOf(":");
  const version = argument.slice(0, colon);
  for (const command of commands(new Elf(argument.slice(colon + 1)))) {
    const key = `${command.module} ${command.name} ${command.contexts.includes("main") ? "main" : ""}`;
    const row = { ...command, versions: [version] };
    const other = rows.get(key);
    rows.set(key, other === undefined ? row : unite(other, row));
  }
}
console.log("# name\tmodule\tcontexts\targs\tblock\tvalue\trepeat\tseen in");
for (const row of [...rows.values()].sort((a, b) => (a.module + a.name < b.module + b.name ? -1 : 1))) {
  const { name, module, contexts, args, block, value, repeat, versions } = row;
  console.log([name, module, contexts.join(","), args, block, value, repeat, versions.join(",")].join("\t"));
}
