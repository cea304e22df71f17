import { refuseUndefinedVariables } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** Variables that are used and that nothing defines. */
export default defineRule({
  id: "undefined-variable",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "A variable is used but never defined",
    why: "nginx refuses to start when a value names a variable that no module brings and no `set`, `map`, `geo`, named capture or the like defines. In a part of a configuration it may be defined elsewhere; there only names that cannot be right are reported.",
    bad: "events {}\nhttp {\n    server {\n        location / {\n            proxy_set_header Host $hots;\n            proxy_pass http://127.0.0.1:8000;\n        }\n    }\n}\n",
    good: 'events {}\nhttp {\n    map $http_upgrade $connection_upgrade {\n        default upgrade;\n        ""      close;\n    }\n    server {\n        location / {\n            proxy_set_header Host $host;\n            proxy_set_header Connection $connection_upgrade;\n            proxy_pass http://127.0.0.1:8000;\n        }\n    }\n}\n',
    references: ["https://nginx.org/en/docs/varindex.html"],
  },
  check({ configuration, version, report }) {
    refuseUndefinedVariables(configuration, version, report);
  },
});
