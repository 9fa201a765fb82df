/** How PostgreSQL writes and reads dates and times as text in our sessions, whatever the database or the role has set. */
export const textSettings = { datestyle: "ISO", timezone: "UTC", intervalstyle: "postgres" };

/** Settings in the form in which a session of PostgreSQL takes them when it starts. */
export const startOptions = (settings: Record<string, string>): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replaceAll(" ", "\\ ")}`)
    .join(" ");
