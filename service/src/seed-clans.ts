import "./database/forget-pg-variables.ts";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { UserFacingError } from "@clan-platform/contract/errors.ts";
import { oneLine } from "@clan-platform/contract/terminal/reject-groups-text.ts";
import { readClanFile } from "./clans/seeding/clan-file.ts";
import { insertClans } from "./clans/seeding/insert-clans.ts";
import { seedReport } from "./clans/seeding/report.ts";
import { parseDatabaseConfig } from "./config.ts";
import { databaseFailure } from "./database/failures.ts";

// The container's third command: `node src/seed-clans.ts [FILE]`, which inserts the clans of a file whose names are new. Without
// FILE, that is the one that is mounted as clans.csv beside src; `-` is standard input. Its exit codes are those of `npm run seed-clans`.
const mounted = fileURLToPath(new URL("../clans.csv", import.meta.url));

try {
  const path = fileFromArguments();
  const database = parseDatabaseConfig(process.env);
  const file = await readClanFile(path);
  console.log(seedReport(path, file, await insertClans(database, file), oneLine));
  if (file.rejected.length > 0) process.exitCode = 2;
} catch (error) {
  console.error(`seed-clans: ${messageOf(error)}`);
  process.exitCode ??= 1;
}

function fileFromArguments(): string {
  try {
    const { positionals } = parseArgs({ allowPositionals: true });
    if (positionals.length <= 1) return positionals[0] ?? mounted;
  } catch {
    // Options: there are none.
  }
  process.exitCode = 64;
  throw new UserFacingError("its only argument is a file of clans, or - for standard input.");
}

function messageOf(error: unknown): unknown {
  if (error instanceof UserFacingError) return error.message;
  const failure = databaseFailure(error);
  if (!failure) return error;
  if (failure === "schema mismatch") return "nothing was seeded: migrate the database first.";
  const cause = error instanceof AggregateError ? error.errors[0] : error;
  return `nothing was seeded: PostgreSQL at DATABASE_URL can't be used: ${cause instanceof Error ? cause.message : cause}`;
}
