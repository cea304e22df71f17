/** The verdict of the validity rules, which is to be that of nginx. */
import { type Finding, lint } from "../../../src/linter/index.ts";
import { parse } from "../../../src/parser/index.ts";
import { RULES } from "../../../src/rules/index.ts";
import { NamedFiles } from "../../../src/semantics/files/named-files.ts";
import { growTree, parseVersion } from "../../../src/semantics/index.ts";

/** Errors of the category that nginx does not make at its start. */
const AT_A_REQUEST = new Set(["undefined-named-location"]);
const VALIDITY = RULES.filter(({ id, category }) => category === "validity" && !AT_A_REQUEST.has(id));

/** Files that configurations of the tests may name; they stand beside the main one. */
export const FILES: Readonly<Record<string, string>> = {
  "mime.types": "types {\n    text/html html htm;\n    text/css css;\n    application/javascript js;\n}\n",
  "proxy.conf": "proxy_set_header Host $host;\nproxy_set_header X-Forwarded-Proto $scheme;\n",
  "conf.d/gzip.conf": "gzip on;\ngzip_types text/css application/javascript;\n",
  htpasswd: "shop:$apr1$x$y\n",
};

/** The errors that the validity rules find in a whole configuration, judged for a version. */
export function errorsIn(text: string, version: string): readonly Finding[] {
  const texts = { "nginx.conf": text, ...FILES };
  const files = new Map(Object.entries(texts).map(([name, each]) => [name, parse(each, name)]));
  const entry = files.get("nginx.conf");
  if (entry === undefined) throw new TypeError("there is no main file");
  const tree = growTree(entry, "main", false, new NamedFiles(files, { prefixes: [""], known: "tree" }));
  const result = lint([tree], { rules: VALIDITY, version: parseVersion(version) });
  return result.findings.filter(({ severity }) => severity === "error");
}
