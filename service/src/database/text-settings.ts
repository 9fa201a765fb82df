// How our sessions write and read dates and times as text, whatever the database or the role has set.
const textSettings = { datestyle: "ISO", timezone: "UTC", intervalstyle: "postgres" };

/** These settings as options with which a session starts. */
export const textOptions = Object.entries(textSettings)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(" ");

/** The same as statements, for a session that may have started without them. */
export const setTextSettings = Object.entries(textSettings)
  .map(([name, value]) => `set ${name} = '${value}'`)
  .join("; ");
