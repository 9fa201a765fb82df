import { setTimeout as delay } from "node:timers/promises";
import type { Experiment } from "../experiment.ts";
import { underLoad } from "../harness/under-load.ts";

export const postmasterKilled: Experiment = {
  name: "postmaster-killed",
  guarantee:
    "When PostgreSQL crashes and restarts, the service recovers by itself, and no acknowledged write is lost.",
  method: "`kill -9` of the postmaster, and a start a second later.",
  mutation: 'Without `client.on("error", …)` in service/src/database/client.ts no write succeeded again.',
  run: () =>
    underLoad(async ({ postgres }) => {
      await postgres.end("SIGKILL");
      await delay(1_000);
      await postgres.start();
      return undefined;
    }),
};
