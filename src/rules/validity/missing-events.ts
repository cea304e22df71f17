import type { Configuration } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** `ngx_events_init_conf` wants the block, however empty. */
export default defineRule({
  id: "missing-events",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "The main configuration has no `events` block",
    why: "nginx does not start without one, even if nothing is in it.",
    bad: "http {\n    server { listen 80; }\n}\n",
    good: "events {}\nhttp {\n    server { listen 80; }\n}\n",
    references: ["https://nginx.org/en/docs/ngx_core_module.html#events"],
  },
  check({ configuration, report }) {
    const { root, tree } = configuration;
    if (configuration.fragment || root.incomplete || root.has("events")) return;
    // What was cut off, or never written.
    if (isEmpty(configuration)) {
      report({
        at: { file: tree.entry, start: 0, end: 0 },
        message: 'nothing is configured, and so no "events" section: nginx does not start.',
        help: "write the configuration, with `events {}` in it",
      });
    }
    // Only what is meant as a whole configuration.
    const block = root.last("http") ?? root.last("stream") ?? root.last("mail");
    // A template of one block is a part of what is installed.
    if (block === undefined || (block.name !== "http" && block.file.template) || isPart(configuration))
      return;
    report({
      at: block,
      message: 'no "events" section in configuration: nginx does not start.',
      help:
        root.statements.length === 1
          ? "write `events {}` beside it; if this is an excerpt, lint the tree that it stands in"
          : "write `events {}` beside it",
    });
  },
});

/** A main file without any directive. */
function isEmpty({ root, tree: { entry } }: Configuration): boolean {
  return root.statements.length === 0 && !entry.template && !PARTS_FOLDER.test(entry.name);
}

/** Folders of files that others include. */
const PARTS_FOLDER =
  /(?:^|\/)(?:[\w-]+\.d|(?:sites|conf|streams?)-(?:available|enabled)|snippets|includes?|partials|parts)\//;

/** By its folder or its name a part of a tree, or nothing but the block of another module than `http`. */
function isPart({ root, tree }: Configuration): boolean {
  const { name } = tree.entry;
  if (/(?:^|\/)nginx[^/]{0,100}\.conf[^/]{0,100}$/.test(name)) return false;
  if (PARTS_FOLDER.test(name)) return true;
  return (
    /(?:^|\/)(?:http|stream|mail)[^/]*$/.test(name) || (!root.has("http") && root.statements.length === 1)
  );
}
