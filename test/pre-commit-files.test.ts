/** Which files of a repository the hooks are asked about. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

interface Hook {
  readonly id: string;
  readonly files: string;
  readonly exclude: string;
}

const hooks: readonly Hook[] = parse(
  readFileSync(join(import.meta.dirname, "../.pre-commit-hooks.yaml"), "utf8"),
);

/** Python's verbose pattern as JavaScript's: white space and comments do not count, and classes hold neither. */
function pattern(verbose: string): RegExp {
  const withoutComments = verbose.replace("(?x)", "").replace(/^ *#.*$/gm, "");
  return new RegExp(withoutComments.replace(/\s+/g, ""));
}

const MATCHED = [
  "nginx.conf",
  "docker/nginx.prod.conf",
  "my-nginx.conf.template",
  "a.vhost",
  "site.nginx",
  "nginx/app.conf",
  "nginx/app.conf.j2",
  "nginx/conf",
  "nginx/default",
  "nginx/mime.types",
  "nginx/proxy_params",
  "nginx/fastcgi_params",
  "nginx/koi-utf",
  "nginx/includes/x.inc",
  "nginx/includes/headers",
  "nginx/sites-available/shop",
  "nginx/sites-available/shop.example",
  "deploy/my-nginx/etc/sites-enabled/www.shop.example.org",
  "deploy/nginx-prod/streams-enabled/db",
  "etc/nginx/modules-enabled/50-mod-http-brotli.conf",
  "etc/nginx/conf.d/shop",
  "etc/nginx/conf.d/maps/bots.conf",
  "etc/nginx/default.d/gzip",
  "nginx/snippets/ssl.params",
  "nginx/vhosts/shop.example",
  "nginx/sites-enabled/sklep.pl",
  "nginx/php/location.conf",
  "nginx/conf.d/php-fpm.conf",
];

const OTHERS = [
  "redis/redis.conf",
  "conf.d/php.conf",
  "apache2/sites-available/shop.example",
  "sites-available/shop.example",
  "docker/nginx-apache/apache2/sites-enabled/shop.conf",
  "nginx-php/php-fpm.d/www.conf",
  "nginx/php/8.2/fpm/www.conf",
  "docker/nginx/supervisord.conf",
  "nginx/supervisor/app.conf",
  "nginx/README.md",
  "nginx/sites-available/README",
  "nginx/sites-available/README.md",
  "nginx/sites-available/.gitkeep",
  "nginx/sites-available/shop~",
  "nginx/sites-available/shop.example.bak",
  "nginx/sites-enabled/default.dpkg-dist",
  "nginx/snippets/NOTES.txt",
  "nginx/snippets/make-params.sh",
  "nginx/includes/shop.key",
  "nginx/includes/.htpasswd",
  "nginx/Dockerfile",
  "nginx/entrypoint",
  "nginx/html/index.html",
  "nginx/ssl/fullchain.pem",
  "src/nginx.ts",
  "docs/nginx.md",
];

describe.each(hooks)("$id", ({ files, exclude }) => {
  const isAsked = (path: string) => pattern(files).test(path) && !pattern(exclude).test(path);

  it.each(MATCHED)("is asked about %s", (path) => {
    expect(isAsked(path)).toBe(true);
  });
  it.each(OTHERS)("is not asked about %s", (path) => {
    expect(isAsked(path)).toBe(false);
  });
});
