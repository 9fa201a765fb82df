import { type Experiment, promised } from "../experiment.ts";
import { underLoad } from "../rig/under-load.ts";
import { until } from "../rig/until.ts";

const rounds = 4;

/** PostgreSQL takes the crash of one backend for a reason to end all others and to recover. */
export const backendKilled: Experiment = {
  name: "backend-killed",
  promise:
    "The crash of one of PostgreSQL's backends costs a moment; a write over which the connection is lost is answered with `OUTCOME_UNKNOWN`, and no other one is in doubt.",
  trial: `${rounds} times \`kill -9\` of a backend that works for the service, every second time in the middle of a transaction that has written.`,
  protection:
    "Before the service said `OUTCOME_UNKNOWN` (`outcomeOf` in service/src/database/outcome.ts, around COMMIT and around a write that commits itself), two writes that had been refused with `DATABASE_UNAVAILABLE` were there.",
  run: () =>
    underLoad(async ({ postgres, load }) => {
      for (let round = 0; round < rounds; round++) {
        const isWriting = round % 2 === 0;
        const pid = await until("a backend works for the service", async () => {
          const [backend] = await postgres.query(
            `select pid from pg_stat_activity
             where application_name = 'clan-service' and (not $1 or (xact_start is not null and backend_xid is not null))
             limit 1`,
            [isWriting],
          );
          return Number(backend?.pid);
        });
        // It may have ended its transaction by now; it serves the service all the same.
        process.kill(pid, "SIGKILL");
        await load.untilAcknowledged(20);
      }
      const { refused, unknown } = {
        refused: load.ledger.count("refused"),
        unknown: load.ledger.count("unknown"),
      };
      promised(refused + unknown > 0, "no write has noticed anything: the experiment did no harm");
      return undefined;
    }),
};
