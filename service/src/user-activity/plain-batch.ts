import type { ActivityRow } from "@clan-platform/contract/activity-row.ts";
import { readPlainRow } from "@clan-platform/contract/plain-row.ts";
import { maxRows } from "./schemas.ts";

/** `readPlainRow` for the body of a batch: returns its rows when all are plain. */
export function readPlainRows(body: unknown): ActivityRow[] | undefined {
  if (typeof body !== "object" || body === null || Object.keys(body).length !== 1) return undefined;
  const { rows } = body as { rows?: unknown };
  if (!Array.isArray(rows) || rows.length === 0 || rows.length > maxRows) return undefined;
  const plain: ActivityRow[] = [];
  for (const raw of rows) {
    const row = readPlainRow(raw);
    if (!row) return undefined;
    plain.push(row);
  }
  return plain;
}
