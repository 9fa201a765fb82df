import { type Busyness, busyness, peakedBusyness } from "./calendar.ts";
import { type CountryAt, countryAt } from "./countries.ts";
import type { Notation } from "./csv-block.ts";
import { filesAcrossDays, filesByDay, type PlannedDay, type PlannedFile } from "./plan.ts";
import { realAmounts } from "./real-amounts.ts";
import { realCountries } from "./real-countries.ts";
import type { ShapeName } from "./shape-names.ts";

interface Shape {
  busyness: Busyness;
  countryAt: CountryAt;
  notation: Notation;
  planFiles(days: PlannedDay[]): PlannedFile[];
}

/** Made when they are asked for: the countries of the real shape take a tenth of a second. */
const shapes: Record<ShapeName, () => Shape> = {
  contract: () => ({
    busyness,
    countryAt,
    notation: { platforms: { ANDROID: "ANDROID", IOS: "IOS" } },
    planFiles: filesByDay,
  }),
  real: () => ({
    busyness: peakedBusyness,
    countryAt: realCountries(),
    notation: { platforms: { ANDROID: "android", IOS: "ios" }, amounts: realAmounts },
    planFiles: (days) => filesAcrossDays(days, 17),
  }),
};

export const shapeOf = (name: ShapeName): Shape => shapes[name]();

/** Rows and last day of the real export that the shape is taken from; it has 30 days. */
export const realSize = { rows: 7_290_000, to: "2024-03-15" };
