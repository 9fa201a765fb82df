import { parentPort, workerData } from "node:worker_threads";
import { readFigures } from "../server/figures.ts";
import type { FiguresQuestion } from "../server/figures-question.ts";
import { localSource } from "../server/local-source.ts";

// Reads the answer to a question several times at once, within the heap that the thread has.
const { path, question, times } = workerData as { path: string; question: FiguresQuestion; times: number };
const source = localSource(path);
const read = () => source.withWarehouse((warehouse) => readFigures(warehouse, question, "1"));
const answers = await Promise.all(Array.from({ length: times }, read));
await source.close?.();
parentPort?.postMessage(answers.length);
