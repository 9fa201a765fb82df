import { setTimeout as delay } from "node:timers/promises";
import { ask, NoAnswer, type Question } from "./ask.ts";

export interface Observed {
  /** How often each answer came, as in `503 DATABASE_BUSY`. */
  answers: Map<string, number>;
  slowestMs: number;
}

/** Asks the same ten times a second, one after another, until `isOver`. */
export async function observe(
  url: string,
  question: () => Question,
  isOver: () => boolean,
): Promise<Observed> {
  const observed: Observed = { answers: new Map(), slowestMs: 0 };
  while (!isOver()) {
    const startedAt = performance.now();
    const answer = await answerTo(url, question());
    observed.slowestMs = Math.max(observed.slowestMs, performance.now() - startedAt);
    observed.answers.set(answer, (observed.answers.get(answer) ?? 0) + 1);
    await delay(100);
  }
  return observed;
}

/** Status and, of a problem, its reason. */
export async function answerTo(url: string, question: Question): Promise<string> {
  try {
    const { status, text } = await ask(url, question);
    return status < 400 ? String(status) : `${status} ${JSON.parse(text).reason}`;
  } catch (error) {
    if (error instanceof NoAnswer) return error.message;
    throw error;
  }
}
