import { migrate } from "./database/migrations.ts";

// The container's second command: `node src/migrate.ts`, run to its end before the service starts.
const databaseUrl = process.env.DATABASE_URL;
if (!databaseUrl) {
  console.error("migrate: DATABASE_URL is not set; it says which database to migrate");
  process.exit(2);
}
const appLogins = (process.env.APP_LOGINS ?? "").split(",").filter((login) => login !== "");

try {
  const { applied, version, newerThanCode } = await migrate(databaseUrl, { appLogins });
  const what = newerThanCode
    ? "the database was migrated by newer code, nothing to do"
    : applied.length > 0
      ? `applied ${applied.join(", ")}`
      : "nothing to do";
  console.log(`migrate: ${what}; the schema is at version ${version}`);
} catch (error) {
  console.error(
    `migrate: nothing was changed: ${error instanceof Error ? error.message || String(error) : error}`,
  );
  process.exit(1);
}
