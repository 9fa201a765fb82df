import { readStatement, readTemplate } from "../../templates.ts";

const file = (name: string) => new URL(name, import.meta.url);

/** The rule of a clan's health, over the columns of the table. */
export const health = readTemplate(file("health.sql"));

/** `query.sql`, for other statements to contain. */
export const clanDailyMetricsStatement = readStatement(file("query.sql"), ["from_date", "to_date"], {
  health,
});
