import type { Row } from "@clan-platform/warehouse/warehouse.ts";
import type { Locator, Page } from "playwright-core";
import type { Fixture } from "./fixture.ts";

export type Figures = Record<string, number | null>;

const table = "clan_case_analytics.daily_metrics";

/** Every figure of the page, rounded as the page rounds; `days` is the condition on the days alone. */
const figuresSql = (days: string) => `
  sum(dau)::double as dau,
  round(sum(dau)::double / (select count(distinct event_date) from ${table} where ${days}), 1) as average_dau,
  round(sum(total_iap_revenue), 2)::double as iap,
  round(sum(total_ad_revenue), 2)::double as ad,
  round(sum(total_iap_revenue + total_ad_revenue), 2)::double as revenue,
  round(safe_divide(sum(total_iap_revenue + total_ad_revenue)::double, sum(dau)), 4) as arpdau,
  round(safe_divide(sum(matches_started)::double, sum(dau)), 3) as matches_per_dau,
  round(100 * safe_divide(sum(victories)::double, sum(matches_ended)), 2) as win_ratio,
  round(100 * safe_divide(sum(defeats)::double, sum(matches_ended)), 2) as defeat_ratio,
  round(safe_divide(sum(server_connection_errors)::double, sum(dau)), 4) as errors_per_dau,
  sum(matches_started)::double as matches_started,
  sum(matches_ended)::double as matches_ended,
  sum(victories)::double as victories,
  sum(defeats)::double as defeats,
  sum(server_connection_errors)::double as server_errors,
  sum(new_users)::double as new_users,
  sum(payers)::double as payers,
  round(100 * safe_divide(sum(payers)::double, sum(dau)), 2) as payer_ratio,
  round(safe_divide(sum(total_iap_revenue)::double, sum(payers)), 2) as arppu,
  sum(total_sessions)::double as sessions,
  round(safe_divide(sum(total_sessions)::double, sum(dau)), 3) as sessions_per_dau,
  round(safe_divide(sum(total_session_duration)::double / 60, sum(total_sessions)), 2) as session_minutes`;

/** Queries the figures of the rows that meet the conditions. */
export async function queryFigures({ query }: Fixture, days: string, others = "true"): Promise<Figures> {
  const [row] = await query(`select ${figuresSql(days)} from ${table} where ${days} and ${others}`);
  return row as Figures;
}

/** Queries the same figures for each value of a column. */
export async function queryFiguresBy(
  { query }: Fixture,
  column: "event_date" | "platform" | "country",
  days: string,
  others = "true",
): Promise<Map<string, Figures>> {
  const rows = await query(
    `select ${column} as name, ${figuresSql(days)} from ${table} where ${days} and ${others} group by ${column} order by ${column}`,
  );
  return new Map(rows.map(({ name, ...figures }: Row) => [String(name), figures as Figures]));
}

/** Parses a figure such as `$1,234.50` or `49.96%`; null for a dash. */
export function toNumber(text: string | null): number | null {
  const plain = (text ?? "").trim().replace(/[$,%]/g, "");
  if (plain === "–") return null;
  if (!/^-?\d+(\.\d+)?$/.test(plain)) throw new Error(`${text} is not a figure`);
  return Number(plain);
}

/** The figures on the cards, by measure. */
export async function readCards(page: Page): Promise<Figures> {
  const texts = (await page.evaluate(
    `[...document.querySelectorAll(".card[id^=card-]")].map((card) => [card.id, card.querySelector(".figure").textContent])`,
  )) as [string, string][];
  return Object.fromEntries(texts.map(([id, text]) => [id.replace("card-", ""), toNumber(text)]));
}

/** The text of every cell of a table, by row. */
export const readRows = (table: Locator): Promise<string[][]> =>
  table.evaluate((element: { rows: Iterable<{ cells: Iterable<{ textContent: string }> }> }) =>
    [...element.rows].slice(1).map((row) => [...row.cells].map((cell) => cell.textContent)),
  );

export const tableColumns = [
  "dau",
  "average_dau",
  "iap",
  "ad",
  "arpdau",
  "matches_per_dau",
  "win_ratio",
  "defeat_ratio",
  "errors_per_dau",
] as const;

/** The rows of the country table from all of its pages, by country code. */
export async function readCountries(page: Page): Promise<Map<string, Figures>> {
  const found = new Map<string, Figures>();
  const [previous, next] = ["Previous", "Next"].map((name) =>
    page.locator("#countries").getByRole("button", { name }),
  );
  while (await previous?.isEnabled()) await previous?.click();
  for (;;) {
    const rows = (await page.evaluate(
      `[...document.querySelectorAll("#countries tbody tr")].map((row) =>
        [row.dataset.country, ...[...row.querySelectorAll("td")].map((cell) => cell.textContent)])`,
    )) as string[][];
    for (const [country = "", ...cells] of rows) {
      found.set(
        country,
        // After the share and the change.
        Object.fromEntries(tableColumns.map((key, at) => [key, toNumber(cells[at + 2] ?? "")])),
      );
    }
    if (!(await next?.isEnabled())) return found;
    await next?.click();
  }
}

/** The figures with these keys. */
export const pick = (figures: Figures | undefined, keys: readonly string[]): Figures =>
  Object.fromEntries(keys.map((key) => [key, figures?.[key] ?? null]));
