/** Who is let in, against the simulation of many strangers' requests. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Model, type Simulation, type VirtualServer } from "../../src/semantics/index.ts";
import { type AccessSite, accessSite, visitor } from "./access-sites.ts";
import { configure } from "./request/configure.ts";

function serverOf({ top, inside }: AccessSite): VirtualServer {
  const text = `${top} server { listen 80; listen [::]:80; server_name a.example; ${inside} }`
    .replaceAll("@ROOT@", "/srv")
    .replaceAll("@PASSWORDS@", "/etc/passwords");
  const [server] = new Model(configure(text), null).servers;
  if (server === undefined) throw new Error("no server");
  return server;
}

const files = (path: string) => (/\/(m|inner)$/.test(path) ? "file" : "missing") as "file" | "missing";

/** The file itself is sent, and not a page in its place. */
function isFile({ outcome, assumptions }: Simulation): boolean {
  const knowsSecret = assumptions.some(
    ({ question, answer }) => question.kind === "credentials" && answer === "yes",
  );
  return outcome.kind === "static" && (outcome.status ?? 200) < 400 && !knowsSecret;
}

describe("who is let in", () => {
  it("is told as the simulation of strangers tells it", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(accessSite, fc.array(visitor, { minLength: 12, maxLength: 12 }), (site, visitors) => {
        const server = serverOf(site);
        const admission = server.admits("/m");
        if (admission.kind === "open") {
          expect(isFile(server.ask(admission.request, { files }))).toBe(true);
          return;
        }
        expect(admission.kind).toBe("closed");
        for (const { address, headers } of visitors) {
          expect(isFile(server.ask({ uri: "/m", address, headers }, { files, answers: WRONG }))).toBe(false);
        }
      }),
      { numRuns: 250, seed: 7 },
    );
  });

  it("is the same at the place as by its URI, where nothing leads on", () => {
    fc.assert(
      fc.property(accessSite, (site) => {
        const server = serverOf(site);
        const taker = server.takerOf("/m");
        if (taker.kind !== "location") return;
        const { context } = taker.location;
        fc.pre(!["rewrite", "try_files"].some((name) => context.has(name)));
        fc.pre(server.model.place(context).list("internal").statements.length === 0);
        expect(server.model.place(context).admits().kind).toBe(server.admits("/m").kind);
      }),
      { numRuns: 150, seed: 7 },
    );
  });
});

const WRONG = { get: (key: string) => (key.startsWith("password") ? "no" : undefined) } as ReadonlyMap<
  string,
  string
>;
