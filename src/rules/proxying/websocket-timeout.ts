import { type Place, parseMilliseconds } from "../../semantics/index.ts";
import { webSocketPlace } from "../../site/index.ts";
import { defineSettingRule } from "../definers/setting.ts";

/** WebSocket connections that nginx ends when nobody speaks. */
export default defineSettingRule({
  id: "websocket-timeout",
  category: "proxying",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["websockets.read-timeout"],
  docs: {
    summary: "WebSocket connections end after a minute of silence",
    why: "nginx closes a proxied connection when the upstream sends nothing for `proxy_read_timeout`, 60 seconds by default. A chat or a notification channel is often silent for longer: clients lose the connection again and again, and messages with it. Raise the timeout, or have the application send pings more often.",
    bad: `events {}
http {
    server {
        listen 80;
        location /ws/ {
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_pass http://127.0.0.1:8001;
        }
    }
}
`,
    good: `events {}
http {
    server {
        listen 80;
        location /ws/ {
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_read_timeout 1h;
            proxy_pass http://127.0.0.1:8001;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/websocket.html"],
  },
  directive: "proxy_read_timeout",
  places: ({ model }) => model.places.filter(isForWebSockets),
  judge({ args, origin }, place) {
    const time = parseMilliseconds(args[0] ?? "");
    if (!time.ok || time.value > 60_000) return null;
    const name = place.location?.title ?? "the location";
    return {
      message: `WebSocket connections to \`${name}\` end after ${time.value / 1000} seconds without a message${origin === "default" ? ", nginx's default" : ""}.`,
      help: "write `proxy_read_timeout 1h;` there, or have the application send a ping every 30 seconds",
    };
  },
});

/** By its name; by a header where no other location of the server has the name: one set of headers often serves all of them. */
function isForWebSockets(place: Place): boolean {
  const found = webSocketPlace(place);
  if (found === null || found.by === "name") return found !== null;
  return place.server?.places.some((other) => webSocketPlace(other)?.by === "name") !== true;
}
