// https://cloud.google.com/sql/docs/postgres/flags#postgres-m, max_connections: the default by memory in MB.
const defaultConnections: [atLeastMb: number, connections: number][] = [
  [122_880, 1_000],
  [61_440, 800],
  [30_720, 600],
  [15_360, 500],
  [7_680, 400],
  [6_144, 200],
  [3_840, 100],
  [1_740, 50],
  [0, 25],
];

const sharedCoreMb: Record<string, number> = { "db-f1-micro": 614, "db-g1-small": 1_740 };

/** A tier's virtual CPUs (0 where they are shared) and memory in MB; undefined if edition ENTERPRISE has no such tier. */
export function tierSize(tier: string): { cpus: number; memoryMb: number } | undefined {
  const shared = sharedCoreMb[tier];
  if (shared) return { cpus: 0, memoryMb: shared };
  const [, cpus, memoryMb] = /^db-custom-([1-9]\d?)-([1-9]\d{3,5})$/.exec(tier) ?? [];
  return cpus ? { cpus: Number(cpus), memoryMb: Number(memoryMb) } : undefined;
}

/** Why Cloud SQL refuses a tier; undefined if it does not (https://cloud.google.com/sql/docs/postgres/create-instance#machine-types). */
export function tierProblem(tier: string): string | undefined {
  const size = tierSize(tier);
  if (!size) {
    return "edition ENTERPRISE has db-f1-micro, db-g1-small and db-custom-CPUS-MEGABYTES, such as db-custom-2-7680";
  }
  const { cpus, memoryMb } = size;
  if (cpus === 0) return undefined;
  if (cpus > 96 || (cpus !== 1 && cpus % 2 === 1)) return "CPUs must be 1 or an even number up to 96";
  if (memoryMb % 256 !== 0 || memoryMb < 3_840) return "megabytes must be a multiple of 256, from 3840";
  if (memoryMb < cpus * 0.9 * 1_024 || memoryMb > cpus * 6.5 * 1_024)
    return "memory must be 0.9 to 6.5 GB per CPU";
  return undefined;
}

/** How many connections a tier accepts by default. */
export function maxConnections(tier: string): number {
  const memoryMb = tierSize(tier)?.memoryMb ?? 0;
  return defaultConnections.find(([atLeastMb]) => memoryMb >= atLeastMb)?.[1] ?? 25;
}
