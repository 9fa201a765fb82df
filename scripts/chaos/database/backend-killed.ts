import type { Experiment } from "../experiment.ts";
import { underLoad } from "../rig/under-load.ts";

/** PostgreSQL takes the crash of one backend for a reason to end all others and to recover. */
export const backendKilled: Experiment = {
  name: "backend-killed",
  promise: "The crash of one of PostgreSQL's backends costs a moment, and no write.",
  trial: "`kill -9` of a backend that serves the service.",
  protection: "",
  run: () =>
    underLoad(async ({ postgres }) => {
      const [backend] = await postgres.query(
        "select pid from pg_stat_activity where application_name = 'clan-service' limit 1",
      );
      process.kill(Number(backend?.pid), "SIGKILL");
      return undefined;
    }),
};
