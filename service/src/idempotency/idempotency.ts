import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { Database, Queryable, Writable } from "../database/database.ts";
import { Problem } from "../http/problem.ts";
import { keptFor } from "../retention/kept-for.ts";

/** The header with which a client makes a POST safe to repeat. */
export const IdempotencyHeaders = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters")
    .optional()
    .meta({ description: `Same key and same body: the first answer again, for ${keptFor.idempotencyKeys}` }),
});

/**
 * The key under which a request's answer is stored: its Idempotency-Key belongs to the caller and the route, so that
 * neither another caller nor another operation can meet it. Undefined without the header.
 */
export function storageKey(request: FastifyRequest): string | undefined {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return undefined;
  // None of the parts but the last may end in a key: a name has no space, and neither has a route of ours.
  return `${callerOf(request)} ${request.method} ${request.routeOptions.url} ${key}`;
}

/** A player's id is hashed, because keys outlive an erased player for a day. No key has a name with a colon. */
function callerOf({ apiKey, playerId }: FastifyRequest): string {
  if (playerId === null) return apiKey?.name ?? "-";
  return `player:${createHash("sha256").update(playerId).digest("hex")}`;
}

/** A route's answer in a form that can be stored and replayed. */
export interface Answer<Status extends number, Body> {
  status: Status;
  headers: Record<string, string>;
  body: Body;
}

/** SHA-256 of the validated body: requests of one operation with the same are the same. */
export function fingerprint(body: unknown): Buffer {
  return createHash("sha256").update(JSON.stringify(body)).digest();
}

/**
 * Runs `work` at most once per key. Key, fingerprint, effect and answer are stored in one transaction: all or none. An
 * error that `work` throws is not stored.
 *
 * @throws {Problem} 409 while another request with the key is running, 422 when the key came with another body
 */
export async function answerOnce<Kind extends Answer<number, unknown>>(
  database: Database,
  { key, fingerprint }: { key: string | undefined; fingerprint: () => Buffer },
  work: (database: Queryable & Writable) => Promise<Kind>,
): Promise<Kind> {
  if (key === undefined) return work(database);
  const receive = async () => ({ fingerprint: fingerprint() });
  return database.transaction((tx) => answerOnceWithin(tx, { key, receive }, () => work(tx)));
}

/**
 * `answerOnce` in the caller's transaction, for a body that is received within it: its fingerprint is known only
 * afterwards. `receive(true)`: the key has an answer already, and what is received is only compared.
 */
export async function answerOnceWithin<
  Received extends { fingerprint: Buffer },
  Kind extends Answer<number, unknown>,
>(
  tx: Queryable,
  { key, receive }: { key: string | undefined; receive: (isRepeat: boolean) => Promise<Received> },
  work: (received: Received) => Promise<Kind>,
): Promise<Kind> {
  if (key === undefined) return work(await receive(false));
  await lockKey(tx, key);
  const stored = await findAnswer<Kind>(tx, key);
  const received = await receive(stored !== undefined);
  if (!stored) {
    const answer = await work(received);
    await storeAnswer(tx, key, received.fingerprint, answer);
    return answer;
  }
  if (!stored.fingerprint.equals(received.fingerprint)) {
    const detail = "This Idempotency-Key was used for another request; take a new key for a new request.";
    throw new Problem(422, "IDEMPOTENCY_KEY_REUSED", detail);
  }
  return { ...stored.answer, headers: { ...stored.answer.headers, "idempotency-replayed": "true" } };
}

async function lockKey(tx: Queryable, key: string): Promise<void> {
  const { rows } = await tx.query(
    "select pg_try_advisory_xact_lock(hashtextextended('idempotency_keys ' || $1, 0)) as locked",
    [key],
  );
  if (rows[0].locked) return;
  const detail = "A request with this Idempotency-Key is still running; try again in a moment.";
  throw new Problem(409, "IDEMPOTENCY_KEY_IN_USE", detail, { headers: { "retry-after": "1" } });
}

async function findAnswer<Kind>(tx: Queryable, key: string) {
  const { rows } = await tx.query(
    `select fingerprint, status, headers, body
     from idempotency_keys
     where key = $1 and created_at > now() - interval '${keptFor.idempotencyKeys}'`,
    [key],
  );
  if (rows.length === 0) return undefined;
  const { status, headers, body } = rows[0];
  return {
    fingerprint: rows[0].fingerprint as Buffer,
    answer: { status, headers, body } as Kind,
  };
}

/** Stores an answer, and deletes a few expired ones, so that the table stays small without a scheduled job. */
async function storeAnswer(
  tx: Queryable,
  key: string,
  fingerprint: Buffer,
  { status, headers, body }: Answer<number, unknown>,
): Promise<void> {
  await tx.query(
    `with expired as (
       select key from idempotency_keys
       where created_at <= now() - interval '${keptFor.idempotencyKeys}' and key <> $1
       limit 10
       for update skip locked
     ), deleted as (
       delete from idempotency_keys using expired where idempotency_keys.key = expired.key
     )
     insert into idempotency_keys (key, fingerprint, status, headers, body)
     values ($1, $2, $3, $4, $5)
     on conflict (key) do update set
       fingerprint = excluded.fingerprint,
       status = excluded.status,
       headers = excluded.headers,
       body = excluded.body,
       created_at = excluded.created_at`,
    [key, fingerprint, status, JSON.stringify(headers), JSON.stringify(body)],
  );
}
