/** `scripts/generate-advisories.mjs` on a list of nginx.org of a few lines. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { directoryOf } from "./run.ts";

const script = join(import.meta.dirname, "../../scripts/generate-advisories.mjs");

const LIST = directoryOf({
  "xml/en/security_advisories.xml": `<security>
<item name="Something new" severity="major" cve="2031-1" good="1.99.1+, 1.98.3+" vulnerable="1.90.0-1.99.0"></item>
<item name="Buffer overread in the ngx_http_mp4_module" severity="minor" cve="2024-7347" good="1.27.1+, 1.26.2+" vulnerable="1.5.13-1.27.0"></item>
<item name="NULL pointer dereference in HTTP/3" severity="high" cve="2024-24989" good="1.25.5+" vulnerable="1.25.3"></item>
<item name="Windows alone" severity="medium" cve="2011-4963" good="1.3.1+" vulnerable="nginx/Windows 0.7.52-1.3.0"></item>
</security>`,
});

it("says which advisories the table lacks or has otherwise, and that the generated file is the table's", () => {
  const { status, stderr } = spawnSync(process.execPath, [script, "--check", "--nginx-org", LIST], {
    encoding: "utf8",
  });
  expect(stderr.trim().split("\n")).toEqual([
    "CVE-2031-1 is not in the table: Something new, major, 1.90.0-1.99.0, fixed in 1.99.1+, 1.98.3+",
    // `minor` is `low`: no difference.
    "CVE-2024-24989: nginx.org says 1.25.5, the table 1.25.4",
    "2 differences",
  ]);
  expect(status).toBe(1);
});
