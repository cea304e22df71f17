import {
  type Configuration,
  lookupDirective,
  type Statement,
  suggestDirective,
  type Usage,
  visitDirectives,
} from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** A name that no module of nginx, and none of the widely used ones of others, has. */
export default defineRule({
  id: "unknown-directive",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "Every directive is one that nginx or a known module has",
    why: "nginx refuses to start at the first name it does not know. Directives of the widely used third-party modules are known; where a module that is not known is loaded, its directives may be its own.",
    bad: "server {\n    listen 80;\n    proxy_pas http://127.0.0.1:8000;\n}\n",
    good: "server {\n    listen 80;\n    more_set_headers 'Server: shop';\n}\n",
    references: ["https://nginx.org/en/docs/dirindex.html"],
  },
  check({ configuration, report }) {
    const foreign = foreignModule(configuration);
    const isUnknown = ({ name }: Usage) => lookupDirective(name) === undefined;
    visitDirectives(configuration, isUnknown, (statement) => {
      const { name } = statement;
      // Where a quote is forgotten, what stood between others looks like names.
      if (statement.directive.name.quote !== "none" && statement.file.problems.length > 0) return;
      const { start, end } = statement.directive.name;
      report({
        at: { file: statement.file, start, end },
        message:
          foreign === null
            ? `unknown directive "${printable(name)}": nginx does not start.`
            : `unknown directive "${printable(name)}", unless \`${foreign.args[0] ?? ""}\` brings it.`,
        ...help(statement),
        ...(foreign === null
          ? {}
          : { severity: "info" as const, related: [{ at: foreign, message: "loaded here" }] }),
        identity: name,
      });
    });
  },
});

function help({ name, context }: Statement): { help?: string } {
  if (name.startsWith("\ufeff")) {
    return {
      help: "save the file without a byte order mark, which nginx takes for a part of the first word",
    };
  }
  const meant = suggestDirective(name, context.kind);
  return meant === null ? {} : { help: `did you mean \`${meant}\`?` };
}

function printable(name: string): string {
  return name.startsWith("\ufeff") ? `<byte order mark>${name.slice(1)}` : name;
}

/** Modules whose directives are in the table, by the file that `load_module` names. */
const KNOWN_MODULE =
  /^(?:ndk_http|ngx_(?:(?:http|stream|mail|rtmp|otel|nchan|pagespeed|ssl|wasm)(?:_(?:acme|ajp|array_var|auth_\w+|brotli_\w+|cache_purge|coolkit|dav_ext|echo|encrypted_session|fancyindex|fastdfs|flv_live|form_input|geoip2?|geoip2|headers_more_filter|hmac_secure_link|iconv|image_filter|js|lua|lua_upstream|memc|modsecurity|naxsi|ndk|njs|passenger|perl|postgres|push_stream|rds_\w+|redis2?|set_misc|sorted_querystring|srcache_filter|sticky|subs_filter|sts|stream_server_traffic_status|testcookie_access|untar|upload|uploadprogress|upstream_\w+|vhost_traffic_status|vod|vts|xslt_filter|zstd_\w+|zip))?))(?:_module)?$/;

/** The first module loaded that is not known: what it brings cannot be judged. */
export function foreignModule(configuration: Configuration): Statement | null {
  for (const statement of configuration.root.all("load_module")) {
    const file = /([^/]*?)(?:\.so)?$/.exec(statement.args[0] ?? "")?.[1] ?? "";
    if (!KNOWN_MODULE.test(file)) return statement;
  }
  return null;
}
