import { expect, it } from "vitest";
import { notesOfLeftOut, notesOfLoad } from "../../src/cli/left-out.ts";

it("names what was left out in a few words, however long its name", () => {
  const name = `/srv/${"a/".repeat(2_000)}x.conf`;
  const [outside] = notesOfLeftOut([{ name, reason: "", outside: true }]);
  const [harmless] = notesOfLeftOut([{ name, reason: "not like nginx's", outside: false }]);
  for (const { message } of [outside!, harmless!]) {
    expect(message).toContain("/srv/a/a/a");
    expect(message.length).toBeLessThan(300);
  }
});

it("counts doubts beyond the first", () => {
  const doubts = Array.from({ length: 9 }, (_, n) => `${n}.conf is read as one file`);
  const messages = notesOfLoad({ leftOut: [], doubts }).map(({ message }) => message);
  expect(messages).toHaveLength(7);
  expect(messages.at(-1)).toBe("3 more of the files may be dumps");
});

it("calls a relative include that leads out of the given paths by what is written", () => {
  const leftOut = (include: string) => ({
    name: `/srv/${include}`,
    reason: "is outside",
    outside: true,
    include,
  });
  const told = (...includes: string[]) => notesOfLeftOut(includes.map(leftOut)).map(({ message }) => message);
  expect(told("snippets/a.conf")).toEqual([
    "`include snippets/a.conf` was not followed: lint the tree that contains it",
  ]);
  expect(told("snippets/a.conf", "b.conf")).toEqual([
    "includes of snippets/a.conf, b.conf were not followed: lint the tree that contains them",
  ]);
});
