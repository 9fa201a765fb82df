import { backendKilled } from "./database/backend-killed.ts";
import { postmasterKilled } from "./database/postmaster-killed.ts";
import type { Experiment } from "./experiment.ts";
import { edges } from "./input/edges.ts";
import { generatedRequests } from "./input/generated-requests.ts";
import { hostileBodies } from "./input/hostile-bodies.ts";
import { crowdedPool } from "./overload/crowded-pool.ts";
import { soak } from "./overload/soak.ts";
import { sustainedOverload } from "./overload/sustained-overload.ts";

/** All experiments, in the order of RELIABILITY.md, by what they break. */
export const experiments: Record<string, Experiment[]> = {
  "the database": [backendKilled, postmasterKilled],
  overload: [crowdedPool, sustainedOverload, soak],
  input: [hostileBodies, edges, generatedRequests],
};
