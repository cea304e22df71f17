/** Where a misplaced directive is said to belong: by its form. */
import { expect, it } from "vitest";
import { reportsOf } from "./ask.ts";

function helpFor(text: string): readonly (string | undefined)[] {
  return reportsOf("directive-context", text).map(({ help }) => help);
}

it("sends the block of a server to what has servers, and the line to what has upstreams", () => {
  expect(helpFor("events {}\nserver {\n    listen 80;\n}\nhttp {}\n")).toEqual([
    "move it to `http`, `mail`, `rtmp` or `stream`",
  ]);
  expect(helpFor("events {}\nserver 127.0.0.1:8000;\nhttp {}\n")).toEqual([
    "move it to `upstream` or an `upstream` of `stream`",
  ]);
});

it("names all places where no form fits", () => {
  expect(helpFor("events {}\nhttp {}\nserver;\n")[0]).toContain("`http`, `upstream`");
});
