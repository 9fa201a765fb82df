import type * as pulumi from "@pulumi/pulumi";
import { type Recorded, type Recording, record } from "../recording/record.ts";
import { stackSettings } from "../recording/stack-settings.ts";

export const project = "game-test";

/** Everything that is there only when it is asked for, but public access. */
export const everyExtra = {
  invokers: ["serviceAccount:game@my-game.iam.gserviceaccount.com", "group:backend@example.com"],
  databaseReaders: ["ada@example.com"],
  alertEmail: "on-call@example.com",
  budget: { billingAccount: "012345-6789AB-CDEF01", monthlyAmount: 300 },
  github: "studio/clan-platform",
};

/** Records a stack of `Pulumi.STACK.yaml`; `settings`, by their names without `clan-platform:`, come on top. */
export async function recordStack(
  stack: "dev" | "prod",
  settings: Record<string, unknown> = {},
): Promise<Recording> {
  const own = Object.entries(settings).map(([key, value]) => [
    key.includes(":") ? key : `clan-platform:${key}`,
    value,
  ]);
  return record(stack, stackSettings(stack, { "gcp:project": project, ...Object.fromEntries(own) }));
}

/** A class of a provider, such as `gcp.sql.User`. */
interface Kind<Args> {
  new (name: string, args: Args, opts?: pulumi.CustomResourceOptions): pulumi.CustomResource;
  isInstance(resource: unknown): boolean;
}

/** A resource whose inputs are known to be those of its class, with every output come true. */
export type RecordedAs<Args> = Omit<Recorded, "inputs"> & { inputs: pulumi.Unwrap<Args> };

/** The resources of a class; there has to be one, for what is asked of none always holds. */
export function ofType<Args>({ resources }: Recording, kind: Kind<Args>): RecordedAs<Args>[] {
  const found = resources.filter(({ type }) => kind.isInstance({ __pulumiType: type }));
  if (found.length === 0) throw new Error(`The program made no ${kind.name}`);
  return found as RecordedAs<Args>[];
}

/** The only resource of a class, or the one of that name. */
export function one<Args>(recording: Recording, kind: Kind<Args>, name?: string): RecordedAs<Args> {
  const found = ofType(recording, kind).filter((resource) => name === undefined || resource.name === name);
  const [resource] = found;
  if (!resource || found.length > 1) {
    throw new Error(`The program made ${found.length} ${kind.name} ${name ?? ""}`);
  }
  return resource;
}

/** Resources with something behind them at a provider, and not the parts that hold them. */
export const customResources = ({ resources }: Recording) =>
  resources.filter(({ type }) => !/^(pulumi:pulumi|clan-platform):/.test(type));

/** URNs of all that a resource is made after. */
export function madeAfter({ resources }: Recording, { dependsOn }: Pick<Recorded, "dependsOn">): Set<string> {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const before = new Set<string>();
  const waiting = [...dependsOn];
  for (let urn = waiting.pop(); urn !== undefined; urn = waiting.pop()) {
    if (before.has(urn)) continue;
    before.add(urn);
    waiting.push(...(byUrn.get(urn)?.dependsOn ?? []));
  }
  return before;
}

/** Every value inside a value, by its path: `[["settings.tier", "db-f1-micro"], …]`. */
export function leaves(value: unknown, path = ""): [path: string, value: unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  const fields = Object.entries(value);
  if (fields.length === 0) return [[path, value]];
  return fields.flatMap(([key, item]) =>
    leaves(item, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key),
  );
}
