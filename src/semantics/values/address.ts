/** Addresses: IPv4, IPv6, CIDR blocks, and `host:port` in the forms of `ngx_parse_url`. Names are never resolved. */
import { digits } from "./number.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";

/**
 * The four bytes of an IPv4 address (`ngx_inet_addr`); null where it is none. Like nginx: an empty octet is 0, and
 * 255.255.255.255 is not an address (it is INADDR_NONE).
 */
export function parseIpv4(text: string): readonly number[] | null {
  if (!/^[0-9.]*$/.test(text)) return null;
  const octets = text.split(".").map(Number);
  if (octets.length !== 4 || octets.some((octet) => octet > 255)) return null;
  return octets.every((octet) => octet === 255) ? null : octets;
}

/**
 * The sixteen bytes of an IPv6 address without brackets; null where it is none. Follows `ngx_inet6_addr` step by step,
 * which is kinder than RFC 4291 to a stray colon at either end.
 */
export function parseIpv6(text: string): readonly number[] | null {
  const bytes: number[] = [];
  let gap = -1;
  let group = -1;
  let nibbles = 0;
  let word = 0;
  for (let index = text.startsWith(":") ? 1 : 0; index < text.length; index++) {
    const char = text.charAt(index);
    if (char === ":") {
      if (nibbles > 0) {
        bytes.push(word >> 8, word & 0xff);
        if (bytes.length === 16) return null;
      } else if (gap < 0) {
        gap = bytes.length;
      } else {
        return null;
      }
      group = index + 1;
      nibbles = 0;
      word = 0;
    } else if (char === "." && nibbles > 0) {
      const ipv4 = group < 0 || bytes.length > 12 ? null : parseIpv4(text.slice(group));
      if (ipv4 === null) return null;
      const [first = 0, second = 0, third = 0, fourth = 0] = ipv4;
      bytes.push(first, second);
      word = (third << 8) | fourth;
      break;
    } else {
      nibbles++;
      if (nibbles > 4 || !/[0-9a-fA-F]/.test(char)) return null;
      word = word * 16 + Number.parseInt(char, 16);
    }
  }
  if (nibbles === 0 && gap < 0) return null;
  bytes.push(word >> 8, word & 0xff);
  const missing = 16 - bytes.length;
  if (missing === 0) return gap < 0 ? bytes : null;
  if (gap < 0) return null;
  return [...bytes.slice(0, gap), ...new Array<number>(missing).fill(0), ...bytes.slice(gap)];
}

export interface Cidr {
  readonly family: "ipv4" | "ipv6";
  /** The network, host bits cleared; 4 or 16 bytes. */
  readonly bytes: readonly number[];
  readonly prefix: number;
  /** nginx warns `low address bits of … are meaningless`. */
  readonly hostBits: boolean;
}

/** `10.0.0.0/8`, `::1`, `192.0.2.7` (`ngx_ptocidr`). */
export function parseCidr(text: string): Parsed<Cidr> {
  const slash = text.indexOf("/");
  const host = slash < 0 ? text : text.slice(0, slash);
  const ipv4 = parseIpv4(host);
  const address = ipv4 ?? parseIpv6(host);
  if (address === null) return refuse("invalid parameter");
  const bits = address.length * 8;
  const prefix = slash < 0 ? BigInt(bits) : digits(text.slice(slash + 1));
  if (prefix === null || prefix > BigInt(bits)) return refuse("invalid parameter");
  const bytes = address.map((byte, index) => byte & maskByte(Number(prefix) - index * 8));
  const hostBits = bytes.some((byte, index) => byte !== address[index]);
  return accept({ family: ipv4 === null ? "ipv6" : "ipv4", bytes, prefix: Number(prefix), hostBits });
}

function maskByte(bits: number): number {
  if (bits >= 8) return 0xff;
  return bits <= 0 ? 0 : (0xff << (8 - bits)) & 0xff;
}

export type Endpoint =
  | { readonly kind: "unix"; readonly path: string; readonly uri: string | null }
  | {
      readonly kind: "ipv4" | "ipv6" | "name";
      /** Without brackets; `*` for the wildcard of `listen`. */
      readonly host: string;
      /** Null: the default port of the directive. */
      readonly port: number | null;
      /** The end of a range of ports (`listen 8000-8010`), else null. */
      readonly lastPort: number | null;
      /** What follows the authority, `/` or `?` first; null without. */
      readonly uri: string | null;
    };

export interface EndpointOptions {
  /** As `listen` reads it: a bare number is a port, ranges and `*` are known, a URI is not. */
  readonly listen?: boolean;
  /** A URI may follow the authority (`proxy_pass`, without its scheme). */
  readonly uri?: boolean;
}

/** The longest path of a UNIX-domain socket on Linux (`sun_path`), the closing NUL not counted. */
const LONGEST_SOCKET_PATH = 107;

/** `ngx_parse_url`. Variables must have been ruled out before. */
export function parseEndpoint(text: string, options: EndpointOptions = {}): Parsed<Endpoint> {
  if (text.slice(0, 5).toLowerCase() === "unix:") return parseUnix(text.slice(5), options);
  if (text.startsWith("[")) return parseBracketed(text, options);
  return parseHost(text, options);
}

function parseUnix(text: string, options: EndpointOptions): Parsed<Endpoint> {
  const colon = options.uri === true ? text.indexOf(":") : -1;
  const path = colon < 0 ? text : text.slice(0, colon);
  if (path === "") return refuse("no path in the unix domain socket");
  if (path.length > LONGEST_SOCKET_PATH) return refuse("too long path in the unix domain socket");
  return accept({ kind: "unix", path, uri: colon < 0 ? null : text.slice(colon + 1) });
}

function parseBracketed(text: string, options: EndpointOptions): Parsed<Endpoint> {
  const close = text.indexOf("]");
  if (close < 0) return refuse("invalid host");
  const slash = text.indexOf("/", close);
  if (slash >= 0 && (options.listen === true || options.uri !== true)) return refuse("invalid host");
  const end = slash < 0 ? text.length : slash;
  const after = text.slice(close + 1, end);
  if (after !== "" && !after.startsWith(":")) return refuse("invalid host");
  const ports = after === "" ? accept(NO_PORTS) : parsePorts(after.slice(1), options);
  if (!ports.ok) return ports;
  const host = text.slice(1, close);
  if (host === "") return refuse("no host");
  if (parseIpv6(host) === null) return refuse("invalid IPv6 address");
  return accept({ kind: "ipv6", host, ...ports.value, uri: slash < 0 ? null : text.slice(slash) });
}

function parseHost(text: string, options: EndpointOptions): Parsed<Endpoint> {
  const uriStart = text.search(/[/?]/);
  if (uriStart >= 0 && (options.listen === true || options.uri !== true)) return refuse("invalid host");
  const authority = uriStart < 0 ? text : text.slice(0, uriStart);
  const uri = uriStart < 0 ? null : text.slice(uriStart);
  const colon = authority.indexOf(":");
  if (colon < 0 && options.listen === true && /^[0-9]+(-[0-9]+)?$/.test(authority)) {
    const ports = parsePorts(authority, options);
    return ports.ok ? accept({ kind: "ipv4", host: "*", ...ports.value, uri }) : ports;
  }
  const ports = colon < 0 ? accept(NO_PORTS) : parsePorts(authority.slice(colon + 1), options);
  if (!ports.ok) return ports;
  const host = colon < 0 ? authority : authority.slice(0, colon);
  if (host === "") return refuse("no host");
  const isAddress = parseIpv4(host) !== null || (options.listen === true && host === "*");
  return accept({ kind: isAddress ? "ipv4" : "name", host, ...ports.value, uri });
}

interface Ports {
  readonly port: number | null;
  readonly lastPort: number | null;
}
const NO_PORTS: Ports = { port: null, lastPort: null };

function parsePorts(text: string, options: EndpointOptions): Parsed<Ports> {
  const dash = options.listen === true ? text.indexOf("-") : -1;
  const first = portNumber(dash < 0 ? text : text.slice(0, dash));
  const last = dash < 0 ? null : portNumber(text.slice(dash + 1));
  if (first === null || (dash >= 0 && last === null)) return refuse("invalid port");
  if (last !== null && first > last) return refuse("invalid port range");
  return accept({ port: first, lastPort: last });
}

function portNumber(text: string): number | null {
  const value = digits(text);
  return value === null || value < 1n || value > 65535n ? null : Number(value);
}
