import { startOptions, textSettings } from "@clan-platform/contract/postgres-session.ts";

// What our sessions need, whatever the database or the role has set: how dates and times are written and read as text; that a
// statement sees what others have committed since its transaction began, where it would otherwise fail; and, below, that our tables are
// found, also where public was taken from the path (https://www.postgresql.org/docs/18/ddl-schemas.html#DDL-SCHEMAS-PATTERNS).
const sessionSettings = { ...textSettings, default_transaction_isolation: "read committed" };

/** These settings as options with which a session starts. */
export const sessionOptions = startOptions({ ...sessionSettings, search_path: "public" });

/** The same as statements, for a session that may have started without them, and may need extensions of other schemas. */
export const setSession = [
  ...Object.entries(sessionSettings).map(([name, value]) => `set ${name} = '${value}'`),
  "select set_config('search_path', concat_ws(', ', 'public', nullif(current_setting('search_path'), '')), false)",
].join("; ");
