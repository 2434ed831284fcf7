import { type LogCase, one } from "./case";

/* What looks like an IPv6 address and must stay as it is, and what merely has colons, dots or dashes. */

const RUST = "https://doc.rust-lang.org/reference/paths.html";
const CPP = "https://en.cppreference.com/w/cpp/language/qualified_lookup";
const RUBY = "https://docs.ruby-lang.org/en/master/syntax/modules_and_classes_rdoc.html";
const OPENSSL = "https://docs.openssl.org/master/man1/openssl-x509/";
const MAC = "https://en.wikipedia.org/wiki/MAC_address";
const PRINTED = "https://docs.python.org/3/library/functions.html#print";
const RFC4291 = "https://www.rfc-editor.org/rfc/rfc4291#section-2.2";

const kept = (program: string, source: string, line: string, note?: string) =>
  one(program, source, line, {}, { note });

export const COLON_CASES: LogCase[] = [
  kept(
    "a serial number of eight pairs",
    OPENSSL,
    "Serial Number: 00:1A:2B:3C:4D:5E:6F:70",
    "Valid as IPv6 by its grammar; eight groups of just two digits are taken for a serial number.",
  ),
  kept("a serial number of eight pairs in small letters", OPENSSL, "wwn 50:06:01:60:3b:a0:17:01 online"),
  kept("a serial number of sixteen pairs", OPENSSL, "serial=04:00:00:00:00:01:15:4b:5a:c3:94:00:11:22:33:44"),
  kept(
    "a fingerprint of twenty pairs",
    OPENSSL,
    "SHA1 Fingerprint=AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01",
  ),
  kept(
    "a fingerprint of SSH",
    "https://man.openbsd.org/ssh-keygen",
    "MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48 accepted",
  ),
  kept("a MAC address", MAC, "eth0 00:1a:2b:3c:4d:5e up, was DE:AD:BE:EF:00:01"),
  kept("a MAC address of eight pairs", MAC, "fw0 02:1a:2b:ff:fe:3c:4d:5e up"),
  kept(
    "a GUID of four groups",
    "https://www.rfc-editor.org/rfc/rfc4391",
    "port 0002:c903:0000:1491 active",
    "Four groups and no two colons: not IPv6.",
  ),
  kept(
    "Rust, a path of hexadecimal letters",
    RUST,
    "db::add failed in shop::db::add",
    "By its grammar db::add is IPv6. No digit, and db begins no network in use.",
  ),
  kept("Rust, a path", RUST, "std::vec::Vec::push and alloc::vec::Vec"),
  kept("C++, from the root", CPP, "::std::io and std::bad_alloc"),
  kept("C++, names of hexadecimal letters", CPP, "a::b, cafe::bad and dead::beef"),
  kept("Ruby, a class", RUBY, "Ad::Feed and DB::Add loaded"),
  kept(
    "Kubernetes, a kind",
    "https://kubernetes.io/docs/reference/using-api/",
    "watching v1::Pod and apps/v1::Deployment",
  ),
  kept(
    "Kubernetes, an account",
    "https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/",
    "system:serviceaccount:shop:default may not list",
  ),
  kept(
    "a time",
    "https://www.rfc-editor.org/rfc/rfc3339",
    "at 12:34:56 or 12:34:56.789 or 2024-01-02T12:34:56Z",
  ),
  kept("a time with thousandths behind a colon", PRINTED, "at 12:34:56:789"),
  kept(
    "a date with dashes",
    PRINTED,
    "backup 2024-01-02-15 and 2024-01-02-15-04-05 kept",
    "Four numbers with dashes, but nothing says that they are an address.",
  ),
  kept(
    "the common log's time",
    "https://httpd.apache.org/docs/2.4/logs.html",
    "[02/Jan/2024:15:04:05 +0000]",
  ),
  kept("a ratio", PRINTED, "ratio 16:9, score 3:2:1"),
  kept(
    "a hash",
    "https://docs.docker.com/reference/cli/docker/image/pull/",
    "redis@sha256:ab12cd34ef567890ab12cd34ef567890ab12cd34ef567890ab12cd34ef567890",
  ),
  kept("a UUID", "https://www.rfc-editor.org/rfc/rfc9562", "urn:uuid:123e4567-e89b-12d3-a456-426614174000"),
  kept(
    "a trace",
    "https://www.w3.org/TR/trace-context/",
    "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  ),
  kept("a place in a source", "https://go.dev/doc/", "main.go:23:9, Orders.java:42 and file.c:10:20:30"),
  kept("a process of Erlang", "https://www.rabbitmq.com/docs/logging", "process <0.229.0> ended"),
  kept("members of JSON", "https://www.rfc-editor.org/rfc/rfc8259", '{"a":1,"b":"c:d","e":{"f":2}}'),
  kept(
    "every interface of IPv6",
    RFC4291,
    "listening on [::]:8080",
    "Nothing follows the two colons, so nothing is hidden.",
  ),
  kept(
    "every interface of IPv6, as node writes it",
    "https://nodejs.org/api/errors.html#common-system-errors",
    "listen EADDRINUSE: address already in use :::3000",
    "The address is :: and 3000 is the port.",
  ),
  kept(
    "a network of IPv6",
    RFC4291,
    "route 2001:db8::/32",
    "Nothing follows the two colons: the network has no host.",
  ),
];
