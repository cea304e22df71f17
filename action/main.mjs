// What the runner starts: the command, told to take its options from the inputs of the Action. A release's tag holds it
// built (.github/workflows/release.yml); in a checkout, `npm ci` builds it.
import { existsSync } from "node:fs";

const command = new URL("../dist/nginx-lint.mjs", import.meta.url);
if (existsSync(command)) {
  process.argv.splice(2, Number.POSITIVE_INFINITY, "github-action");
  await import(command);
} else {
  process.stdout.write(
    "::error title=nginx-lint::This revision is not built: use a release, or run `npm ci` in the checkout first\n",
  );
  process.exitCode = 2;
}
