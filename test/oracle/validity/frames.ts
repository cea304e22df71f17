/** Places for a directive that is asked about. */
import type { ContextKind } from "../../../src/semantics/index.ts";

/** A configuration that is right, around a place of each kind. */
export const FRAMES: Partial<Record<ContextKind, readonly [before: string, after: string]>> = {
  main: ["events {}", ""],
  events: ["events {", "}"],
  // Much of what stands in http is looked at only where a server inherits it.
  http: ["events {} http { server { listen 127.0.0.1:8098; }", "}"],
  server: ["events {} http { server { listen 127.0.0.1:8098;", "}}"],
  location: ["events {} http { server { location /x {", "}}}"],
  "server-if": ["events {} http { server { if ($request_method) {", "}}}"],
  "location-if": ["events {} http { server { location /x { if ($request_method) {", "}}}}"],
  limit_except: ["events {} http { server { location /x { limit_except GET {", "}}}}"],
  upstream: ["events {} http { upstream u { server 127.0.0.1:8097;", "}}"],
  stream: ['events {} stream { server { listen 127.0.0.1:8098; return ""; }', "}"],
  "stream-server": ['events {} stream { server { listen 127.0.0.1:8098; return "";', "}}"],
  "stream-upstream": ["events {} stream { upstream u { server 127.0.0.1:8097;", "}}"],
  mail: ["events {} mail { auth_http 127.0.0.1:8097; server { listen 127.0.0.1:8098; protocol imap; }", "}"],
  "mail-server": [
    "events {} mail { auth_http 127.0.0.1:8097; server { listen 127.0.0.1:8098; protocol imap;",
    "}}",
  ],
};
export const PLACES = Object.keys(FRAMES) as ContextKind[];
