import { backendKilled } from "./database/backend-killed.ts";
import { postmasterKilled } from "./database/postmaster-killed.ts";
import type { Experiment } from "./experiment.ts";
import { answerLost } from "./network/answer-lost.ts";
import { blackHole } from "./network/black-hole.ts";
import { byteByByte } from "./network/byte-by-byte.ts";
import { commitAnswerLost } from "./network/commit-answer-lost.ts";
import { halfOpen } from "./network/half-open.ts";
import { slowClients } from "./network/slow-clients.ts";
import { slowDatabase } from "./network/slow-database.ts";
import { vanishedClients } from "./network/vanished-clients.ts";
import { crowdedPool } from "./overload/crowded-pool.ts";
import { soak } from "./overload/soak.ts";
import { sustainedOverload } from "./overload/sustained-overload.ts";

/** All experiments, in the order of RELIABILITY.md, by what they break. */
export const experiments: Record<string, Experiment[]> = {
  "the database": [backendKilled, postmasterKilled],
  overload: [crowdedPool, sustainedOverload, soak],
  "the network": [
    answerLost,
    commitAnswerLost,
    slowDatabase,
    slowClients,
    blackHole,
    halfOpen,
    vanishedClients,
    byteByByte,
  ],
};
