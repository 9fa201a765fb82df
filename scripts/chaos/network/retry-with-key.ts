import { randomUUID } from "node:crypto";
import { activity, toCsv } from "../../testkit/activity.ts";
import { waitUntil } from "../../testkit/wait-until.ts";
import { expectThat } from "../experiment.ts";
import { type HttpResponse, NoResponse, sendRequest } from "../harness/http-client.ts";
import type { Write } from "../harness/ledger.ts";

/** The kinds of writes that take an Idempotency-Key; those of activity have one row. */
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

/** Allows these imports in addition to those of the load. */
export const roomForImports = { POOL_MAX: "15" };

export type Kind = keyof typeof kinds;
export const allKinds = Object.keys(kinds) as Kind[];

/**
 * Sends a write with a key, whose first response must satisfy `isLost` (undefined is no response), and retries it: the second
 * response must be the first one, replayed. Returns the write for the ledger.
 */
export async function retryWithKey(
  url: string,
  kind: Kind,
  isLost: (response: HttpResponse | undefined) => boolean,
): Promise<Write> {
  const name = `retried ${kind} ${randomUUID()}`;
  const { path, type, body } = kinds[kind](name);
  const headers = { "content-type": type, "idempotency-key": randomUUID() };
  const send = () =>
    sendRequest(url, { method: "POST", path, headers, body }).catch((error: unknown) => {
      if (error instanceof NoResponse) return undefined;
      throw error;
    });

  const first = await send();
  expectThat(isLost(first), `the first response to a ${kind} was ${first?.status} ${first?.text}`);
  // The session of the first attempt may hold its key a moment longer.
  const again = await waitUntil(
    "the key is free",
    async () => {
      const response = await send();
      return !response?.text.includes("IDEMPOTENCY_KEY_IN_USE") && { response };
    },
    { seconds: 5, everyMs: 100 },
  ).then(({ response }) => response);
  expectThat(
    again && again.status < 300 && again.headers["idempotency-replayed"] === "true",
    `the second response to a ${kind} was not the first one replayed: ${again?.status} ${again?.text}`,
  );
  const outcome = "acknowledged";
  return kind === "clan"
    ? { kind: "clan", name, outcome, id: JSON.parse(again.text).id }
    : { kind: "activity", name, outcome, rows: 1 };
}
