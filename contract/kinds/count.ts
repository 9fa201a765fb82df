import { z } from "zod";
import { expected } from "./expected.ts";
import type { Kind } from "./kind.ts";

/** The largest value of PostgreSQL's integer. */
export const maxCount = 2 ** 31 - 1;

const range = `a whole number from 0 to ${maxCount}`;
const schema = z
  .int({ error: expected(range), abort: true })
  .min(0, `must be ${range}`)
  .max(maxCount, `must be ${range}`);

// Spreadsheets and data frames write 3 as 3.0, BigQuery's export to JSON as "3".
const wholeNumber = /^\d{1,10}(\.0+)?$/;

/** A whole number from 0 to `maxCount`. */
export const count: Kind<number> = {
  schema: ({ description }) => schema.meta({ description, format: "int32" }),
  readPlain: (value) =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maxCount
      ? (value as number)
      : undefined,
  plainForm: () => String.raw`\d{1,10}(?:\.0{1,9})?`,
  fromFile: (value) => (typeof value === "string" && wholeNumber.test(value) ? Number(value) : value),
};
