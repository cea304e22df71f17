import { namesThatDoNotFit } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** Names that are too long for the buckets of nginx's hashes. */
export default defineRule({
  id: "hash-bucket-size",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "A name is too long for nginx's hash table",
    why: "nginx keeps server names and the keys of a `map` in hash tables. A bucket is as large as a cache line of the processor, 64 bytes on most machines. A name that does not fit keeps nginx from starting until the bucket size is raised.",
    bad: `events {}
http {
    server {
        listen 80;
        server_name customer-portal.reporting-and-analytics.eu-central-1.internal.shop.example;
    }
    server {
        listen 80;
        server_name b.example;
    }
}
`,
    good: `events {}
http {
    server_names_hash_bucket_size 128;
    server {
        listen 80;
        server_name customer-portal.reporting-and-analytics.eu-central-1.internal.shop.example;
    }
    server {
        listen 80;
        server_name b.example;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/hash.html",
      "https://nginx.org/en/docs/http/server_names.html#optimization",
    ],
  },
  check({ configuration, report }) {
    for (const refusal of namesThatDoNotFit(configuration)) report(refusal);
  },
});
