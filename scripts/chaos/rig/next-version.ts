import { cpSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const service = fileURLToPath(new URL("../../../service", import.meta.url));
const modules = fileURLToPath(new URL("../../../node_modules", import.meta.url));

// They only add, and leave alone what the code of today uses. It takes a second, so that there is a middle.
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

/** What the next version says when it has migrated. */
export const appliedAdditions = "applied emblems, levels; the schema is at version 902";

/** A version of the service, by its two commands. */
export interface Version {
  server: string;
  migrate: string;
}

export const today: Version = versionIn(service);

/** The version after today's: the same code with two more migrations, as a deployment of it would bring them. */
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
