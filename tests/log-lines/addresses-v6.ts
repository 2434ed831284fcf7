import { type LogCase, one } from "./case";

/* IPv6: four groups of eight stay, or what stands before the two colons; the rest becomes x. */

const RFC4291 = "https://www.rfc-editor.org/rfc/rfc4291#section-2.2";
const RFC5952 = "https://www.rfc-editor.org/rfc/rfc5952";
const PRINTED = "https://docs.python.org/3/library/functions.html#print";

const masked = (program: string, source: string, line: string, text: string, note?: string) =>
  one(program, source, line, {}, { text, note });

export const ADDRESS_V6_CASES: LogCase[] = [
  masked(
    "IPv6, shortened",
    RFC5952,
    "from 2001:db8::1 to fe80::1ff:fe23:4567:890a",
    "from 2001:db8::x to fe80::x",
  ),
  masked("IPv6, all groups", RFC4291, "from 2001:db8:1:2:a:b:c:d", "from 2001:db8:1:2:x"),
  masked(
    "IPv6, capitals",
    RFC4291,
    "from 2001:DB8::A and 2001:DB8:1:2:A:B:C:D",
    "from 2001:DB8::x and 2001:DB8:1:2:x",
  ),
  masked(
    "IPv6, groups of one digit",
    RFC4291,
    "from 1:2:3:4:5:6:7:8",
    "from 1:2:3:4:x",
    "Eight groups; a serial number would have two digits in each.",
  ),
  masked(
    "IPv6 with a port",
    RFC5952,
    "listening on [::1]:8080 and [2001:db8::7]:443",
    "listening on [::x]:8080 and [2001:db8::x]:443",
  ),
  masked("IPv6, the machine itself", RFC4291, "from ::1 to ::1.", "from ::x to ::x."),
  masked("IPv6 in JSON", RFC5952, '{"ip":"::1","peer":"2001:db8::7"}', '{"ip":"::x","peer":"2001:db8::x"}'),
  masked(
    "IPv6 with letters only",
    RFC4291,
    "from ::dead:beef",
    "from ::x",
    "Two colons in front and groups of hexadecimal digits alone.",
  ),
  masked(
    "IPv6, a private network with letters only",
    "https://www.rfc-editor.org/rfc/rfc4193",
    "from fdab:cafe::beef",
    "from fdab:cafe::x",
    "No digit in it, but fc and fd begin private networks; db::add begins none.",
  ),
  masked(
    "IPv4 within IPv6",
    RFC4291,
    "from ::ffff:10.1.2.3 and [::ffff:10.1.2.4]:443",
    "from ::ffff:10.1.2.x and [::ffff:10.1.2.x]:443",
  ),
  masked("IPv4 within IPv6, in hexadecimal", RFC4291, "from ::ffff:a01:203", "from ::x"),
  masked(
    "IPv4 behind a prefix of IPv6",
    "https://www.rfc-editor.org/rfc/rfc6052",
    "from 64:ff9b::10.1.2.3",
    "from 64:ff9b::10.1.2.x",
    "As ::ffff:10.1.2.x; both rules one after the other must not leave 64:ff9b::x.1.2.x.",
  ),
  masked(
    "IPv6 with an interface",
    "https://www.rfc-editor.org/rfc/rfc4007#section-11",
    "from fe80::1%eth0",
    "from fe80::x%eth0",
  ),
  masked(
    "IPv6, zeros in the second half",
    RFC5952,
    "from 2001:db8:1:2:3::4",
    "from 2001:db8:1:2:3::x",
    "What stands before the two colons stays, as the present rule has it, though the fifth group is of the interface.",
  ),
  masked("IPv6 behind a word and a colon", PRINTED, "client:2001:db8::7 left", "client:2001:db8::x left"),
  masked("IPv6, a network with a host", RFC4291, "route 2001:db8::7/64", "route 2001:db8::x/64"),
  masked(
    "IPv6 behind a name and an underline",
    PRINTED,
    "peer_fe80::1 and h_2001:db8::7 left",
    "peer_fe80::x and h_2001:db8::x left",
  ),
  one(
    "masked before",
    PRINTED,
    "from 10.1.2.x, fe80::x and 2001:db8:1:2:x",
    {},
    { note: "To mask twice is to mask once." },
  ),
];
