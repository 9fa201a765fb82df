import { cpSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const service = fileURLToPath(new URL("../../../service", import.meta.url));
const modules = fileURLToPath(new URL("../../../node_modules", import.meta.url));

// They only add, and do not touch what the current version uses. They take a second, so that they can be interrupted.
const additions = {
  "901.do.emblems.sql": `
    create table emblems (name text primary key, drawn_at timestamptz not null default now());
    grant select, insert on emblems to clan_app;
    select pg_sleep(0.5);`,
  "902.do.levels.sql": `
    create index emblems_newest on emblems (drawn_at);
    select pg_sleep(0.5);
    alter table clans add column emblem text;
    alter table user_activity add column level integer;`,
};

/** Output of the next version's migration. */
export const appliedAdditions = "applied emblems, levels; the schema is at version 902";

/** The entry points of a version of the service. */
export interface Version {
  server: string;
  migrate: string;
}

export const current: Version = versionIn(service);

/** Creates the next version in a folder: the same code with two more migrations. */
export function makeNextVersion(folder: string): Version {
  const copy = join(folder, "next-version");
  for (const part of ["src", "migrations", "package.json"]) {
    cpSync(join(service, part), join(copy, part), { recursive: true });
  }
  symlinkSync(modules, join(copy, "node_modules"), "junction");
  for (const [name, sql] of Object.entries(additions)) writeFileSync(join(copy, "migrations", name), sql);
  return versionIn(copy);
}

function versionIn(folder: string): Version {
  return { server: join(folder, "src", "server.ts"), migrate: join(folder, "src", "migrate.ts") };
}
