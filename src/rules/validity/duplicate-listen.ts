import {
  areAlternatives,
  duplicateAddresses,
  listenSockets,
  SOCKET_OPTION,
  type SocketMember,
  type Statement,
} from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** What `ngx_http_add_addresses` refuses. */
export default defineRule({
  id: "duplicate-listen",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "A `listen` address is duplicate, has conflicting options, or two default servers",
    why: "nginx refuses the same address twice in one server, two default servers of one address, and socket options (`reuseport`, `backlog`, …) given in two places.",
    bad: "server {\n    listen 80 default_server;\n    return 404;\n}\nserver {\n    listen 80 default_server;\n    return 403;\n}\n",
    good: "server {\n    listen 80 default_server;\n    return 404;\n}\nserver {\n    listen 80;\n    server_name shop.example;\n    return 403;\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#listen"],
  },
  check({ configuration, version, report }) {
    const reported = new Set<Statement>();
    const complain = (second: SocketMember, first: SocketMember, message: string, help: string) => {
      const at = second.listen.statement;
      if (at === null || reported.has(at)) return;
      if (first.listen.statement !== null && areAlternatives(first.listen.statement, at)) return;
      reported.add(at);
      report({
        at,
        message: `${message}: nginx does not start.`,
        help,
        ...(first.listen.statement === null
          ? {}
          : { related: [{ at: first.listen.statement, message: "first here" }] }),
      });
    };
    for (const { name, members } of listenSockets(configuration)) {
      const perServer = new Map<SocketMember["server"], SocketMember>();
      let withDefault: SocketMember | undefined;
      let withOptions: SocketMember | undefined;
      for (const member of members) {
        const before = perServer.get(member.server);
        if (before !== undefined && before.listen.quic === member.listen.quic) {
          complain(member, before, `a duplicate listen ${name}`, "remove one of the two");
        } else if (before === undefined) {
          perServer.set(member.server, member);
        }
        if (member.listen.defaultServer) {
          if (withDefault !== undefined && withDefault.server !== member.server) {
            complain(
              member,
              withDefault,
              `a duplicate default server for ${name}`,
              "leave `default_server` to one of them",
            );
          }
          withDefault ??= member;
        }
        if (hasSocketOptions(member)) {
          if (withOptions !== undefined && withOptions.server !== member.server) {
            complain(
              member,
              withOptions,
              `duplicate listen options for ${name}`,
              "give the options in one place; they hold for the address",
            );
          }
          withOptions ??= member;
        }
      }
    }
    for (const each of duplicateAddresses(configuration, version)) report(each);
  },
});

function hasSocketOptions({ listen }: SocketMember): boolean {
  return listen.statement?.args.slice(1).some((option) => SOCKET_OPTION.test(option)) ?? false;
}
