import { describe, expect, it } from "vitest";
import { guessVersion, treeFacts } from "../../src/settings/index.ts";
import { treeOf } from "../linter/sample.ts";
import { folderOf } from "./folder.ts";

const facts = (http: string) => treeFacts([treeOf(`events {}\nhttp { ${http} }\n`)], null);

describe("what init sees of a tree", () => {
  it("is nothing where nothing is", () => {
    expect(facts("")).toMatchObject({
      entries: ["nginx.conf"],
      tls: false,
      servers: 0,
      spa: [],
      metricsPaths: [],
      vendored: [],
    });
  });

  it("a listener with TLS", () => {
    expect(facts("server { listen 443 ssl; }").tls).toBe(true);
    expect(facts("server { listen 80; }")).toMatchObject({ tls: false, servers: 1 });
  });

  it("single-page apps, by the page that answers whatever is no file", () => {
    const { spa } = facts(
      "server { try_files $uri /index.html; location /app/ { try_files $uri /app/index.html; } location /php { try_files $uri /index.php; } }",
    );
    expect(spa).toEqual(["/", "/app/"]);
  });

  it("presets that fit: the checklist where a single-page app and Django are", () => {
    const app = "location / { try_files $uri /index.html; }";
    const admin = "location /admin/ { proxy_pass http://django; }";
    expect(facts(`server { ${app} ${admin} }`).presets).toEqual(["django-react"]);
    expect(facts(`server { ${app} location /api/ { uwsgi_pass django; } }`).presets).toEqual([
      "django-react",
    ]);
    expect(facts(`server { ${app} location /api/ { proxy_pass http://app; } }`).presets).toEqual([]);
    expect(facts(`server { ${admin} }`).presets).toEqual([]);
  });

  it("metrics behind a name that does not say so", () => {
    const { metricsPaths } = facts(
      "server { location = /internal { proxy_pass http://app:9000/metrics; } location /metrics { proxy_pass http://app/metrics; } location /x { proxy_pass http://app; } }",
    );
    expect(metricsPaths).toEqual(["/internal"]);
  });

  it("no entry among fragments, and no claim about TLS there", () => {
    const fragment = {
      ...treeOf("location / { root /a; }\n", "site.conf"),
      top: "server" as const,
      fragment: true,
    };
    expect(treeFacts([fragment], null)).toMatchObject({ entries: [], tls: true });
  });
});

describe("the version that init guesses", () => {
  const cases: [file: string, text: string, version: string | null][] = [
    ["Dockerfile", "FROM node:20 AS build\nFROM nginx:1.27.3-alpine\n", "1.27.3"],
    ["Dockerfile", "FROM --platform=linux/amd64 docker.io/library/nginx:1.25 AS web\n", "1.25"],
    ["compose.yaml", 'services:\n  web:\n    image: "nginx:1.26.2"\n', "1.26.2"],
    ["Dockerfile", "FROM nginxinc/nginx-unprivileged:1.24\n", "1.24"],
    ["Dockerfile", "FROM nginx:alpine\n", null],
    ["Dockerfile", "# FROM nginx:1.2\nFROM my-nginx:1.9\n", null],
  ];
  it.each(cases)("%s with %j: %s", async (file, text, version) => {
    expect(await guessVersion(folderOf({ [file]: text }))).toBe(version);
  });

  it("is looked for upward, too", async () => {
    const folder = folderOf({ Dockerfile: "FROM nginx:1.28\n", "deploy/nginx/nginx.conf": "" });
    expect(await guessVersion(`${folder}/deploy/nginx`)).toBe("1.28");
  });
});
