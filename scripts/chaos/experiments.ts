import { backendKilled } from "./database/backend-killed.ts";
import { postmasterKilled } from "./database/postmaster-killed.ts";
import type { Experiment } from "./experiment.ts";
import { bigqueryFailing } from "./loader/bigquery-failing.ts";
import { loaderKilled } from "./loader/loader-killed.ts";
import { partsDamaged } from "./loader/parts-damaged.ts";
import { partsReordered } from "./loader/parts-reordered.ts";
import { crowdedPool } from "./overload/crowded-pool.ts";
import { soak } from "./overload/soak.ts";
import { sustainedOverload } from "./overload/sustained-overload.ts";

/** All experiments, in the order of RELIABILITY.md, by what they break. */
export const experiments: Record<string, Experiment[]> = {
  "the database": [backendKilled, postmasterKilled],
  overload: [crowdedPool, sustainedOverload, soak],
  "parts, the loader and BigQuery": [partsDamaged, partsReordered, loaderKilled, bigqueryFailing],
};
