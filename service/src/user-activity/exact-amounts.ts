import { type ColumnNameOf, columnsOf } from "@clan-platform/contract/columns.ts";
import type { z } from "zod";
import { exactNumber } from "../http/exact-number.ts";
import type { StoredActivity } from "./repository.ts";
import type { Activity } from "./schemas.ts";

/** A row as an answer has it: with all digits of its amounts. */
export function withExactAmounts(row: StoredActivity): z.infer<typeof Activity> {
  const amounts = columnsOf("amount").map((name) => [name, exactNumber(row[name])]);
  return { ...row, ...(Object.fromEntries(amounts) as Record<ColumnNameOf<"amount">, number>) };
}
