import { expectThat } from "../experiment.ts";
import type { Load } from "./load.ts";
import type { Exchange } from "./load-client.ts";

/** Why a request failed: no response, or a status from 400 on. */
export function failureOf({ request, response, error }: Exchange): string | undefined {
  if (response && response.status < 400) return undefined;
  return (
    error?.message ?? `${request.method ?? "GET"} ${request.path}: ${response?.status} ${response?.text}`
  );
}

/** Watches the requests of a load from now on for failures. */
export function watchFailedRequests(load: Load): { requireNone(): string } {
  const failures: string[] = [];
  let requests = 0;
  load.listen((exchange) => {
    requests++;
    const failure = failureOf(exchange);
    if (failure) failures.push(failure);
  });
  return {
    /** Returns the number of requests, in words. @throws {ExperimentFailed} when one has failed */
    requireNone() {
      const some = failures.slice(0, 3).join("; ");
      expectThat(failures.length === 0, `${failures.length} of ${requests} requests failed: ${some}`);
      return `none of ${requests.toLocaleString("en")} requests failed`;
    },
  };
}
