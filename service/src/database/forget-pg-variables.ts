// Imported first by every program that connects: `pg` takes what a URL leaves out from PostgreSQL's own variables (`PGSSLMODE`,
// `PGOPTIONS`, …), which somebody set for another server, and some of them it reads as it is imported. DATABASE_URL alone says it.
for (const name of Object.keys(process.env)) {
  if (/^(PG[A-Z]|NODE_PG_FORCE_NATIVE$)/.test(name)) delete process.env[name];
}
