import { cpSync } from "node:fs";
import { join } from "node:path";
import { debianPackages } from "../debian";
import { withLibraries } from "./files";
import type { Recipe } from "./recipes";

/** Libraries among them are those that a plain Debian lacks. */
const PACKAGES = [
  ...["postgresql-15", "libpq5", "libicu72", "libxml2", "libssl3", "libldap-2.5-0", "libsasl2-2"],
  ...["libgssapi-krb5-2", "libkrb5-3", "libk5crypto3", "libkrb5support0", "libkeyutils1"],
];

const HOME = "usr/lib/postgresql/15";
const SHARE = "usr/share/postgresql/15";

/** A PostgreSQL to test against. */
export const postgres: Recipe = {
  // Debian's security updates go on within 15.
  version: "15 (Debian 12)",
  user: 999,
  entrypoint: `/${HOME}/bin/postgres`,
  inputs: async (report) => [await debianPackages("postgres", PACKAGES, report)],
  async fill(root, [tree]) {
    const files = ["postgres", "initdb"].map((name) => `${HOME}/bin/${name}`);
    // What a fresh database loads, and the statistics of statements, which its exporter can read.
    for (const name of ["plpgsql", "dict_snowball", "pg_stat_statements"])
      files.push(`${HOME}/lib/${name}.so`);
    for (const file of files) await withLibraries(join(tree, file), join(root, file), root, tree);
    cpSync(join(tree, SHARE), join(root, SHARE), { recursive: true, dereference: true });
    // The shell that initdb starts the server with, and what the first start of examples/ calls.
    for (const name of ["sh", "rm"]) await withLibraries(`/bin/${name}`, join(root, "bin", name), root);
  },
};
