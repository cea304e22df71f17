// The head of dist/nginx-lint.mjs; scripts/build.mjs appends the program as a comment, which costs V8 next to nothing to
// skip, so that it is compiled once, from the code cache beside this file where there is one that fits.
// Asked of the process, a module of Node's comes as it is; an import would first look at all that it exports, and with
// `node:fs` load the streams.
const { readFileSync } = process.getBuiltinModule("node:fs");
const { Script } = process.getBuiltinModule("node:vm");

const file = import.meta.filename;
const cache = file.replace(/[^/\\]*$/, `nginx-lint-${"__KEY__"}-${process.versions.v8}.cache`);
const text = readFileSync(file, "latin1");
const start = "/*PROGRAM\n";

function readCache() {
  try {
    return readFileSync(cache);
  } catch {
    return undefined;
  }
}

const cachedData = readCache();
const comment = text.slice(text.indexOf(start) + start.length, -"*/\n".length);
const script = new Script(comment.replaceAll("*\x1f/", "*/"), {
  filename: file,
  ...(cachedData && { cachedData }),
});
// Node's own are all that is asked for: the rest is bundled.
script.runInThisContext()(process.getBuiltinModule);
