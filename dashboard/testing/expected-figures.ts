import type { Page } from "playwright-core";
import { expect } from "vitest";
import { cardKeys, tableBehind } from "./dashboard.ts";
import {
  pick,
  queryFigures,
  queryFiguresBy,
  readCards,
  readCountries,
  tableColumns,
  toNumber,
} from "./figures.ts";
import type { Fixture } from "./fixture.ts";

/**
 * Expects every card and every table cell to be what a query returns for the same rows. Where countries are compared with each other,
 * the ones that are not chosen are there too.
 */
export async function expectFiguresOfQueries(
  page: Page,
  fixture: Fixture,
  days: string,
  { platform, countries: chosen }: { platform?: string; countries?: string[] } = {},
): Promise<void> {
  const ofPlatform = platform ? `platform = '${platform}'` : "true";
  const others = chosen
    ? `${ofPlatform} and country in (${chosen.map((country) => `'${country}'`).join()})`
    : ofPlatform;
  const total = await queryFigures(fixture, days, others);
  expect(await readCards(page)).toEqual(pick(total, cardKeys));

  const byCountry = await queryFiguresBy(fixture, "country", days, ofPlatform);
  const countries = await readCountries(page);
  expect([...countries.keys()].sort()).toEqual([...byCountry.keys()].sort());
  for (const [country, figures] of countries) {
    expect([country, figures]).toEqual([country, pick(byCountry.get(country), tableColumns)]);
  }

  const byDay = [...(await queryFiguresBy(fixture, "event_date", days, others)).values()];
  const dauRows = await tableBehind(page, "DAU over time");
  expect(dauRows.map(([, dau]) => toNumber(dau ?? ""))).toEqual(byDay.map(({ dau }) => dau));
  const revenueRows = await tableBehind(page, "Revenue over time");
  expect(revenueRows.map(([, ...amounts]) => amounts.map(toNumber))).toEqual(
    byDay.map(({ iap, ad, revenue }) => [iap, ad, revenue]),
  );

  const byPlatform = await queryFiguresBy(fixture, "platform", days, others);
  const platformRows = await tableBehind(page, "DAU by platform");
  expect(platformRows.map(([name, , ...cells]) => [name?.toUpperCase(), cells.map(toNumber)])).toEqual(
    [...byPlatform].map(([name, figures]) => [name, tableColumns.map((key) => figures[key])]),
  );
  const shares = platformRows.map(([, share]) => toNumber(share ?? "") ?? 0);
  [...byPlatform.values()].forEach(({ dau }, at) => {
    expect(shares[at]).toBeCloseTo((100 * (dau ?? 0)) / (total.dau ?? 1), 1);
  });

  const errorRows = await tableBehind(page, "Server errors against matches, by country");
  expect(errorRows.map(([, ...cells]) => cells.map(toNumber).join()).sort()).toEqual(
    [...byCountry.values()]
      .map((figures) => [figures.dau, figures.matches_per_dau, figures.errors_per_dau].join())
      .sort(),
  );
}
