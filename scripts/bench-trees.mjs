/** What the benchmarks measure, and how. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** One site of 1 KB: an app, its API, its assets. */
export function site(n) {
  return `# Site ${n}
upstream app${n} {
    server 127.0.0.1:${10000 + (n % 20000)};
    keepalive 16;
}

server {
    listen 80;
    server_name site${n}.example www.site${n}.example;
    root /srv/site${n}/public;
    index index.html;

    add_header X-Frame-Options "SAMEORIGIN" always;
    add_header X-Content-Type-Options "nosniff" always;

    location / {
        try_files $uri $uri/ /index.html;
    }

    location /api/ {
        proxy_pass http://app${n};
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
    }

    location ~* \\.(css|js|png|svg|woff2)$ {
        expires 30d;
        access_log off;
    }
}
`;
}

/** A tree that includes so many sites. */
export function treeIn(folder, sites) {
  const directory = join(folder, `tree-${sites}`);
  mkdirSync(join(directory, "sites-enabled"), { recursive: true });
  writeFileSync(
    join(directory, "nginx.conf"),
    "events {}\\nhttp {\\n    server_names_hash_max_size 65536;\\n    include sites-enabled/*.conf;\\n}\\n".replaceAll(
      "\\n",
      "\n",
    ),
  );
  let bytes = 0;
  for (let n = 0; n < sites; n++) {
    const text = site(n);
    bytes += text.length;
    writeFileSync(join(directory, "sites-enabled", `site${n}.conf`), text);
  }
  return { directory, bytes };
}

/** Median wall time in milliseconds of as many runs, after one that does not count; null where there is no such command. */
export function time(command, args, runs) {
  const times = [];
  for (let i = 0; i <= runs; i++) {
    const started = performance.now();
    const { error } = spawnSync(command, args, { stdio: ["ignore", "ignore", "ignore"] });
    if (error) return null;
    if (i > 0) times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

/** The peak memory in MiB; null where the system does not tell. */
export function peakMemory(command, args) {
  return costOf(command, args)?.memory ?? null;
}

/**
 * The CPU time of a run in milliseconds (of the program and of the system for it), which other work on the machine hardly changes,
 * and its peak memory in MiB. Null where it takes longer than the limit in milliseconds, or the system does not tell.
 */
export function costOf(command, args, limit) {
  const { stderr, error } = spawnSync("/usr/bin/time", ["-f", "%U %S %M", command, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    timeout: limit,
    killSignal: "SIGKILL",
  });
  const [user, system, kibibytes] = (stderr ?? "").trim().split("\n").at(-1).split(" ").map(Number);
  if (error || !Number.isFinite(kibibytes)) return null;
  return { time: (user + system) * 1000, memory: Math.round(kibibytes / 1024) };
}
