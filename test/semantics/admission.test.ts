import { describe, expect, it } from "vitest";
import { type Admission, Model, type VirtualServer } from "../../src/semantics/index.ts";
import { configure } from "./request/configure.ts";

/** The last server of a text; of the inside of one where it names none. */
function serverOf(text: string): VirtualServer {
  const whole = /\bserver \{/.test(text) ? text : `server { listen 80; server_name a.example; ${text} }`;
  const server = new Model(configure(whole), null).servers.at(-1);
  if (server === undefined) throw new Error("no server");
  return server;
}

const admits = (text: string, uri = "/m") => serverOf(text).admits(uri).kind;
const reason = (text: string, uri = "/m") => reasonOf(serverOf(text).admits(uri));

function reasonOf(admission: Admission): string | null {
  return admission.kind === "open" ? (admission.mistake?.reason ?? null) : admission.kind;
}

const AUTH = "auth_basic m; auth_basic_user_file /u;";
const PASS = "proxy_pass http://app;";

describe("strangers at addresses and passwords", () => {
  it("meet `allow` and `deny` in force where they arrive", () => {
    expect(admits(`location /m { ${PASS} }`)).toBe("open");
    expect(admits(`location /m { deny all; ${PASS} }`)).toBe("closed");
    expect(admits(`deny all; location /m { ${PASS} }`)).toBe("closed");
    expect(admits(`deny all; location /m { allow 10.0.0.0/8; ${PASS} }`)).toBe("open");
    expect(admits(`location /m { deny all; location /m/x { ${PASS} } }`, "/m/x")).toBe("closed");
  });

  it("come from elsewhere where a list names the networks of documentation", () => {
    expect(admits(`location /m { deny 203.0.113.0/24; ${PASS} }`)).toBe("open");
    expect(admits(`location /m { allow 0.0.0.0/1; deny all; ${PASS} }`)).toBe("open");
  });

  it("come by IPv6 where it is listened on", () => {
    const rules = `deny 0.0.0.0/0; ${PASS}`;
    expect(admits(`server { listen 80; location /m { ${rules} } }`)).toBe("closed");
    expect(admits(`server { listen 80; listen [::]:80; location /m { ${rules} } }`)).toBe("open");
    expect(admits(`server { listen [::]:80 ipv6only=off; location /m { deny ::/0; ${PASS} } }`)).toBe("open");
  });

  it("cannot connect to private addresses", () => {
    expect(admits(`server { listen 127.0.0.1:80; listen unix:/run/n.sock; location /m { ${PASS} } }`)).toBe(
      "closed",
    );
  });

  it("have no password, and pass where the realm is `off` for them", () => {
    expect(admits(`location /m { ${AUTH} ${PASS} }`)).toBe("closed");
    expect(admits(`location /m { auth_basic m; ${PASS} }`)).toBe("open");
    const map = (rest: string) =>
      `map $remote_addr $realm { ${rest} } server { listen 80; location /m { auth_basic $realm; auth_basic_user_file /u; ${PASS} } }`;
    expect(admits(map("default off; 10.0.0.1 m;"))).toBe("open");
    expect(reason(map("default off; 10.0.0.1 m;"))).toContain("`$realm` is `off`");
    expect(admits(map("default m; 10.0.0.1 off;"))).toBe("closed");
  });

  it("need one door under `satisfy any`", () => {
    const any = `satisfy any; ${AUTH} ${PASS}`;
    expect(admits(`location /m { ${any} allow 10.0.0.0/8; deny all; }`)).toBe("closed");
    expect(admits(`location /m { ${any} allow all; }`)).toBe("open");
    expect(reason(`location /m { ${any} allow all; }`)).toContain("`satisfy any`");
    // Addresses that no rule names decide nothing.
    expect(admits(`location /m { ${any} allow 10.0.0.0/8; }`)).toBe("closed");
  });

  it("are only delayed by `auth_delay`", () => {
    expect(admits(`location /m { auth_delay 1s; ${PASS} }`)).toBe("open");
  });

  it("are refused by gates of modules that are not known, unless these are off", () => {
    expect(admits(`location /m { auth_jwt realm; ${PASS} }`)).toBe("closed");
    expect(admits(`location /m { auth_saml on; ${PASS} }`)).toBe("closed");
    expect(admits(`auth_jwt realm; location /m { auth_jwt off; ${PASS} }`)).toBe("open");
    expect(admits(`auth_jwt_key_file /k; location /m { ${PASS} }`)).toBe("open");
  });
});

describe("strangers and subrequests", () => {
  it("are refused by an `auth_request` that nobody here answers", () => {
    expect(admits(`location /m { auth_request /a; ${PASS} } location /a { proxy_pass http://sso; }`)).toBe(
      "closed",
    );
  });

  it("pass an `auth_request` that the configuration answers with 200", () => {
    const text = `location /m { auth_request /a; ${PASS} } location /a { return 200; }`;
    expect(admits(text)).toBe("open");
    expect(reason(text)).toContain("answers 200");
    expect(admits(`location /m { auth_request /a; ${PASS} } location /a { return 403; }`)).toBe("closed");
  });
});

describe("strangers and error pages", () => {
  it("are let in where a refusal goes on to a location that answers", () => {
    const text = `location /m { deny all; error_page 403 = @app; } location @app { ${PASS} }`;
    expect(admits(text)).toBe("open");
    expect(reason(text)).toContain("`error_page 403 = @app`");
    expect(admits(`location /m { deny all; error_page 403 = @app; ${PASS} } location @app { ${PASS} }`)).toBe(
      "open",
    );
    expect(
      admits(
        `location /m { auth_request /a; error_page 401 = @app; } location /a { return 401; } location @app { ${PASS} }`,
      ),
    ).toBe("open");
  });

  it("are not let in where the location has rules of its own", () => {
    expect(
      admits(`location /m { deny all; error_page 403 = @app; } location @app { deny all; ${PASS} }`),
    ).toBe("closed");
    expect(admits(`deny all; location /m { error_page 403 = @app; ${PASS} } location @app { ${PASS} }`)).toBe(
      "closed",
    );
  });

  it("get a page in the place of what they asked for", () => {
    expect(admits(`location /m { deny all; error_page 403 /no.html; ${PASS} }`)).toBe("closed");
    expect(
      admits(
        `location /m { deny all; error_page 403 =200 /page; ${PASS} } location = /page { return 200 hello; }`,
      ),
    ).toBe("closed");
    expect(admits(`location /m { deny all; error_page 403 =302 https://login.example/; ${PASS} }`)).toBe(
      "closed",
    );
    expect(
      admits(
        `location /m { auth_request /a; error_page 401 = @login; ${PASS} } location @login { return 302 /login; }`,
      ),
    ).toBe("closed");
    // The page to log in is another backend's.
    expect(
      admits(
        `location /m { auth_request /a; error_page 401 = @login; ${PASS} } location @login { proxy_pass http://sso; }`,
      ),
    ).toBe("closed");
  });

  it("are not refused by what is not on this disk", () => {
    expect(admits("location /m { root /srv; error_page 404 /404.html; }")).toBe("open");
    expect(admits("location /m { root /srv; try_files $uri =404; }")).toBe("open");
  });
});

describe("strangers on their way to a place", () => {
  it("meet the rules of the location where they end", () => {
    expect(admits(`location /m { deny all; rewrite ^ /inner last; } location /inner { ${PASS} }`)).toBe(
      "open",
    );
    expect(admits(`location /m { rewrite ^ /inner last; } location /inner { deny all; ${PASS} }`)).toBe(
      "closed",
    );
    expect(admits(`location /m { deny all; rewrite ^ /x break; ${PASS} }`)).toBe("closed");
    expect(admits(`location /m { try_files /none @app; } location @app { deny all; ${PASS} }`)).toBe(
      "closed",
    );
    expect(admits(`location /m { deny all; try_files /none @app; } location @app { ${PASS} }`)).toBe(
      "closed",
    );
  });

  it("cannot ask for what is internal", () => {
    expect(admits(`location /m { internal; ${PASS} }`)).toBe("closed");
    expect(admits(`location /x { rewrite ^ /m last; } location /m { internal; ${PASS} }`, "/x")).toBe("open");
  });

  it("send GET, whatever other methods are refused", () => {
    expect(admits(`location /m { limit_except GET { deny all; } ${PASS} }`)).toBe("open");
    expect(admits(`location /m { limit_except POST { deny all; } ${PASS} }`)).toBe("closed");
  });

  it("are answered by `return` before anybody is asked", () => {
    expect(admits("location /m { deny all; return 200 up; }")).toBe("open");
    expect(reason("location /m { deny all; return 200 up; }")).toContain(
      "`return` answers before `deny all`",
    );
    expect(admits("location /m { return 301 /login; }")).toBe("closed");
    expect(admits("location /m { return 403; }")).toBe("closed");
    expect(admits("return 403; location /m { return 200 up; }")).toBe("closed");
  });

  it("meet the access rules of an `if` that they are in", () => {
    expect(admits(`location /m { deny all; if ($arg_x = "") { proxy_pass http://app; } }`)).toBe("closed");
    expect(admits(`location /m { if ($request_method = GET) { ${PASS} } deny all; }`)).toBe("closed");
  });
});

describe("strangers at conditions", () => {
  const at = (condition: string, before = "", top = "") =>
    `${top} server { listen 80; ${before} location /m { if (${condition}) { return 403; } ${PASS} } }`;

  it("are told from friends by address", () => {
    expect(admits(at('$remote_addr !~ "^10\\."'))).toBe("closed");
    expect(admits(at('$remote_addr = "10.0.0.1"'))).toBe("open");
  });

  it("have addresses that a pattern takes for others", () => {
    expect(admits(at('$remote_addr !~ "^10"'))).toBe("open");
    expect(reason(at('$remote_addr !~ "^10"'))).toContain("public addresses such as `100.0.0.5` fit it, too");
    expect(admits(at('$remote_addr !~ "^(10\\.|172\\.1[6-9]|192\\.168\\.)"'))).toBe("open");
    expect(admits(at('$remote_addr !~ "^(10\\.|172\\.1[6-9]\\.|192\\.168\\.)"'))).toBe("closed");
    // A network that somebody has written down.
    expect(admits(at('$remote_addr !~ "^198\\.51\\."'))).toBe("closed");
  });

  it("write the address that a `geo` looks for in a header", () => {
    const site = at("$friend = 0", "", "geo $http_x_forwarded_for $friend { default 0; 10.0.0.0/8 1; }");
    expect(admits(site)).toBe("open");
    expect(reason(site)).toContain("in a header that any client can send");
  });

  it("are what `geo` and `map` say of them", () => {
    expect(admits(at("$friend = 0", "", "geo $friend { default 0; 10.0.0.0/8 1; }"))).toBe("closed");
    expect(
      admits(at("$friend = 0", "", "geo $friend { ranges; default 0; 10.0.0.0-10.255.255.255 1; }")),
    ).toBe("closed");
    expect(
      admits(at("$friend = 0", "", "geo $friend { ranges; default 1; 10.0.0.0-10.255.255.255 0; }")),
    ).toBe("open");
    expect(admits(at("$friend = 0", "", "geo $friend { default 0; proxy 10.0.0.0/8; 10.0.0.0/8 1; }"))).toBe(
      "closed",
    );
    // Whoever comes by this address can call it by any name.
    expect(admits(at("$bad", "", "map $host $bad { hostnames; default 1; *.b.example 0; }"))).toBe("open");
    expect(admits(at("$bad", "", "map $server_name $bad { hostnames; default 1; *.b.example 0; }"))).toBe(
      "closed",
    );
    expect(
      admits(
        `map $host $bad { hostnames; default 1; *.b.example 0; } server { listen 80; server_name www.b.example; location /m { if ($bad) { return 403; } ${PASS} } }`,
      ),
    ).toBe("open");
  });

  it("do not know secrets, and pass where none is asked for", () => {
    expect(admits(at('$http_x_token != "5f2c"'))).toBe("closed");
    expect(admits(at("$http_x_token != $token", "set $token 5f2c;"))).toBe("closed");
    expect(admits(at("$http_x_token != $tokn", "set $token 5f2c;", "server { set $tokn x; }"))).toBe("open");
    expect(admits(at('$http_authorization = ""'))).toBe("open");
    expect(reason(at('$http_authorization = ""'))).toContain("any value passes");
    expect(admits(at('$arg_token = ""'))).toBe("open");
    expect(admits(at('$cookie_session = ""'))).toBe("open");
    expect(admits(at("$http_x_token != $http_x_tokn"))).toBe("open");
    expect(admits(at('$http_x_token !~ "."'))).toBe("open");
    expect(admits(at("$known = 0", "", 'map $http_x_token $known { default 0; "5f2c" 1; }'))).toBe("closed");
    expect(admits(at("$known = 0", "", 'map $http_x_token $known { default 1; "" 0; }'))).toBe("open");
  });

  it("can write what programs say of themselves", () => {
    expect(admits(at('$http_user_agent = ""'))).toBe("open");
    expect(reason(at('$http_user_agent = ""'))).toBe(null);
    expect(admits(at("$robot", "", 'map $http_user_agent $robot { default 0; "" 1; ~*(curl|bot) 1; }'))).toBe(
      "open",
    );
    expect(admits(at("$http_user_agent !~ Prometheus"))).toBe("open");
    expect(reason(at("$http_user_agent !~ Prometheus"))).toContain("any client can send");
    expect(admits(at('$http_user_agent !~* "^(kube-probe|Prometheus)/\\d+"'))).toBe("open");
    expect(admits(at("$invalid_referer", "valid_referers none *.example.com;"))).toBe("open");
  });

  it("are unknown where no file tells", () => {
    expect(admits(at("$geoip_country_code != SE"))).toBe("unknown");
    expect(admits("location /m { include /elsewhere/*.conf; return 200 up; }")).not.toBe("closed");
  });

  it("have no certificate", () => {
    const tls = (inside: string) => `server { listen 443 ssl; ${inside} location /m { ${PASS} } }`;
    expect(admits(tls("ssl_verify_client on;"))).toBe("closed");
    expect(admits(tls("ssl_verify_client optional;"))).toBe("open");
    expect(reason(tls("ssl_verify_client optional;"))).toContain("without a certificate");
    expect(
      admits(tls("ssl_verify_client optional; if ($ssl_client_verify != SUCCESS) { return 403; }")),
    ).toBe("closed");
    expect(
      admits(tls('ssl_verify_client optional; if ($ssl_client_s_dn !~ "CN=prom") { return 403; }')),
    ).toBe("closed");
    expect(
      admits(`server { listen 80; listen 443 ssl; ssl_verify_client on; location /m { ${PASS} } }`),
    ).toBe("open");
    expect(
      admits(
        `server { listen 80; listen 443 ssl; if ($scheme = http) { return 301 https://$host; } ssl_verify_client on; location /m { ${PASS} } }`,
      ),
    ).toBe("closed");
    expect(admits(tls("ssl_reject_handshake on;"))).toBe("closed");
  });
});

describe("strangers who claim an address", () => {
  const behind = (real: string, listen = "80") =>
    `server { listen ${listen}; ${real} location /m { allow 10.0.0.0/8; deny all; ${PASS} } }`;

  it("are believed by who trusts everybody", () => {
    expect(admits(behind("set_real_ip_from 10.0.0.0/8;"))).toBe("closed");
    expect(admits(behind("set_real_ip_from 0.0.0.0/0;"))).toBe("open");
    expect(admits(behind("set_real_ip_from 0.0.0.0/0; real_ip_header X-Forwarded-For;"))).toBe("open");
    expect(admits(behind("set_real_ip_from 0.0.0.0/0; real_ip_header proxy_protocol;"))).toBe("closed");
    expect(
      admits(behind("set_real_ip_from 0.0.0.0/0; real_ip_header proxy_protocol;", "80 proxy_protocol")),
    ).toBe("open");
    // Where nobody is allowed, nobody can be claimed to be.
    expect(admits(`set_real_ip_from 0.0.0.0/0; location /m { deny all; ${PASS} }`)).toBe("closed");
  });

  it("are believed by a `geo` that trusts everybody's X-Forwarded-For", () => {
    const geo = (proxy: string) =>
      `geo $friend { default 0; ${proxy} 10.0.0.0/8 1; } server { listen 80; location /m { if ($friend = 0) { return 403; } ${PASS} } }`;
    expect(admits(geo("proxy 0.0.0.0/0;"))).toBe("open");
    expect(admits(geo("proxy 192.0.2.1;"))).toBe("closed");
  });
});

describe("whoever asks", () => {
  it("can be named", () => {
    const server = serverOf(`location /m { allow 10.0.0.0/8; deny all; ${PASS} }`);
    expect(server.admits("/m", { address: "10.1.2.3" }).kind).toBe("open");
    expect(server.admits("/m", { address: "192.0.2.1" }).kind).toBe("closed");
  });
});

describe("a place", () => {
  const placeAt = (text: string, title: string) => {
    const server = serverOf(text);
    const location = server.server.allLocations().find((each) => each.title === title);
    if (location === undefined) throw new Error("no location");
    return server.model.place(location.context).admits().kind;
  };

  it("is asked as if the request had arrived there", () => {
    const text = `location /m { try_files /none @app; } location @app { deny all; ${PASS} } location ~ ^/x(\\d+)$ { ${PASS} } location /i { internal; ${PASS} }`;
    expect(placeAt(text, "location @app")).toBe("closed");
    expect(placeAt(text, "location /m")).toBe("open");
    expect(placeAt(text, "location ~ ^/x(\\d+)$")).toBe("open");
    expect(placeAt(text, "location /i")).toBe("open");
  });

  it("is behind what the server does first", () => {
    expect(placeAt(`if ($http_x != s) { return 403; } location /m { ${PASS} }`, "location /m")).toBe(
      "closed",
    );
    expect(placeAt(`return 301 /; location @a { ${PASS} }`, "location @a")).toBe("closed");
  });
});
