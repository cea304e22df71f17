/** Where PHP runs: by the pattern of the location, the name of the upstream, or the port of its process manager. */
import type { Configuration, Statement } from "../semantics/index.ts";

const NAME = /php|fpm|hhvm/i;
const PORT = /:9000$/;

/** Whether a `fastcgi_pass` leads to PHP. */
export function leadsToPhp(pass: Statement, { upstreams }: Configuration): boolean {
  const [address = ""] = pass.args;
  const members = upstreams.get(address)?.block?.all("server") ?? [];
  const addresses = [address, ...members.map(({ args }) => args[0] ?? "")];
  if (addresses.some((each) => NAME.test(each) || PORT.test(each))) return true;
  return [...pass.context.outward()].some(
    ({ kind, opener }) => kind === "location" && /php/i.test(opener?.args.at(-1) ?? ""),
  );
}
