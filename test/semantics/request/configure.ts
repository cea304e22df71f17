import { parse } from "../../../src/parser/index.ts";
import { Configuration, type ContextKind, type Server } from "../../../src/semantics/index.ts";

/** The configuration that a text means; a text of `server` blocks is taken as the inside of `http`. */
export function configure(text: string, top: ContextKind = "http"): Configuration {
  const entry = parse(text, "nginx.conf");
  return new Configuration({ entry, top, includes: new Map(), files: [entry], fragment: false });
}

/** The only server of a text that is the inside of `server { }`. */
export function serverWith(text: string): Server {
  const [server] = configure(`server { listen 80; server_name a.example; ${text} }`).servers;
  if (server === undefined) throw new Error("no server");
  return server;
}
