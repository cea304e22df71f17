/** Makes docs/pictures/report.png, the top of an HTML report, with the chromium that is installed. Run by hand when the report's looks change. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./generated.mjs";

const folder = mkdtempSync(join(tmpdir(), "nginx-lint-picture-"));
try {
  const page = join(folder, "report.html");
  const args = ["--no-config", "--fail-on", "never", "-f", "html", "-o", page, "fixtures/sites/shop"];
  spawnSync(process.execPath, [join(root, "dist/nginx-lint.mjs"), ...args], { cwd: root, stdio: "inherit" });
  const { status, error } = spawnSync(
    "chromium",
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--hide-scrollbars",
      "--window-size=960,760",
      `--user-data-dir=${join(folder, "profile")}`,
      `--screenshot=${join(root, "docs/pictures/report.png")}`,
      `file://${page}`,
    ],
    { stdio: "ignore", timeout: 60_000 },
  );
  if (error !== undefined || status !== 0) throw error ?? new Error(`chromium ended with status ${status}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
