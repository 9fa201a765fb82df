import { Agent } from "node:http";
import { type Answer, ask, type Question } from "../rig/ask.ts";

/** One question on a connection of its own, and how long its answer took, in ms. */
export async function timedAsk(url: string, question: Question): Promise<Answer & { ms: number }> {
  const agent = new Agent();
  const startedAt = performance.now();
  const answer = await ask(url, { ...question, agent }).finally(() => agent.destroy());
  return { ...answer, ms: performance.now() - startedAt };
}
