// What the runner starts: the command beside it, told to take its options from the inputs of the Action.
process.argv.splice(2, Number.POSITIVE_INFINITY, "github-action");
await import("./nginx-lint.mjs");
