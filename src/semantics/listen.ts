/** `listen` as `ngx_http_core_listen` reads it, as far as choosing a server needs it. */
import { isFilledIn } from "../parser/index.ts";
import type { Statement } from "./tree.ts";

export interface Listen {
  /** The directive; null for the address that nginx takes when a server has none. */
  readonly statement: Statement | null;
  /** `*` for every IPv4 address, `[::]` for every IPv6 address, else as written in lower case; `unix:…`. */
  readonly address: string;
  /** The first port of the range; null for a unix socket. */
  readonly port: number | null;
  /** The last port of `8000-8010`; the same as `port` for a single one. */
  readonly lastPort: number | null;
  readonly tls: boolean;
  readonly quic: boolean;
  readonly http2: boolean;
  readonly defaultServer: boolean;
  readonly proxyProtocol: boolean;
  /** `[::]` takes IPv4 connections, too (`ipv6only=off`). */
  readonly takesIpv4: boolean;
  /** The value holds a variable or a template's placeholder: nothing is known of it. */
  readonly unknown: boolean;
}

/** Reads one `listen` directive. Never throws: an address that nginx refuses comes out with a null port. */
export function readListen(statement: Statement): Listen {
  const [value = "", ...options] = statement.args;
  const unknown = /[${}<>]/.test(value) || statement.args.some(isFilledIn);
  const { address, port, lastPort } = readAddress(value);
  const has = (name: string) => options.includes(name);
  return {
    statement,
    address,
    port,
    lastPort,
    tls: has("ssl") || has("quic"),
    quic: has("quic"),
    http2: has("http2"),
    defaultServer: has("default_server") || has("default"),
    proxyProtocol: has("proxy_protocol"),
    takesIpv4: has("ipv6only=off"),
    unknown,
  };
}

/** What a server without `listen` listens on: port 80 as root, 8000 otherwise (people mean 80). */
export const IMPLICIT_LISTEN: Listen = {
  statement: null,
  address: "*",
  port: 80,
  lastPort: 80,
  tls: false,
  quic: false,
  http2: false,
  defaultServer: false,
  proxyProtocol: false,
  takesIpv4: false,
  unknown: false,
};

/** Ports of ranges (`listen 1-65535`) that are looked at one by one in a configuration; nobody means as many. */
const MOST_SPREAD_PORTS = 70_000;

/** Takes the ranges of `listen` apart, port by port, as far as memory allows. */
export class PortSpread {
  #left = MOST_SPREAD_PORTS;

  /** The ports of a `listen` with one; null where there are too many in all. */
  of({ port, lastPort }: { readonly port: number; readonly lastPort: number }): readonly number[] | null {
    const size = Math.max(0, Math.min(lastPort, 65535) - port + 1);
    if (size === 1) return [port];
    if (size > this.#left) return null;
    this.#left -= size;
    return Array.from({ length: size }, (_, index) => port + index);
  }
}

function readAddress(value: string): { address: string; port: number | null; lastPort: number | null } {
  if (value.startsWith("unix:")) return { address: value, port: null, lastPort: null };
  const bracket = /^(\[[^\]]*\])(?::(.*))?$/.exec(value);
  if (bracket) return withPort(normalizeIpv6(bracket[1] ?? ""), bracket[2]);
  if (/^\d+(-\d+)?$/.test(value)) return withPort("*", value);
  const colon = value.lastIndexOf(":");
  if (colon < 0) return withPort(normalizeHost(value), undefined);
  return withPort(normalizeHost(value.slice(0, colon)), value.slice(colon + 1));
}

function withPort(address: string, text: string | undefined) {
  const range = /^(\d+)(?:-(\d+))?$/.exec(text ?? "80");
  if (!range) return { address, port: null, lastPort: null };
  return { address, port: Number(range[1]), lastPort: Number(range[2] ?? range[1]) };
}

function normalizeHost(host: string): string {
  return host === "0.0.0.0" || host === "" ? "*" : host.toLowerCase();
}

function normalizeIpv6(address: string): string {
  const lower = address.toLowerCase();
  return /^\[[0:]*\]$/.test(lower) ? "[::]" : lower;
}

/** Only requests from this machine or from private networks can come in here. */
export function isPrivateListen(listen: Listen): boolean {
  const { address } = listen;
  if (address.startsWith("unix:")) return true;
  if (address === "localhost" || address === "[::1]") return true;
  if (/^\[f[cd][0-9a-f]{2}:/.test(address) || address.startsWith("[fe80:")) return true;
  return /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)\d/.test(address);
}
