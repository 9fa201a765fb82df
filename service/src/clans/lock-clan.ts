import type { Queryable } from "../database/database.ts";
import { type ClanRow, columns } from "./repository.ts";

/**
 * Reads a clan, and keeps others from changing it or its members until the transaction ends; null when there is none. Whatever
 * changes memberships locks the clan first, and then the rows of its members, so that no two wait for each other.
 */
export const lockClan = (tx: Queryable, id: string) => lock(tx, id, "no key update");

/** Like `lockClan`, for a clan that is to be deleted: others can't add what refers to it either, such as a join request. */
export const lockClanForDeletion = (tx: Queryable, id: string) => lock(tx, id, "update");

async function lock(
  tx: Queryable,
  id: string,
  strength: "no key update" | "update",
): Promise<ClanRow | null> {
  const text = `select ${columns} from clans where id = $1 for ${strength}`;
  const { rows } = await tx.query({ name: `lock-clan-for-${strength}`, text, values: [id] });
  return rows[0] ?? null;
}
