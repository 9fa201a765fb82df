import { promised } from "../experiment.ts";
import type { Heard } from "./client.ts";
import type { Load } from "./load.ts";

/** What makes a client's request a failed one: no answer, or one that says no. */
export function failureOf({ question, answer, fault }: Heard): string | undefined {
  if (answer && answer.status < 400) return undefined;
  return fault?.message ?? `${question.method ?? "GET"} ${question.path}: ${answer?.status} ${answer?.text}`;
}

/** Counts the requests of a load from now on, none of which may fail. */
export function watchFailures(load: Load): { requireNone(): string } {
  const failures: string[] = [];
  let requests = 0;
  load.listen((heard) => {
    requests++;
    const failure = failureOf(heard);
    if (failure) failures.push(failure);
  });
  return {
    /** How many requests there were, in words. @throws {Broken} when one has failed */
    requireNone() {
      const some = failures.slice(0, 3).join("; ");
      promised(failures.length === 0, `${failures.length} of ${requests} requests failed: ${some}`);
      return `none of ${requests.toLocaleString("en")} requests failed`;
    },
  };
}
