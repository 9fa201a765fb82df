import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { activity, toCsv } from "../../testkit/activity.ts";
import { promised } from "../experiment.ts";
import { type Answer, ask, NoAnswer } from "../rig/ask.ts";
import type { Write } from "../rig/ledger.ts";

/** A write of each kind that takes an Idempotency-Key; rows of activity are one a write. */
const kinds = {
  clan: (name: string) => ({
    path: "/clans",
    type: "application/json",
    body: JSON.stringify({ name, region: "EU" }),
  }),
  batch: (name: string) => ({
    path: "/user-activity",
    type: "application/json",
    body: JSON.stringify({ rows: [activity({ user_id: name })] }),
  }),
  import: (name: string) => ({
    path: "/user-activity/import",
    type: "text/csv",
    body: toCsv([activity({ user_id: name })]),
  }),
};

/** Leaves room for these imports beside those of the load. */
export const roomForImports = { POOL_MAX: "15" };

export type Kind = keyof typeof kinds;
export const allKinds = Object.keys(kinds) as Kind[];

/**
 * Sends a write with a key, whose first answer is lost as `isLost` expects (undefined is no answer at all), and sends it
 * again: the second answer must be the first one, replayed. What was written is for the ledger.
 */
export async function retriedWithKey(
  url: string,
  kind: Kind,
  isLost: (answer: Answer | undefined) => boolean,
): Promise<Write> {
  const name = `retried ${kind} ${randomUUID()}`;
  const { path, type, body } = kinds[kind](name);
  const headers = { "content-type": type, "idempotency-key": randomUUID() };
  const send = () =>
    ask(url, { method: "POST", path, headers, body }).catch((error: unknown) => {
      if (error instanceof NoAnswer) return undefined;
      throw error;
    });

  const first = await send();
  promised(isLost(first), `the first answer to a ${kind} was ${first?.status} ${first?.text}`);
  let again = await send();
  // The session of the first attempt may take a moment to let go of its key.
  for (let n = 0; n < 50 && again?.text.includes("IDEMPOTENCY_KEY_IN_USE"); n++) {
    await delay(100);
    again = await send();
  }
  promised(
    again && again.status < 300 && again.headers["idempotency-replayed"] === "true",
    `the second answer to a ${kind} was not the first one replayed: ${again?.status} ${again?.text}`,
  );
  const outcome = "acknowledged";
  return kind === "clan"
    ? { kind: "clan", name, outcome, id: JSON.parse(again.text).id }
    : { kind: "activity", name, outcome, rows: 1 };
}
