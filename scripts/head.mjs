// The head of the command, which scripts/build.mjs copies to dist/nginx-lint.mjs: it compiles program.cjs beside it from
// V8's code cache, where there is one for this program and this V8. Where there is none, V8 compiles as usual; so it does
// where it refuses the cache, as one that was made with other flags or is cut off.
// Asked of the process, a module of Node's comes as it is; an import would first look at all that it exports, and with
// `node:fs` load the streams.
const { readFileSync } = process.getBuiltinModule("node:fs");
const { Script } = process.getBuiltinModule("node:vm");

const program = `${import.meta.dirname}/program.cjs`;
const text = readFileSync(program, "latin1");
// The program ends with its own hash: V8 compares the length of a text only.
const key = [text.slice(-17, -1), process.versions.v8, process.platform, process.arch].join("-");
const cache = `${import.meta.dirname}/program-${key}.cache`;

function readCache() {
  try {
    return readFileSync(cache);
  } catch {
    return undefined;
  }
}

const cachedData = readCache();
const script = new Script(`(function (require) {${text}})`, {
  filename: program,
  ...(cachedData && { cachedData }),
});
// Node's own are all that is asked for: the rest is bundled.
script.runInThisContext()(process.getBuiltinModule);
