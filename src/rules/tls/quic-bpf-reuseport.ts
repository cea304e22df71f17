import { isPrivateListen } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** HTTP/3 with several workers on one socket. */
export default defineRule({
  id: "quic-bpf-reuseport",
  category: "tls",
  severity: "info",
  confidence: "medium",
  presets: ["strict"],
  docs: {
    summary: "`listen … quic` lacks `reuseport` with several workers, or `quic_bpf` has no effect",
    why: "QUIC has no connections that the kernel knows of: each datagram goes to whichever worker reads the socket first, and only one of them knows the connection. With `reuseport` each worker has a socket of its own, and the kernel sends the datagrams of one client to the same one; nginx's documentation asks for it where there is more than one worker. One `listen` of the address carries it for all servers. `quic_bpf` then also finds the worker when a client changes its address, on Linux 5.7 or newer; without `reuseport` it has no sockets to choose from.",
    bad: `worker_processes auto;
events {}
http {
    server {
        listen 443 quic;
        listen 443 ssl;
        ssl_certificate /etc/ssl/a.pem;
        ssl_certificate_key /etc/ssl/a.key;
    }
}
`,
    good: `worker_processes auto;
events {}
http {
    server {
        listen 443 quic reuseport;
        listen 443 ssl;
        ssl_certificate /etc/ssl/a.pem;
        ssl_certificate_key /etc/ssl/a.key;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/quic.html",
      "https://nginx.org/en/docs/http/ngx_http_v3_module.html#quic_bpf",
    ],
  },
  check({ configuration, report }) {
    if (configuration.incomplete) return;
    const quic = configuration.servers.flatMap(({ listens }) =>
      listens.filter((listen) => listen.quic && !listen.unknown && !isPrivateListen(listen)),
    );
    const reused = new Set(
      quic.flatMap(({ statement, address, port }) =>
        statement?.args.includes("reuseport") ? [`${address} ${port}`] : [],
      ),
    );
    const [workers] = configuration.all("worker_processes");
    const bare = quic.find(({ address, port }) => !reused.has(`${address} ${port}`));
    if (bare?.statement && workers !== undefined && workers.args[0] !== "1") {
      report({
        at: bare.statement,
        message: `The workers (${codeOf(workers)}) share one socket for HTTP/3: datagrams of a connection reach workers that do not know it, and are dropped.`,
        help: `write \`reuseport\` behind it, in one server of the address`,
        related: [{ at: workers, message: "several workers" }],
      });
    }
    const [bpf] = configuration.all("quic_bpf");
    if (bpf?.args[0] === "on" && quic.length > 0 && reused.size === 0) {
      report({
        at: bpf,
        message:
          "`quic_bpf` chooses among the sockets of the workers, and without `reuseport` there is only one: it does nothing.",
        help: "write `reuseport` behind the `listen … quic` lines",
      });
    }
  },
});
