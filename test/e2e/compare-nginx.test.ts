/** `scripts/compare-nginx.mjs` on a source tree of a few lines. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { directoryOf } from "./run.ts";

const script = join(import.meta.dirname, "../../scripts/compare-nginx.mjs");

const SOURCE = directoryOf({
  "src/core/nginx.h": '#define NGINX_VERSION      "1.99.0"\n',
  "src/http/ngx_http_x_module.c": `static ngx_command_t  ngx_http_x_commands[] = {
    { ngx_string("x_brand_new"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE12,
      ngx_http_x, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL },
    { ngx_string("sendfile"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_HTTP_LIF_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot, NGX_HTTP_LOC_CONF_OFFSET, offsetof(ngx_http_x_loc_conf_t, sendfile), NULL },
    { ngx_string("keepalive_disable"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE2,
      ngx_http_x, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL },
    ngx_null_command
};
static ngx_http_variable_t  ngx_http_x_vars[] = {
    { ngx_string("x_new_variable"), NULL, ngx_http_x, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },
      ngx_http_null_variable
};
static char *ngx_http_x_merge(ngx_conf_t *cf, void *parent, void *child) {
    ngx_conf_merge_value(conf->sendfile, prev->sendfile, 1);
}
`,
  "docs/xml/nginx/changes.xml": `<change_log title="nginx"><changes ver="1.98.0" date="2030-01-01">
<change type="feature"><para lang="ru">x</para><para lang="en">the "sendfile" directive.</para></change>
</changes></change_log>`,
});

describe("compare-nginx", () => {
  it("prints what differs from the facts, and fails", { timeout: 30_000 }, () => {
    const { status, stdout } = spawnSync(process.execPath, [script, "--nginx", SOURCE], { encoding: "utf8" });
    expect(stdout).toContain("nginx 1.99.0: 3 directives, 1 variables, change log up to 1.98.0");
    expect(stdout).toContain("http x_brand_new: in http, location with 1,2 arguments");
    expect(stdout).toMatch(/contexts \(1\)\n {2}http keepalive_disable: -server -location/);
    expect(stdout).toMatch(/arity \(1\)\n {2}http keepalive_disable: 2 arguments/);
    expect(stdout).toContain("http sendfile: on, and we say off");
    expect(stdout).toContain("http $x_new_variable: a name");
    expect(stdout).toContain("sendfile: 1.98.0 by the change log, we say always");
    expect(stdout).toContain("not in the source");
    expect(status).toBe(1);
  });

  it("asks for a source tree", () => {
    const { status, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
    expect(status).toBe(2);
    expect(stderr).toContain("--nginx PATH");
  });

  it.each([script, join(script, "../bench.mjs")])("and %s say what they are asked with", (file) => {
    const help = spawnSync(process.execPath, [file, "--help"], { encoding: "utf8", timeout: 20_000 });
    expect([help.status, help.stderr]).toEqual([0, ""]);
    expect(help.stdout).toMatch(/--nginx PATH|npm run bench -- --full/);
  });

  it("says in a line what it does not know", () => {
    const { status, stderr } = spawnSync(process.execPath, [script, "--nginks", "x"], { encoding: "utf8" });
    expect([status, stderr]).toEqual([2, "Unknown option '--nginks'; --help says what there is\n"]);
  });
});
