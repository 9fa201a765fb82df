import type { Recorded } from "@clan-platform/infra/recording/record.ts";

/** The names of a stack's scheduled queries, sorted. */
export const scheduledQueriesOf = (resources: Recorded[]): string[] =>
  resources
    .filter(({ type }) => type.endsWith(":DataTransferConfig"))
    .map(({ inputs }) => String(inputs.displayName))
    .sort();
