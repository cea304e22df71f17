/**
 * Files that come with nginx or with certbot. A copy of a configuration leaves them out, since the machine that it is
 * meant for has them. What rules need to know of them stands here: the headers they set, the directives they replace.
 */

const FASTCGI_PARAMETERS = `fastcgi_param QUERY_STRING $query_string;
fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param CONTENT_TYPE $content_type;
fastcgi_param CONTENT_LENGTH $content_length;
fastcgi_param REQUEST_URI $request_uri;
fastcgi_param DOCUMENT_URI $document_uri;
fastcgi_param DOCUMENT_ROOT $document_root;
fastcgi_param SERVER_PROTOCOL $server_protocol;
fastcgi_param REQUEST_SCHEME $scheme;
fastcgi_param HTTPS $https if_not_empty;
fastcgi_param REMOTE_ADDR $remote_addr;
fastcgi_param REMOTE_PORT $remote_port;
fastcgi_param SERVER_PORT $server_port;
fastcgi_param SERVER_NAME $server_name;
`;

/** By the path below nginx's configuration directory. */
const STOCK: Readonly<Record<string, string>> = {
  "mime.types": `types {
  text/html html htm shtml;
  text/css css;
  text/xml xml;
  text/plain txt;
  application/javascript js;
  application/json json;
  image/gif gif;
  image/jpeg jpeg jpg;
  image/png png;
  image/svg+xml svg svgz;
  image/webp webp;
  image/avif avif;
  image/x-icon ico;
  image/bmp bmp;
  image/tiff tif tiff;
  font/woff woff;
  font/woff2 woff2;
  application/pdf pdf;
  application/zip zip;
  application/wasm wasm;
  application/vnd.apple.mpegurl m3u8;
  audio/mpeg mp3;
  audio/ogg ogg;
  video/mp2t ts;
  video/mp4 mp4;
  video/webm webm;
}
`,
  fastcgi_params: FASTCGI_PARAMETERS,
  "fastcgi.conf": `fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;\n${FASTCGI_PARAMETERS}`,
  uwsgi_params: FASTCGI_PARAMETERS.replaceAll("fastcgi_param", "uwsgi_param"),
  scgi_params: FASTCGI_PARAMETERS.replaceAll("fastcgi_param", "scgi_param"),
  "koi-utf": "",
  "koi-win": "",
  "win-utf": "",
  // Debian's.
  proxy_params: `proxy_set_header Host $http_host;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Proto $scheme;
`,
  "snippets/fastcgi-php.conf": `fastcgi_split_path_info ^(.+?\\.php)(/.*)$;
try_files $fastcgi_script_name =404;
set $path_info $fastcgi_path_info;
fastcgi_param PATH_INFO $path_info;
fastcgi_index index.php;
include fastcgi.conf;
`,
  "snippets/snakeoil.conf": `ssl_certificate /etc/ssl/certs/ssl-cert-snakeoil.pem;
ssl_certificate_key /etc/ssl/private/ssl-cert-snakeoil.key;
`,
};

/** By absolute path. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  // As certbot has written it since 1.0 (2019).
  "/etc/letsencrypt/options-ssl-nginx.conf": `ssl_session_cache shared:le_nginx_SSL:10m;
ssl_session_timeout 1440m;
ssl_session_tickets off;
ssl_protocols TLSv1.2 TLSv1.3;
ssl_prefer_server_ciphers off;
ssl_ciphers "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
`,
};

/** Files that hold `load_module` lines and nothing else, by a name or a pattern. */
const MODULES = /^(?:\/usr\/(?:share|lib|lib64)\/nginx\/)?modules(?:-enabled|-available)?\/[^/]*\.conf$/;

/**
 * The text that stands for a file which is not there; null for a file that nobody ships.
 *
 * @param path absolute as the configuration has it, or below nginx's configuration directory
 */
export function stockText(path: string): string | null {
  const table = path.startsWith("/") ? ELSEWHERE : STOCK;
  const name = path.replace(/^\.\//, "");
  if (MODULES.test(name)) return "";
  return Object.hasOwn(table, name) ? (table[name] ?? null) : null;
}

/** Whether a file of this name below nginx's configuration directory is one that nginx or Debian ships. */
export function isStock(path: string): boolean {
  return Object.hasOwn(STOCK, path);
}
