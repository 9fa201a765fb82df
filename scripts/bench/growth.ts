import type { DerivedTable } from "@clan-platform/warehouse/tables/derived-tables.ts";

/** How many days the baseline of a table's growth has: whole months, and more days than one of its rows looks back. */
export const baselineDays = ({ daysAfter }: Pick<DerivedTable, "daysAfter">) =>
  30 * (Math.floor(daysAfter / 30) + 1);

/** The name of the ratio that says whether more history makes a day of a table slower. */
export const growthName = (derived: DerivedTable) =>
  `${derived.table.name}: a day among 360 relative to among ${baselineDays(derived)}`;
