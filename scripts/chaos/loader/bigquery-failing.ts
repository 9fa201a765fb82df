import { join } from "node:path";
import { openBigquery } from "@clan-platform/warehouse/engines/bigquery/bigquery.ts";
import { loadRawFiles } from "@clan-platform/warehouse/loading/load-raw-files.ts";
import { fullName, tables as ours } from "@clan-platform/warehouse/tables/table.ts";
import {
  type BigqueryServer,
  connectionTo,
  type Fault,
  startBigquery,
} from "@clan-platform/warehouse/testing/bigquery-server.ts";
import { WarehouseError } from "@clan-platform/warehouse/warehouse.ts";
import { toCsv } from "../../testkit/activity.ts";
import { activityRows, writePart } from "../../testkit/parts.ts";
import type { SeededRandom } from "../../testkit/seeded-random.ts";
import { inTemporaryFolder } from "../../testkit/temporary-folder.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { withSeed } from "../harness/with-seed.ts";
import { expectConsistent, expectSameTables, inMemory, tablesOf } from "./tables.ts";

const rounds = 6;
/** Share of all requests that fail. */
const share = 0.3;

export const bigqueryFailing: Experiment = {
  name: "bigquery-failing",
  guarantee:
    "Despite any transient failure of BigQuery, a load gives the same tables as without failures, and each of its jobs runs once.",
  method: `In ${rounds} loads of the same parts, ${100 * share} % of all requests to a BigQuery emulator (its REST API on DuckDB) fail at random: 409, 500, 503, exceeded rates and quotas, connections lost before and after the work, failed jobs; some loads crash or give up and are run again, some run twice concurrently.`,
  mutation:
    'When `endOfJob` in warehouse/engines/bigquery/jobs.ts does not take a 409 for its own job, the first load whose response was lost failed with "Already Exists: Job …".',
  run: () =>
    withSeed((random) =>
      inTemporaryFolder(async (folder) => {
        const parts = writeParts(folder);
        const expected = await inMemory(async (warehouse) => {
          await loadRawFiles(warehouse, parts, folder);
          return tablesOf(warehouse);
        });
        const observed = { requests: 0, failed: 0, crashed: 0, jobs: 0 };
        for (let n = 0; n < rounds; n++) {
          const server = await startBigquery({ faultOf: randomFaults(random, () => observed.failed++) });
          try {
            const crashed = await loadAll(server, parts, join(folder, String(n)), random, n % 2 === 1);
            const warehouse = await open(server);
            const tables = await tablesOf(warehouse);
            expectConsistent(tables, `round ${n}`);
            expectSameTables(tables, expected, `round ${n}`);
            expectEachJobOnce(server, parts.length, `round ${n}`);
            observed.crashed += crashed;
            observed.requests += server.requests.length;
            observed.jobs += server.ran.length;
          } finally {
            server.close();
          }
        }
        return {
          summary: `${observed.failed} of ${observed.requests} requests failed, ${observed.crashed} loads crashed or gave up and were run again; ${observed.jobs} jobs, each run once; the tables equal those of a local load`,
        };
      }),
    ),
};

/** Faults of any request, and of those that create a job. */
const anywhere: Fault[] = [
  { status: 500, reason: "internalError" },
  { status: 503, reason: "backendError" },
  { status: 403, reason: "rateLimitExceeded" },
  { status: 403, reason: "quotaExceeded" },
  { status: 429, reason: "rateLimitExceeded" },
  "broken before",
  "answer lost",
];
const atInsert: Fault[] = [
  "duplicate",
  { jobFails: "backendError", messages: ["Please try again."] },
  {
    jobFails: "invalidQuery",
    messages: ["Transaction is aborted due to concurrent update against table x:y.z."],
  },
];

function randomFaults(random: SeededRandom, onFault: () => void) {
  return (request: string): Fault | undefined => {
    if (!random.chance(share)) return undefined;
    onFault();
    const faults = request.includes(".insert") ? [...anywhere, ...atInsert] : anywhere;
    return faults[random.below(faults.length)];
  };
}

const open = (server: BigqueryServer, wait: () => Promise<unknown> = async () => {}) =>
  openBigquery({ ...connectionTo(server), wait });

class Crashed extends Error {}

/** Loads all parts to completion, and returns how often that crashed. */
async function loadAll(
  server: BigqueryServer,
  parts: string[],
  folder: string,
  random: SeededRandom,
  isConcurrent: boolean,
): Promise<number> {
  await (await open(server)).createTables();
  let crashed = 0;
  const load = async (name: string) => {
    for (let crashesLeft = 3; ; crashesLeft--) {
      const crashing = async () => {
        if (crashesLeft > 0 && random.chance(0.04)) throw new Crashed();
      };
      try {
        return await loadRawFiles(await open(server, crashing), parts, join(folder, name));
      } catch (error) {
        if (!(error instanceof Crashed || hasGivenUp(error))) throw error;
        crashed++;
      }
    }
  };
  await Promise.all(isConcurrent ? [load("one"), load("other")] : [load("one")]);
  return crashed;
}

/** Several failures of one request in a row stand for two minutes of them; a person then runs it again. */
const hasGivenUp = (error: unknown) =>
  error instanceof WarehouseError && error.message.includes("try again later");

/** The rows of every part were staged and moved once; no other tables are left than those of the warehouse. */
function expectEachJobOnce({ ran, engine }: BigqueryServer, parts: number, when: string): void {
  const ids = ran.map(({ id }) => id);
  expectThat(new Set(ids).size === ids.length, `${when}: a job ran twice`);
  const staged = ran.filter(({ id, rows }) => id.startsWith("load_raw") && rows > 0);
  const digests = new Set(staged.map(({ id }) => id.split("_")[2]));
  expectThat(digests.size === parts, `${when}: the rows of ${digests.size} parts were staged`);
  const names = new Set(ours.map(fullName));
  const leftover = [...engine.tables].find(
    ([name, { expirationTime }]) => !names.has(name) && !expirationTime,
  );
  expectThat(!leftover, `${when}: ${leftover?.[0]} was not dropped and does not expire`);
}

/** Four parts: the last corrects rows of the first, and has invalid lines. */
function writeParts(folder: string): string[] {
  const rows = activityRows(150, ["2024-03-01", "2024-03-02"]);
  const corrected = rows.slice(0, 40).map((row) => ({ ...row, country: "US", iap_revenue: 9.5 }));
  const contents = [
    rows.slice(0, 100),
    rows.slice(100, 200),
    rows.slice(200),
    `${toCsv(corrected)}no row\n"open\n`,
  ];
  return contents.map((content, n) => writePart(folder, `${n}.csv.gz`, content));
}
