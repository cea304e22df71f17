/** Three whole sites: one that keeps the checklist, one that keeps nothing of it, one that most of it is not about. */

export const GOOD = `worker_processes auto;
events {}
http {
    types { text/html html; application/javascript js; }
    sendfile on;
    tcp_nopush on;
    server_tokens off;
    gzip on;
    gzip_types text/css application/javascript application/json image/svg+xml;
    client_max_body_size 20m;
    keepalive_timeout 65;
    log_format json escape=json '{"time":"$time_iso8601","uri":"$request_uri","seconds":"$request_time"}';
    access_log /var/log/nginx/access.log json;
    limit_req_zone $binary_remote_addr zone=api:10m rate=10r/s;
    limit_req_zone $binary_remote_addr zone=auth:10m rate=5r/m;
    limit_req_status 429;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:TLS:10m;
    upstream app {
        server 127.0.0.1:8000;
        keepalive 32;
    }
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $host;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    server {
        listen 80 default_server;
        server_name shop.example;
        return 301 https://$host$request_uri;
    }
    server {
        listen 443 ssl;
        http2 on;
        server_name shop.example;
        ssl_certificate site.pem;
        ssl_certificate_key site.key;
        ssl_stapling on;
        resolver 127.0.0.53;
        root /srv/shop/frontend/dist;
        index index.html;
        add_header Strict-Transport-Security "max-age=63072000" always;
        add_header X-Frame-Options DENY always;
        add_header X-Content-Type-Options nosniff always;
        add_header Referrer-Policy no-referrer always;
        add_header Content-Security-Policy "default-src 'self'" always;
        location ~ /\\.(?!well-known/) { deny all; }
        location ~* \\.(php|aspx?|jsp|cgi|py|pl|sh|html?)$ { deny all; }
        location = /index.html { expires -1; }
        location /assets/ {
            expires 1y;
            try_files $uri =404;
        }
        location / { try_files $uri $uri/ /index.html; }
        location /api/ {
            limit_req zone=api burst=20 nodelay;
            proxy_pass http://app;
        }
        location /api/auth/ {
            limit_req zone=auth burst=5;
            proxy_pass http://app;
        }
        location /admin/ {
            limit_req zone=auth burst=5;
            proxy_pass http://app;
        }
        location /django-static/ { alias /srv/shop/static/; }
        location /media/ { alias /srv/shop/media/; }
        location = /health/ {
            access_log off;
            proxy_pass http://app;
        }
        location = /metrics {
            allow 10.0.0.7;
            deny all;
            proxy_pass http://app;
        }
        location /ws/ {
            proxy_set_header Host $host;
            proxy_set_header X-Real-IP $remote_addr;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection upgrade;
            proxy_read_timeout 1h;
            proxy_pass http://127.0.0.1:8001;
        }
    }
}
`.replace(
  "location ~* \\.(php|aspx?|jsp|cgi|py|pl|sh|html?)$ { deny all; }",
  "location ~* \\.(php|aspx?|jsp|cgi|py|pl|sh)$ { deny all; }\n        location ~* ^/media/.*\\.html?$ { deny all; }",
);

export const BAD = `events {}
http {
    types { text/html html; application/javascript js; }
    server_tokens on;
    keepalive_timeout 0;
    tcp_nodelay off;
    limit_req_zone $binary_remote_addr zone=slow:10m rate=10r/s;
    limit_req_status 503;
    upstream app {
        server 127.0.0.1:8000;
    }
    server {
        listen 80;
        server_name shop.example;
        root /srv/shop/frontend/dist;
        nonsense on;
    }
    server {
        listen 80 default_server;
        server_name _;
        root /usr/share/nginx/html;
        index index.html;
        location / {
            try_files $uri $uri/ =404;
        }
    }
    server {
        listen 443 ssl;
        server_name shop.example;
        ssl_protocols TLSv1 TLSv1.2;
        ssl_certificate site.pem;
        ssl_certificate_key site.key;
        root /srv/shop/frontend/dist;
        index index.html;
        expires 30d;
        location / { try_files $uri $uri/ /index.html; }
        location /app/ {
            root /srv/other/frontend/dist;
            try_files $uri $uri/ =404;
        }
        location /api/ {
            proxy_buffering off;
            proxy_pass http://app;
        }
        location /api/auth/ {
            proxy_pass http://app;
        }
        location /admin/ {
            limit_req zone=slow;
            limit_req_dry_run on;
            proxy_pass http://app;
        }
        location /static/ { proxy_pass http://app; }
        location /media/ { proxy_pass http://app; }
        location /uploads/ { alias /srv/shop/uploads/; }
        location = /health/ {
            auth_basic "Health";
            auth_basic_user_file users;
            proxy_pass http://app;
        }
        location = /metrics { proxy_pass http://app; }
        location /ws/ { proxy_pass http://127.0.0.1:8001; }
    }
}
`;

export const OTHER = `worker_processes auto;
events {}
http {
    server_tokens off;
    access_log off;
    server {
        listen 80;
        server_name old.example;
        return 301 http://new.example$request_uri;
    }
}
`;

const LOCATIONS = Array.from({ length: 40 }, (_, index) => `location /p${index}/ { root /srv/p; index a; }`);

/** Sites that fail an item which the bad one cannot fail beside the others. */
export const FAILING: ReadonlyMap<string, string> = new Map([
  ["setup.split-files", `events {} http { server { listen 80; ${LOCATIONS.join("\n")} } }`],
  ["tls.certificate", "events {} http { server { listen 443 ssl; root /srv/www; } }"],
  [
    "tls.renewal",
    `events {} http {
    server {
        listen 80;
        server_name shop.example;
        location /.well-known/acme-challenge/ { root /var/www/certbot; }
        location / { return 301 https://$host$request_uri; }
        location ~ /\\. { deny all; }
    }
    server {
        listen 443 ssl;
        server_name shop.example;
        ssl_certificate /etc/letsencrypt/live/shop.example/fullchain.pem;
        ssl_certificate_key /etc/letsencrypt/live/shop.example/privkey.pem;
        root /srv/www;
    }
}`,
  ],
  ["headers.hidden-files", "events {} http { server { listen 80; root /srv/project; } }"],
  [
    "limits.zone",
    "events {} http { server { listen 80; location /api/ { proxy_pass http://127.0.0.1:8000; } } }",
  ],
  [
    "perf.body-size",
    "events {} http { server { listen 80; location /api/uploads/ { proxy_pass http://127.0.0.1:8000; } } }",
  ],
]);
