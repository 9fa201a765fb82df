import type { z } from "zod";
import type { Database, Queryable, Writable } from "../database/database.ts";
import { retriedTransaction } from "../database/retried-transaction.ts";
import { type ProblemBody, problemType } from "../http/problem.ts";
import { type Answer, answerOnce, answerOnceWithin, fingerprint } from "../idempotency/idempotency.ts";
import { becomeFirstMember } from "../members/join.ts";
import { nameContended, nameTaken } from "./problems.ts";
import * as repository from "./repository.ts";
import type { NewClan } from "./schemas.ts";

type Creation = Answer<201, repository.ClanRow> | Answer<409, z.infer<typeof ProblemBody>>;

/**
 * Creates a clan, once per key; the answer is 409 when its name is taken.
 * @throws {Problem} 409 when its leader is in another clan, or the key in use
 */
export async function createClan(
  database: Database,
  { region = null, description, ...others }: z.infer<typeof NewClan>,
  { key, id }: { key: string | undefined; id: string },
): Promise<Creation> {
  const clan = { ...others, region, description: description || null };
  const { leader_user_id: leader } = others;
  const print = () => fingerprint(fingerprinted(clan));
  if (leader === undefined)
    return answerOnce(database, { key, fingerprint: print }, (tx) => insert(tx, clan, id));
  return retriedTransaction(database, (tx) =>
    answerOnceWithin(tx, { key, receive: async () => ({ fingerprint: print() }) }, async () => {
      const answer = await insert(tx, clan, id);
      if (answer.status === 201) await becomeFirstMember(tx, answer.body.id, leader);
      return answer;
    }),
  );
}

/** As versions before the other fields had it, when there are none of them: their clients' keys are good for a day. */
function fingerprinted({ name, region, ...others }: repository.NewClanRow): unknown[] {
  const isPlain = Object.values(others).every((value) => value === undefined || value === null);
  return isPlain ? [name, region] : [name, region, others];
}

async function insert(
  database: Queryable & Writable,
  clan: repository.NewClanRow,
  requestId: string,
): Promise<Creation> {
  // A clan that is deleted between the two queries has neither; the name is free then, so try again.
  for (let attempt = 0; attempt < 3; attempt++) {
    const created = await repository.insertClan(database, clan);
    if (created) return { status: 201, headers: { location: `/clans/${created.id}` }, body: created };
    const id = await repository.findClanIdByName(database, clan.name);
    if (id) {
      const body = nameTaken(id).body(requestId);
      return { status: 409, headers: { "content-type": problemType }, body };
    }
  }
  throw nameContended();
}
