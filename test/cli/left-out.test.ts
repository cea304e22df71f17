import { expect, it } from "vitest";
import { notesOfLeftOut } from "../../src/cli/left-out.ts";

it("names what was left out in a few words, however long its name", () => {
  const name = `/srv/${"a/".repeat(2_000)}x.conf`;
  const [outside] = notesOfLeftOut([{ name, reason: "", outside: true }]);
  const [harmless] = notesOfLeftOut([{ name, reason: "not like nginx's", outside: false }]);
  for (const { message } of [outside!, harmless!]) {
    expect(message).toContain("/srv/a/a/a");
    expect(message.length).toBeLessThan(300);
  }
});
