import { waitUntil } from "../../testkit/wait-until.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { underLoad } from "../harness/under-load.ts";

const rounds = 4;

/** When a backend crashes, PostgreSQL terminates all others and recovers. */
export const backendKilled: Experiment = {
  name: "backend-killed",
  guarantee:
    "After the crash of a PostgreSQL backend, the service recovers at once; a write that loses its connection gets `OUTCOME_UNKNOWN`, and the outcome of every other write is certain.",
  method: `${rounds} times \`kill -9\` of a backend that serves the service, every second time within a transaction that has written.`,
  mutation:
    "Before the service returned `OUTCOME_UNKNOWN` (`outcomeOf` in service/src/database/outcome.ts, around COMMIT and around a write that commits itself), two writes that had been rejected with `DATABASE_UNAVAILABLE` were stored.",
  run: () =>
    underLoad(async ({ postgres, load }) => {
      for (let round = 0; round < rounds; round++) {
        const isWriting = round % 2 === 0;
        const pid = await waitUntil("a backend serves the service", async () => {
          const [backend] = await postgres.query(
            `select pid from pg_stat_activity
             where application_name = 'clan-service' and (not $1 or (xact_start is not null and backend_xid is not null))
             limit 1`,
            [isWriting],
          );
          return Number(backend?.pid);
        });
        // It may have ended its transaction by now, which does not matter.
        process.kill(pid, "SIGKILL");
        await load.untilAcknowledged(20);
      }
      const { rejected, unknown } = {
        rejected: load.ledger.count("rejected"),
        unknown: load.ledger.count("unknown"),
      };
      expectThat(rejected + unknown > 0, "no write was affected: the experiment injected no fault");
      return undefined;
    }),
};
