import { describe, expect, it, vi } from "vitest";
import { insertBeside, insertSetting } from "../../src/rules/fix-lists.ts";
import { Configuration } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";

const http = (inside: string) => new Configuration(treeOf(`events {}\nhttp {\n${inside}}\n`)).http;

describe("lines for a context that is asked about for each of its servers", () => {
  it("are put where its settings end, and nothing behind is looked at", () => {
    const context = http(`sendfile on;\n${"server { listen 80; }\n".repeat(50)}`);
    const last = context?.statements.at(-1);
    if (context === null || last === undefined) throw new Error("no http");
    expect(context.readings).toBe(1);
    const looks = vi.fn(() => null);
    Object.defineProperty(last, "chain", { get: looks });
    expect(insertSetting(context, "server_tokens off;")).toMatchObject({ text: "\nserver_tokens off;" });
    expect(looks).not.toHaveBeenCalled();
  });

  it("are put beside the neighbour that is there, by its name", () => {
    const context = http(`keepalive_timeout 9;\n${"server { listen 80; }\n".repeat(50)}`);
    if (context === null) throw new Error("no http");
    const looks = vi.spyOn(context.statements, "findLast");
    const edit = insertBeside(context, ["sendfile", "keepalive_timeout"], ["server_tokens off;"]);
    expect(edit).toMatchObject({ text: "\nserver_tokens off;" });
    expect(looks).not.toHaveBeenCalled();
  });
});
