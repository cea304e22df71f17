/**
 * `node:fs` as it is on a disk of Windows, which is a folder of this one: the drive `C:`, `\` and `/`, names in any case, `..`
 * taken out of a path before links are followed. What is looked at is noted.
 */
const fs = require("node:fs");
const { posix, win32 } = require("node:path");

const disk = process.env.DISK;
const asked = process.env.ASKED;

/** Where a path of Windows is here. */
function here(path) {
  if (typeof path !== "string" || /^[\\/]dev[\\/]/.test(path)) return path;
  const full = win32.normalize(win32.isAbsolute(path) ? path : win32.join(process.cwd(), path));
  fs.appendFileSync(asked, `${full}\n`);
  const [, drive = "C:", below] = /^([A-Za-z]:)?\\(?!\\)(.*)$/.exec(full) ?? [];
  if (below === undefined || drive.toUpperCase() !== "C:") return posix.join(disk, "no such drive", "x");
  let at = disk;
  for (const part of below.split("\\").filter((name) => name !== "")) {
    let names = [];
    try {
      names = fs.readdirSync(at);
    } catch {
      // The system says what is wrong when it gets the path.
    }
    const isSame = (name) => name.toLowerCase() === part.toLowerCase();
    at = posix.join(at, names.includes(part) ? part : (names.find(isSame) ?? part));
  }
  return at;
}

/** What a path of this disk is called on Windows. */
function there(path) {
  if (path === disk) return "C:\\";
  if (!path.startsWith(`${disk}/`)) throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
  return `C:\\${path.slice(disk.length + 1).replaceAll("/", "\\")}`;
}

const ofOnePath = [
  "accessSync",
  "appendFileSync",
  "chmodSync",
  "chownSync",
  "existsSync",
  "lstatSync",
  "mkdirSync",
  "openSync",
  "readFileSync",
  "readdirSync",
  "rmSync",
  "statSync",
  "writeFileSync",
];
const realpathSync = (path) => there(fs.realpathSync.native(here(path)));
realpathSync.native = realpathSync;

module.exports = {
  ...fs,
  ...Object.fromEntries(ofOnePath.map((name) => [name, (path, ...rest) => fs[name](here(path), ...rest)])),
  renameSync: (from, to) => fs.renameSync(here(from), here(to)),
  readlinkSync: (path) => there(posix.resolve(posix.dirname(here(path)), fs.readlinkSync(here(path)))),
  realpathSync,
};
