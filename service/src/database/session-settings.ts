// What our sessions need, whatever the database or the role has set: how dates and times are written and read as text; and that a
// statement sees what others have committed since its transaction began, where it would otherwise fail.
const sessionSettings = {
  datestyle: "ISO",
  timezone: "UTC",
  intervalstyle: "postgres",
  default_transaction_isolation: "read committed",
};

/** These settings as options with which a session starts. */
export const sessionOptions = Object.entries(sessionSettings)
  .map(([name, value]) => `-c ${name}=${value.replace(" ", "\\ ")}`)
  .join(" ");

/** The same as statements, for a session that may have started without them. */
export const setSession = Object.entries(sessionSettings)
  .map(([name, value]) => `set ${name} = '${value}'`)
  .join("; ");
