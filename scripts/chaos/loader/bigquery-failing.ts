import { join } from "node:path";
import { openBigquery } from "@clan-platform/warehouse/engines/bigquery/bigquery.ts";
import { loadParts } from "@clan-platform/warehouse/loading/load-parts.ts";
import { fullName, tables as ours } from "@clan-platform/warehouse/tables/table.ts";
import {
  type BigqueryServer,
  connectionTo,
  type Mishap,
  startBigquery,
} from "@clan-platform/warehouse/testing/bigquery-server.ts";
import { toCsv } from "../../testkit/activity.ts";
import { activityRows, writePart } from "../../testkit/parts.ts";
import type { SeededRandom } from "../../testkit/seeded-random.ts";
import { type Experiment, promised } from "../experiment.ts";
import { seeded } from "../rig/seeded.ts";
import { inFolder } from "../rig/under-load.ts";
import { inMemory, promiseSame, promiseWhole, tablesOf } from "./tables.ts";

const storms = 6;
/** Of all requests, so many go wrong. */
const share = 0.3;

export const bigqueryFailing: Experiment = {
  name: "bigquery-failing",
  promise:
    "Whatever passing trouble BigQuery has, a load ends in the tables that it would have made without, and each of its jobs has run once.",
  trial: `In ${storms} loads of the same parts, ${100 * share} % of all requests to a stand-in for BigQuery (its REST API, with DuckDB behind) go wrong at random: 409, 500, 503, exceeded rates and quotas, connections broken before and after the work, jobs that fail; some loads die on the way and are run again, some run twice at once.`,
  protection:
    'When `endOfJob` in warehouse/engines/bigquery/jobs.ts does not take a 409 for its own job, the first load whose answer was lost failed with "Already Exists: Job …".',
  run: () =>
    seeded((random) =>
      inFolder(async (folder) => {
        const parts = writeParts(folder);
        const expected = await inMemory(async (warehouse) => {
          await loadParts(warehouse, parts, folder);
          return tablesOf(warehouse);
        });
        const seen = { requests: 0, wrong: 0, died: 0, jobs: 0 };
        for (let n = 0; n < storms; n++) {
          const server = await startBigquery({ fate: fateOf(random, () => seen.wrong++) });
          try {
            const died = await loadAll(server, parts, join(folder, String(n)), random, n % 2 === 1);
            const warehouse = await open(server);
            const tables = await tablesOf(warehouse);
            promiseWhole(tables, `storm ${n}`);
            promiseSame(tables, expected, `storm ${n}`);
            promiseEachOnce(server, parts.length, `storm ${n}`);
            seen.died += died;
            seen.requests += server.requests.length;
            seen.jobs += server.ran.length;
          } finally {
            server.close();
          }
        }
        return {
          saw: `${seen.wrong} of ${seen.requests} requests went wrong, ${seen.died} loads died and were run again; ${seen.jobs} jobs, none twice; the tables as those of a local load`,
        };
      }),
    ),
};

/** What may come of any request, and of those that make something. */
const anywhere: Mishap[] = [
  { status: 500, reason: "internalError" },
  { status: 503, reason: "backendError" },
  { status: 403, reason: "rateLimitExceeded" },
  { status: 403, reason: "quotaExceeded" },
  { status: 429, reason: "rateLimitExceeded" },
  "broken before",
  "answer lost",
];
const atInsert: Mishap[] = [
  "told twice",
  { jobFails: "backendError", messages: ["Please try again."] },
  {
    jobFails: "invalidQuery",
    messages: ["Transaction is aborted due to concurrent update against table x:y.z."],
  },
];

function fateOf(random: SeededRandom, onMishap: () => void) {
  return (request: string): Mishap | undefined => {
    if (!random.chance(share)) return undefined;
    onMishap();
    const mishaps = request.includes(".insert") ? [...anywhere, ...atInsert] : anywhere;
    return mishaps[random.below(mishaps.length)];
  };
}

const open = (server: BigqueryServer, wait: () => Promise<unknown> = async () => {}) =>
  openBigquery({ ...connectionTo(server), wait });

class Died extends Error {}

/** Loads all parts to the end, as often as it dies; returns how often that was. */
async function loadAll(
  server: BigqueryServer,
  parts: string[],
  folder: string,
  random: SeededRandom,
  areTwo: boolean,
): Promise<number> {
  await (await open(server)).createTables();
  let died = 0;
  const load = async (name: string) => {
    for (let lives = 3; ; lives--) {
      const dying = async () => {
        if (lives > 0 && random.chance(0.04)) throw new Died();
      };
      try {
        return await loadParts(await open(server, dying), parts, join(folder, name));
      } catch (error) {
        if (!(error instanceof Died)) throw error;
        died++;
      }
    }
  };
  await Promise.all(areTwo ? [load("one"), load("other")] : [load("one")]);
  return died;
}

/** Of every part, the rows were staged once and moved once; nothing else is left than our tables. */
function promiseEachOnce({ ran, engine }: BigqueryServer, parts: number, when: string): void {
  const ids = ran.map(({ id }) => id);
  promised(new Set(ids).size === ids.length, `${when}: a job ran twice`);
  const staged = ran.filter(({ id, rows }) => id.startsWith("load_raw") && rows > 0);
  const digests = new Set(staged.map(({ id }) => id.split("_")[2]));
  promised(digests.size === parts, `${when}: the rows of ${digests.size} parts were staged`);
  const names = new Set(ours.map(fullName));
  const forgotten = [...engine.tables].find(
    ([name, { expirationTime }]) => !names.has(name) && !expirationTime,
  );
  promised(!forgotten, `${when}: ${forgotten?.[0]} is left and does not expire`);
}

/** Four parts: the last corrects rows of the first, and has bad lines. */
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
