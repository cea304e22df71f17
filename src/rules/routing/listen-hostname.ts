import { defineRule } from "../rule.ts";

/** Addresses to listen on that a name server decides. */
export default defineRule({
  id: "listen-hostname",
  category: "routing",
  severity: "info",
  confidence: "high",
  presets: ["strict"],
  docs: {
    summary: "A `listen` address given as a host name, which DNS decides",
    why: "nginx asks for the address of the host once, when it starts. At boot the network may not be up: nginx does not start, and with it every other site is down. The name may also lead elsewhere some day, and nginx listens there or refuses to start. The host a server answers to belongs into `server_name`.",
    bad: "server {\n    listen shop.example:80;\n}\n",
    good: "server {\n    listen 192.0.2.10:80;\n    server_name shop.example;\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#listen"],
  },
  scope: "server",
  check({ server, report }) {
    for (const { statement, address, unknown } of server.server.listens) {
      if (statement === null || unknown || !isHost(address)) continue;
      report({
        at: statement,
        message: `nginx starts only while it finds the address of \`${address}\`, and listens on that address alone.`,
        help: `write the address, or the port alone, and \`server_name ${address}\``,
        witness: { kind: "value", value: address },
      });
    }
  },
});

/** Not an address, and not `localhost`, which every machine knows by itself. */
function isHost(address: string): boolean {
  return (
    /^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/.test(address) && !/^[\d.]+$/.test(address) && address !== "localhost"
  );
}
