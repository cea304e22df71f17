import { type Place, readCondition, type Statement } from "../../semantics/index.ts";
import { defineRule, type Report } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Signed links that can be made, stretched or left out. */
export default defineRule({
  id: "secure-link-bypass",
  category: "access",
  severity: "error",
  confidence: "high",
  presets: ["recommended", "security"],
  directives: ["secure_link", "secure_link_md5", "secure_link_secret"],
  docs: {
    summary: "Clients can forge, extend or skip a signed link",
    why: "`secure_link` only computes: `$secure_link` is empty where the hash is wrong or missing, `0` where the link has expired, `1` where all is well. A server that does not refuse the first two serves everybody. And the hash protects only what goes into it: without a secret anyone can compute it, without `$secure_link_expires` a client changes the time in the link, without `$uri` the link of one file opens all others.",
    bad: `server {
    listen 80;
    location /files/ {
        secure_link $arg_md5,$arg_expires;
        secure_link_md5 "$uri verysecret";
        if ($secure_link = "") {
            return 403;
        }
        if ($secure_link = "0") {
            return 410;
        }
        root /srv;
    }
}
`,
    good: `server {
    listen 80;
    location /files/ {
        secure_link $arg_md5,$arg_expires;
        secure_link_md5 "$secure_link_expires$uri verysecret";
        if ($secure_link = "") {
            return 403;
        }
        if ($secure_link = "0") {
            return 410;
        }
        root /srv;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_secure_link_module.html"],
  },
  check({ servers, configuration, report }) {
    if (configuration.all("secure_link").length + configuration.all("secure_link_secret").length === 0)
      return;
    const told = new Set<Statement>();
    for (const { places } of servers) {
      for (const place of places) {
        if (place.context.kind !== "location" && place.context.kind !== "server") continue;
        for (const found of problemsAt(place)) {
          if (told.has(found.statement)) continue;
          told.add(found.statement);
          report({ ...found, at: found.statement });
        }
      }
    }
  },
});

type Problem = Omit<Report, "at"> & { readonly statement: Statement };

function* problemsAt(place: Place): Generator<Problem> {
  const link = place.setting("secure_link").statement;
  const md5 = place.setting("secure_link_md5").statement;
  const secret = place.setting("secure_link_secret").statement;
  if (link !== null && md5 !== null) {
    const [expression = ""] = md5.args;
    const expires = /,\s*\$/.test(link.args[0] ?? "");
    if (
      expression.replace(/\$\{?\w+\}?/g, "").replace(/[\s:|/,;_-]/g, "") === "" &&
      !hasOwnVariable(expression)
    ) {
      yield {
        statement: md5,
        message: `The hash of ${codeOf(md5)} uses only what every client knows: anyone can compute it for any link.`,
        help: 'put a secret into it, `"$secure_link_expires$uri SECRET"`',
      };
    } else if (expires && !/\$\{?(secure_link_expires|arg_\w+)\}?/.test(expression)) {
      yield {
        statement: md5,
        message: `The expiry time is not part of the hash ${codeOf(md5)}: a client writes a later one into the link, and it never expires.`,
        help: "put `$secure_link_expires` into it",
        related: [{ at: link, message: "takes the time from the link" }],
      };
    } else if (!COVERS_URI.test(expression) && !hasOwnVariable(expression)) {
      yield {
        statement: md5,
        message: `The hash of ${codeOf(md5)} is the same for every file: a link to one opens all the others here.`,
        help: "put `$uri` into it",
        severity: "warning",
      };
    }
  }
  const switched = link !== null && md5 !== null ? link : secret;
  if (switched === null || place.context.kind !== "location" || place.handler.kind === "return") return;
  const open = openValue(place, link !== null && /,/.test(link.args[0] ?? ""));
  if (open === null) return;
  yield {
    statement: switched,
    message:
      open === ""
        ? `Nothing here refuses an empty \`$secure_link\`: nginx serves a link with a missing or wrong hash like a valid one.`
        : "Nothing here refuses `$secure_link` when it is `0`: nginx serves expired links.",
    help:
      open === ""
        ? 'write `if ($secure_link = "") { return 403; }`'
        : 'write `if ($secure_link = "0") { return 410; }`',
    confidence: "medium",
  };
}

const COVERS_URI = /\$\{?(uri|document_uri|request_uri|request|request_filename|arg_\w+|[1-9])\b/;

/** A variable of the author's own, which may hold a secret or the path. */
function hasOwnVariable(expression: string): boolean {
  return [...expression.matchAll(/\$\{?(\w+)/g)].some(
    ([, name = ""]) =>
      !/^(secure_link_expires|uri|document_uri|request_uri|remote_addr|args|host|scheme|request_method|http_\w+|arg_\w+|cookie_\w+|is_args|query_string|server_name|[1-9]|request|binary_remote_addr|request_filename)$/.test(
        name,
      ),
  );
}

/** A value of `$secure_link` that is served though it should not be; null where none is, or another part decides. */
function openValue({ context, server }: Place, hasExpiry: boolean): "" | "0" | null {
  // A map or a header may hand the decision on.
  const all = server?.context.root.below ?? context.below;
  const uses = all.filter(
    ({ name, args }) =>
      name !== "if" && name !== "rewrite" && args.some((word) => /\$\{?secure_link\b/.test(word)),
  );
  if (uses.length > 0 || context.hidden) return null;
  const tests = [context, ...(context.parent === null ? [] : [context.parent])].flatMap((each) =>
    each.all("if"),
  );
  const refuses = (value: string): boolean =>
    tests.some((statement) => {
      const condition = readCondition(statement.args);
      if (condition.kind === "match" || condition.kind === "file" || condition.kind === "unreadable")
        return statement.args.join(" ").includes("secure_link");
      if (!/\$\{?secure_link\}?$/.test(condition.value)) return false;
      if (condition.kind === "true")
        return value === "1" ? ends(statement) : goesOnOnlyThere(statement, context);
      const isEqual = condition.text === value;
      return isEqual !== condition.negative ? ends(statement) : goesOnOnlyThere(statement, context);
    });
  if (!refuses("")) return "";
  return hasExpiry && !refuses("0") ? "0" : null;
}

function ends({ block }: Statement): boolean {
  return block?.statements.some(({ name }) => name === "return" || name === "rewrite") === true;
}

/** What is served stands in the block, and the location itself answers with a refusal. */
function goesOnOnlyThere(test: Statement, context: Statement["context"]): boolean {
  const at = context.orderOf(test);
  return context.statements
    .slice(at + 1)
    .some(({ name, args }) => (name === "return" && /^4/.test(args[0] ?? "")) || name === "deny");
}
