import { apart, type LogCase, one } from "./case";

const NGINX = "nginx/nginx src/core/ngx_log.c";
const NGINX_ACCESS = "https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format";
const HTTPD = "https://httpd.apache.org/docs/2.4/logs.html";

export const SERVER_CASES: LogCase[] = [
  one(
    "nginx, access combined",
    NGINX_ACCESS,
    '203.0.113.7 - alice [02/Jan/2024:15:04:05 +0000] "GET /orders HTTP/1.1" 404 153 "https://example.org/" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"',
    {},
    {
      text: '203.0.113.x - alice [02/Jan/2024:15:04:05 +0000] "GET /orders HTTP/1.1" 404 153 "https://example.org/" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"',
      note: "Chrome's version looks like an address.",
    },
  ),
  apart("nginx, errors", NGINX, [
    ["2024/01/02 15:04:05 [notice] 1#1: start worker processes", { level: "info" }],
    [
      '2024/01/02 15:04:05 [warn] 31#31: *1 a client request body is buffered to a temporary file, host: "shop"',
      { level: "warn" },
    ],
    [
      '2024/01/02 15:04:05 [crit] 31#31: *2 open() "/var/cache/1" failed (28: No space left on device)',
      { level: "fatal" },
    ],
    [
      '2024/01/02 15:04:05 [emerg] 1#1: host not found in upstream "shop" in /etc/nginx/nginx.conf:31',
      { level: "fatal" },
    ],
    ["2024/01/02 15:04:05 [alert] 1#1: worker process 31 exited on signal 9", { level: "fatal" }],
    ["2024/01/02 15:04:05 [info] 31#31: *3 client closed keepalive connection", { level: "info" }],
    ["2024/01/02 15:04:05 [debug] 31#31: *3 http cleanup", { level: "debug" }],
  ]),
  one(
    "nginx, error with a client",
    NGINX,
    '2024/01/02 15:04:05 [error] 31#31: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: shop, request: "GET / HTTP/1.1", upstream: "http://10.1.2.3:8080/", host: "shop"',
    { level: "error" },
    {
      text: '2024/01/02 15:04:05 [error] 31#31: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.x, server: shop, request: "GET / HTTP/1.1", upstream: "http://10.1.2.x:8080/", host: "shop"',
    },
  ),
  one(
    "nginx's container, at its start",
    "https://github.com/nginxinc/docker-nginx/blob/master/entrypoint/docker-entrypoint.sh",
    "/docker-entrypoint.sh: Configuration complete; ready for start up",
  ),
  apart("Apache httpd, errors", "https://httpd.apache.org/docs/2.4/mod/core.html#errorlogformat", [
    [
      "[Tue Jan 02 15:04:05.123456 2024] [mpm_event:notice] [pid 1:tid 140] AH00489: Apache/2.4.58 (Unix) configured -- resuming normal operations",
      { level: "info" },
    ],
    [
      "[Tue Jan 02 15:04:05.123457 2024] [ssl:warn] [pid 1:tid 140] AH01909: certificate does not match",
      { level: "warn" },
    ],
    ["[Tue Jan 02 15:04:05.123458 2024] [core:emerg] [pid 1:tid 140] cannot start", { level: "fatal" }],
  ]),
  one(
    "Apache httpd, error with a client",
    HTTPD,
    "[Tue Jan 02 15:04:05.123456 2024] [core:error] [pid 35:tid 140] [client 10.1.2.3:51234] AH00126: Invalid URI in request",
    { level: "error" },
    {
      text: "[Tue Jan 02 15:04:05.123456 2024] [core:error] [pid 35:tid 140] [client 10.1.2.x:51234] AH00126: Invalid URI in request",
    },
  ),
  one(
    "Apache httpd, access",
    HTTPD,
    '::1 - - [02/Jan/2024:15:04:05 +0000] "OPTIONS * HTTP/1.0" 200 -',
    {},
    {
      text: '::x - - [02/Jan/2024:15:04:05 +0000] "OPTIONS * HTTP/1.0" 200 -',
    },
  ),
];
