import { defineRule } from "../rule.ts";

/** Addresses to listen on that a name server decides. */
export default defineRule({
  id: "listen-hostname",
  category: "routing",
  severity: "info",
  confidence: "high",
  presets: ["strict"],
  docs: {
    summary: "A `listen` address is a host name, which DNS decides",
    why: "nginx resolves the host once, when it starts. At boot the network may not be up: then nginx does not start, and every other site is down too. The name may also resolve to another address one day, and nginx listens there or does not start. The host that a server answers for belongs in `server_name`.",
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
        message: `nginx starts only if it can resolve \`${address}\`, and listens on that address only.`,
        help: `write the address, or only the port, and \`server_name ${address}\``,
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
