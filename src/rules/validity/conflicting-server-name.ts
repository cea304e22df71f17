import { areAlternatives, listenSockets, type SocketMember } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** nginx ignores a name that an earlier server of the address has (`ngx_http_server_names`). */
export default defineRule({
  id: "conflicting-server-name",
  category: "validity",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "Two servers of one address have the same name",
    why: "nginx warns `conflicting server name … ignored` and starts. The second server never answers to that name: whoever edits it sees no effect.",
    bad: "server {\n    listen 80;\n    server_name shop.example;\n    return 301 https://shop.example;\n}\nserver {\n    listen 80;\n    server_name shop.example;\n    root /srv/shop;\n}\n",
    good: "server {\n    listen 80;\n    server_name shop.example;\n    return 301 https://shop.example;\n}\nserver {\n    listen 8080;\n    server_name shop.example;\n    root /srv/shop;\n}\n",
    references: ["https://nginx.org/en/docs/http/server_names.html"],
  },
  check({ configuration, report }) {
    const reported = new Set<string>();
    for (const { name: address, members } of listenSockets(configuration)) {
      const owners = new Map<string, SocketMember>();
      for (const member of members) {
        for (const name of new Set(member.server.names.flatMap(keysOf))) {
          const owner = owners.get(name);
          if (owner === undefined) owners.set(name, member);
          if (owner === undefined || owner.server === member.server) continue;
          const at = member.server.context.last("server_name") ?? member.server.context.opener;
          const first = owner.server.context.last("server_name") ?? owner.server.context.opener;
          const key = `${name} ${at?.file.name} ${at?.directive.start}`;
          if (at === null || at === undefined || reported.has(key)) continue;
          if (first !== null && first !== undefined && areAlternatives(first, at)) continue;
          reported.add(key);
          const shown = name === "" ? "requests without a known name" : `\`${name}\``;
          report({
            at,
            message: `conflicting server name "${name}" on ${address}, ignored: another server already answers ${shown}, this one never does.`,
            help: "merge the two servers, or remove the name from one",
            identity: name,
            ...(first === null || first === undefined
              ? {}
              : { related: [{ at: first, message: "answers instead" }] }),
          });
        }
      }
    }
  },
});

/** The keys that nginx puts into its hash of names. Patterns are kept in a list and never conflict. */
function keysOf(name: SocketMember["server"]["names"][number]): string[] {
  if (/[${}<>]/.test(name.text)) return [];
  switch (name.kind) {
    case "exact":
      return [name.text];
    case "suffix":
      return name.orBare ? [name.suffix.slice(1), `*${name.suffix}`] : [`*${name.suffix}`];
    case "prefix":
      return [`${name.prefix}*`];
    case "regex":
      return [];
  }
}
