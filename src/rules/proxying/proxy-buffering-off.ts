import { isPiecemeal } from "../../site/index.ts";
import { defineSettingRule } from "../definers/setting.ts";

/** Slow clients that keep the application's workers busy. */
export default defineSettingRule({
  id: "proxy-buffering-off",
  category: "proxying",
  severity: "info",
  confidence: "medium",
  presets: ["django-react"],
  checklist: ["django.proxy-buffering"],
  docs: {
    summary: "Responses of an application are not buffered, so slow clients keep its workers busy",
    why: "nginx reads a response as fast as the application can write it, and sends it as fast as the client can read it. With `proxy_buffering off` the application's worker waits for the client instead: a few slow phones are enough to block a Gunicorn with four workers. Event streams and long polling need it off, in their own locations.",
    bad: `server {
    listen 80;
    location / {
        proxy_buffering off;
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    good: `server {
    listen 80;
    location / {
        proxy_pass http://127.0.0.1:8000;
    }
    location /events/ {
        proxy_buffering off;
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering"],
  },
  directive: "proxy_buffering",
  *places({ model, site }) {
    for (const { place, sure } of site.applicationPasses(model.places)) {
      const list = place.list("proxy_set_header").statements;
      const isOff = place.isOn("proxy_buffering") === false;
      const { location, context } = place;
      if (!isOff || (sure && !isPiecemeal({ location, context, list }))) yield place;
    }
  },
  judge({ args, statement }) {
    if (statement === null || args[0]?.toLowerCase() !== "off") return null;
    return {
      message:
        "`proxy_buffering off` makes the application wait for every slow client: soon all its workers are busy.",
      help: "leave it on, and switch it off only in locations for event streams and long polling",
    };
  },
});
