/** Results made by hand: ordinary findings, and ones whose every text is hostile. */
import type { Finding, LintResult, Region, SourceFile } from "../../src/linter/index.ts";
import type { ReportOptions } from "../../src/reporters/index.ts";
import type { Rule } from "../../src/rules/index.ts";

export const NGINX_CONF: SourceFile = {
  name: "nginx.conf",
  text: `server {
    listen 443 ssl;
    add_header Strict-Transport-Security "max-age=63072000" always;

    location /django-static/ {
        alias /var/www/django-static/;
    }
    location ~* \\.(js|css|woff|woff2|ttf|eot|ico)$ {
        root /var/www/myapp;
    }
    location = /index.html {
        add_header Cache-Control "no-cache";
    }
\tssl_protocols\tTLSv1 TLSv1.2; # tabs
    location /metrics { proxy_pass http://app; }
}
`,
};

/** The region of `needle` (its nth occurrence) in a file. */
export function region(file: SourceFile, needle: string, nth = 0): Region {
  let offset = file.text.indexOf(needle);
  for (let i = 0; i < nth; i++) offset = file.text.indexOf(needle, offset + 1);
  if (offset < 0) throw new Error(`no ${needle} in ${file.name}`);
  return regionAt(file, offset, needle.length);
}

export function regionAt(file: SourceFile, offset: number, length: number): Region {
  const start = position(file.text, offset);
  const end = position(file.text, offset + length);
  return {
    file: file.name,
    offset,
    length,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}

function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}

export function finding(at: Region, rest: Partial<Finding> = {}): Finding {
  return {
    ...at,
    ruleId: "location-shadowed",
    severity: "warning",
    confidence: "high",
    message: "Something happens.",
    related: [],
    details: [],
    includeChain: [],
    fingerprint: "00112233445566778899aabbccddeeff",
    ...rest,
  };
}

export function resultOf(
  findings: readonly Finding[],
  files: readonly SourceFile[] = [NGINX_CONF],
  rest: Partial<LintResult> = {},
): LintResult {
  const suppressed = rest.suppressed ?? [];
  const having = (severity: string) => findings.filter((one) => one.severity === severity).length;
  return {
    findings,
    suppressed,
    files,
    notifications: [],
    baseline: null,
    omitted: [],
    summary: {
      files: files.length,
      errors: having("error"),
      warnings: having("warning"),
      infos: having("info"),
      suppressed: suppressed.length,
    },
    ...rest,
  };
}

const shadowed = finding(region(NGINX_CONF, "location ~* \\.(js|css|woff|woff2|ttf|eot|ico)$"), {
  message: "Requests for `location /django-static/` end up in `location ~* \\.(js|css|…)$`.",
  help: "write `location ^~ /django-static/ {`",
  related: [{ ...region(NGINX_CONF, "location /django-static/"), message: "loses the request" }],
  witness: { kind: "request", value: "GET /django-static/admin/css/base.css" },
  details: [
    {
      label: "gets",
      text: "/var/www/myapp/django-static/admin/css/base.css",
      at: { file: "nginx.conf", line: 9 },
    },
    {
      label: "meant",
      text: "/var/www/django-static/admin/css/base.css",
      at: { file: "nginx.conf", line: 6 },
    },
  ],
  fix: {
    description: "Add `^~`",
    safe: false,
    edits: [{ ...pick(region(NGINX_CONF, "/django-static/")), length: 0, text: "^~ " }],
  },
});

const lost = finding(region(NGINX_CONF, 'add_header Cache-Control "no-cache";'), {
  ruleId: "add-header-inheritance",
  severity: "error",
  message:
    "`location = /index.html` sets `Cache-Control`, so the page is sent without `Strict-Transport-Security` (line 3)",
  help: "repeat it here",
  related: [{ ...region(NGINX_CONF, "add_header Strict-Transport-Security"), message: "set here, and lost" }],
  fingerprint: "ffeeddccbbaa99887766554433221100",
});

const protocols = finding(region(NGINX_CONF, "TLSv1 TLSv1.2"), {
  ruleId: "tls-deprecated-protocols",
  severity: "info",
  confidence: "medium",
  message: "TLSv1 is in force.",
  fix: {
    description: "write `ssl_protocols TLSv1.2 TLSv1.3`",
    safe: true,
    edits: [
      {
        ...pick(region(NGINX_CONF, "TLSv1 TLSv1.2")),
        length: "TLSv1 TLSv1.2".length,
        text: "TLSv1.2 TLSv1.3",
      },
    ],
  },
  fingerprint: "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f",
});

const metrics = finding(region(NGINX_CONF, "location /metrics"), {
  ruleId: "metrics-unprotected",
  severity: "error",
  message: "Anyone can read `/metrics`.",
  fingerprint: "abababababababababababababababab",
  suppression: { kind: "inSource", reason: "behind a VPN", file: "nginx.conf", line: 14 },
});

/** Three findings in one file, one suppressed. */
export const ordinary: LintResult = resultOf([shadowed, lost, protocols], [NGINX_CONF], {
  suppressed: [metrics],
});

export const clean: LintResult = resultOf([]);

/** What breaks reports: workflow commands, XML and HTML ends, terminal escapes, directions, NUL, halves of pairs. */
export const HOSTILE_TEXTS: readonly string[] = [
  "::set-output name=x::y",
  "\n::error::forged\r\n##[group]x",
  "]]><![CDATA[",
  "<script>alert(1)</script><img src=x onerror=alert(1)>\"'",
  "--><!--",
  "\u001b[2J\u001b]0;owned\u0007\u009b31m",
  "100%0A%25,a:b=c",
  "nul\u0000bell\u0007del\u007f",
  "\u202egnp.exe\u2066x\u2069\u2028\u2029",
  "soft\u00adhyphen\u200b\u180e\ufff9 tag\u{e0041} variant\u{e0101}",
  "half\ud800pair\udc00 \ufffe\uffff",
  "| a | `b` [x](javascript:alert(1)) ![i](http://x/y) @all {{x}} #1",
  "</textarea></style></title>\\",
];

const HOSTILE = HOSTILE_TEXTS.join(" ");

const hostileFile: SourceFile = {
  name: `a b/${HOSTILE_TEXTS.join("")}.conf`,
  text: `location ${HOSTILE} {\r\n${HOSTILE}\n}\n`,
};

/** Everything a configuration or a file name can carry into a report. */
export const hostile: LintResult = resultOf(
  [
    finding(regionAt(hostileFile, 9, 20), {
      message: `Message ${HOSTILE}`,
      help: `help ${HOSTILE}`,
      related: [{ ...regionAt(hostileFile, 0, 8), message: HOSTILE }],
      witness: { kind: "request", value: `GET /${HOSTILE}` },
      details: [{ label: "gets\u001b[1m", text: HOSTILE, at: { file: hostileFile.name, line: 1 } }],
      includeChain: [{ file: hostileFile.name, line: 1 }],
      fix: {
        description: HOSTILE,
        safe: true,
        edits: [{ file: hostileFile.name, offset: 9, length: 20, text: HOSTILE }],
      },
    }),
  ],
  [hostileFile],
  {
    suppressed: [
      finding(regionAt(hostileFile, 0, 8), {
        message: HOSTILE,
        suppression: { kind: "inSource", reason: HOSTILE, file: hostileFile.name, line: 1 },
      }),
    ],
    notifications: [{ level: "error", message: HOSTILE }],
  },
);

function rule(id: string, rest: Partial<Rule> = {}): Rule {
  return {
    id,
    category: "routing",
    severity: "warning",
    confidence: "high",
    presets: ["recommended"],
    docs: {
      summary: `What \`${id}\` finds`,
      why: "Because.\n\nAnd also.",
      bad: "location /a { return 200 bad; }",
      good: "location /a { return 200 good; }",
      references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#location"],
    },
    check() {},
    ...rest,
  };
}

/** A small catalogue with the rules of the samples and one that finds nothing. */
export const rules: readonly Rule[] = [
  rule("location-shadowed"),
  rule("add-header-inheritance", { category: "headers", presets: ["recommended", "security"] }),
  rule("tls-deprecated-protocols", {
    category: "tls",
    severity: "error",
    presets: ["recommended", "security"],
    fix: "safe",
  }),
  rule("metrics-unprotected", {
    category: "access",
    severity: "error",
    presets: ["recommended", "security"],
  }),
  rule("syntax", { category: "validity", severity: "error" }),
];

export const options: ReportOptions = {
  version: "1.2.3",
  rules,
  color: false,
  width: 80,
  quiet: false,
  exitCode: 1,
};

function pick({ file, offset }: Region): { file: string; offset: number } {
  return { file, offset };
}
