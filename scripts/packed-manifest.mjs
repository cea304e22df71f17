/**
 * Takes `prepare` out of package.json, and puts it back with `--restore`: what is packed is built and has no sources, so
 * that whatever runs its scripts must not build it again. npm runs this around every packing (`prepack`, `postpack`).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./generated.mjs";

const file = join(root, "package.json");
const line = '    "prepare": "node scripts/build.mjs",\n';
const without = readFileSync(file, "utf8").replace(line, "");
const restored = without.replace(/^ {4}"build": .*\n/m, (build) => build + line);
writeFileSync(file, process.argv.includes("--restore") ? restored : without);
