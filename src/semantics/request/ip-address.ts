/**
 * IP addresses and networks as `allow`, `geo`, `listen` and `set_real_ip_from` compare them: by their bytes. Packages for
 * addresses also read `127.1` and `0x7f000001`, which nginx (`ngx_inet_addr`) refuses.
 */
import { append } from "../../lists/index.ts";

/** 4 or 16 bytes, most significant first. */
export type IpAddress = readonly number[];

export interface Network {
  readonly address: IpAddress;
  /** How many leading bits count. */
  readonly bits: number;
}

/** Reads `192.0.2.1` or `2001:db8::1` (brackets allowed); null where it is neither. */
export function readIpAddress(text: string): IpAddress | null {
  const bare = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
  return bare.includes(":") ? readIpv6(bare) : readIpv4(bare);
}

function readIpv4(text: string): IpAddress | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) return null;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte < 256) ? bytes : null;
}

function readIpv6(text: string): IpAddress | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const head = readGroups(halves[0] ?? "");
  const tail = halves.length === 2 ? readGroups(halves[1] ?? "") : [];
  if (head === null || tail === null) return null;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 2 ? missing < 2 : missing !== 0) return null;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function readGroups(text: string): number[] | null {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [index, group] of groups.entries()) {
    if (group.includes(".") && index === groups.length - 1) {
      const embedded = readIpv4(group);
      if (embedded === null) return null;
      append(bytes, embedded);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return null;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}

/** Reads an address or `address/bits`; null where it is neither. */
export function readNetwork(text: string): Network | null {
  const slash = text.indexOf("/");
  const address = readIpAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === null) return null;
  if (slash < 0) return { address, bits: address.length * 8 };
  const bits = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > address.length * 8) return null;
  return { address, bits: Number(bits) };
}

/** Whether the address is in the network. An IPv4-mapped IPv6 address counts as IPv4, as nginx has it. */
export function isInNetwork(address: IpAddress, network: Network): boolean {
  const plain = withoutMapping(address);
  if (plain.length !== network.address.length) {
    return address.length === network.address.length && hasPrefix(address, network);
  }
  return hasPrefix(plain, network);
}

function hasPrefix(address: IpAddress, { address: base, bits }: Network): boolean {
  for (let index = 0, left = bits; left > 0; index++, left -= 8) {
    const mask = left >= 8 ? 0xff : (0xff << (8 - left)) & 0xff;
    if (((address[index] ?? 0) & mask) !== ((base[index] ?? 0) & mask)) return false;
  }
  return true;
}

function withoutMapping(address: IpAddress): IpAddress {
  const isMapped =
    address.length === 16 &&
    address[10] === 0xff &&
    address[11] === 0xff &&
    address.slice(0, 10).every((byte) => byte === 0);
  return isMapped ? address.slice(12) : address;
}

/** Equal for equal addresses, however they are written. */
export function addressKey(address: IpAddress): string {
  return address.join(".");
}

export function isInAny(address: string, networks: readonly Network[]): boolean {
  const bytes = readIpAddress(address);
  return bytes !== null && networks.some((network) => isInNetwork(bytes, network));
}

/**
 * The client's address in a list that trusted proxies wrote (`ngx_http_get_forwarded_addr`): the last one, or the last one that
 * is no proxy itself. Null where the connection comes from no trusted proxy, or nothing readable is written.
 */
export function addressFrom(
  list: string,
  connected: string,
  isTrusted: (address: string) => boolean,
  recursive: boolean,
): string | null {
  if (!isTrusted(connected)) return null;
  let address: string | null = null;
  const written = list.split(/[ ,]+/).filter((text) => text !== "");
  for (let text = written.pop(); text !== undefined; text = written.pop()) {
    const bare = withoutPort(text);
    if (readIpAddress(bare) === null) break;
    address = bare;
    if (!recursive || !isTrusted(bare)) break;
  }
  return address;
}

function withoutPort(text: string): string {
  const bracket = /^\[(.*)\](?::\d+)?$/.exec(text);
  if (bracket?.[1] !== undefined) return bracket[1];
  return /^[\d.]+:\d+$/.test(text) ? text.slice(0, text.indexOf(":")) : text;
}

/** Whether every address of the network `inner` is one of `outer`, both as `allow` and `deny` write them. */
export function coversNetwork(outer: string, inner: string): boolean {
  if (outer === "all" || outer === inner) return true;
  const [wide, narrow] = [readNetwork(outer), readNetwork(inner)];
  return wide !== null && narrow !== null && wide.bits <= narrow.bits && isInNetwork(narrow.address, wide);
}

/** Networks of no public host: private, shared, of the machine or the link, of documentation, multicast (RFC 6890, RFC 1112). */
const SPECIAL = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.2.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
  "::/127",
  "fc00::/7",
  "fe80::/10",
  "2001:db8::/32",
].flatMap((text) => readNetwork(text) ?? []);

/** An address of a host on the public internet, with or without a port; false for names. */
export function isPublicAddress(text: string): boolean {
  const bare = /^\[([^\]]*)\]/.exec(text)?.[1] ?? /^([\d.]+)(?::\d+)?$/.exec(text)?.[1] ?? text;
  return readIpAddress(bare) !== null && !isInAny(bare, SPECIAL);
}
