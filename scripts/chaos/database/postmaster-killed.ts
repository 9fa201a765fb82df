import { setTimeout as delay } from "node:timers/promises";
import type { Experiment } from "../experiment.ts";
import { underLoad } from "../rig/under-load.ts";

export const postmasterKilled: Experiment = {
  name: "postmaster-killed",
  promise:
    "When PostgreSQL crashes and comes back, the service goes on by itself, and nothing acknowledged is lost.",
  trial: "`kill -9` of the postmaster, and its start a second later.",
  protection:
    'Without `client.on("error", …)` in service/src/database/client.ts the service never stored anything again.',
  run: () =>
    underLoad(async ({ postgres }) => {
      await postgres.end("SIGKILL");
      await delay(1_000);
      await postgres.start();
      return undefined;
    }),
};
