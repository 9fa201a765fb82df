import type * as pulumi from "@pulumi/pulumi";
import { type Config, parseConfig } from "../config.ts";
import { type Recorded, type Recording, record } from "../recording/record.ts";
import { stackSettings } from "../recording/stack-settings.ts";

export type Stack = "dev" | "prod";

export const project = "game-test";

/** Every optional setting, except public access. */
export const everyExtra = {
  invokers: ["serviceAccount:game@my-game.iam.gserviceaccount.com", "group:backend@example.com"],
  databaseReaders: ["ada@example.com"],
  alertEmail: "on-call@example.com",
  slackChannel: "#clan-alerts",
  slackWorkspace: "studio",
  slackToken: "xoxb-secret-token",
  alertWebhook: "https://hooks.example.com/secret-path",
  budget: { billingAccount: "012345-6789AB-CDEF01", monthlyAmount: 300 },
  github: "studio/clan-platform",
};

export const publicAccess = {
  access: "public",
  apiKeys: [`game:${"c0ffee00".repeat(8)}:clans:write,activity:write`],
};

/**
 * The settings of `Pulumi.STACK.yaml`, as Pulumi passes them to the program. `others`, by their names without `clan-platform:`,
 * override them; `undefined` removes a setting.
 */
export function settingsOf(stack: Stack, others: Record<string, unknown> = {}): Record<string, string> {
  const named = Object.entries(others).map(([key, value]) => [
    key.includes(":") ? key : `clan-platform:${key}`,
    value,
  ]);
  return stackSettings(stack, { "gcp:project": project, ...Object.fromEntries(named) });
}

/** `settingsOf`, parsed. */
export const configOf = (stack: Stack, others: Record<string, unknown> = {}): Config =>
  parseConfig(settingsOf(stack, others));

/** What the program registers with `settingsOf`. */
export async function recordStack(
  stack: Stack,
  others: Record<string, unknown> = {},
  lastOutputs: Record<string, unknown> = {},
  run: { isPreview?: boolean } = {},
): Promise<Recording> {
  const { stackTraceLimit } = Error;
  // Pulumi captures a stack trace for each of its thousands of promises, which takes four fifths of the time.
  Error.stackTraceLimit = 0;
  try {
    return await record(stack, settingsOf(stack, others), lastOutputs, run);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** A resource class of a provider, such as `gcp.sql.User`. */
export interface Kind<Args> {
  new (name: string, args: Args, opts?: pulumi.CustomResourceOptions): pulumi.CustomResource;
  isInstance(resource: unknown): boolean;
}

/** A resource with the inputs of its class, all outputs resolved. */
export type RecordedAs<Args> = Omit<Recorded, "inputs"> & { inputs: pulumi.Unwrap<Args> };

/** The resources of a class; throws if there are none, because an assertion over none always holds. */
export function ofType<Args>({ resources }: Recording, kind: Kind<Args>): RecordedAs<Args>[] {
  const found = resources.filter((resource) => isA(resource, kind));
  if (found.length === 0) throw new Error(`The program registered no ${kind.name}`);
  return found as RecordedAs<Args>[];
}

/** The resources of several classes. */
export const ofTypes = (recording: Recording, kinds: Kind<never>[]): Recorded[] =>
  kinds.flatMap((kind) => ofType(recording, kind));

/** The only resource of a class, or the only one with these inputs. */
export function one<Args>(recording: Recording, kind: Kind<Args>, inputs: object = {}): RecordedAs<Args> {
  const wanted = Object.entries(inputs);
  const found = ofType(recording, kind).filter((resource) =>
    wanted.every(([key, value]) => (resource.inputs as Record<string, unknown>)[key] === value),
  );
  const [resource] = found;
  if (!resource || found.length > 1) {
    throw new Error(`The program registered ${found.length} ${kind.name} with ${JSON.stringify(inputs)}`);
  }
  return resource;
}

export const isA = ({ type }: Pick<Recorded, "type">, kind: Kind<never>) =>
  kind.isInstance({ __pulumiType: type });

/** The resources that a provider manages: neither components nor the stack. */
export const customResources = ({ resources }: Recording) =>
  resources.filter(({ type }) => !/^(pulumi:pulumi|clan-platform):/.test(type));

/** URNs of a resource's transitive dependencies. */
export function dependenciesOf(
  { resources }: Recording,
  { dependsOn }: Pick<Recorded, "dependsOn">,
): Set<string> {
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

/** Names of the needed resources that a resource does not depend on. */
export function unawaited(
  recording: Recording,
  resource: Pick<Recorded, "dependsOn">,
  needed: Pick<Recorded, "urn" | "name">[],
): string[] {
  const before = dependenciesOf(recording, resource);
  return needed.filter(({ urn }) => !before.has(urn)).map(({ name }) => name);
}

/** Every leaf of a value, by its path: `[["settings.tier", "db-f1-micro"], …]`. */
export function leaves(value: unknown, path = ""): [path: string, value: unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  const fields = Object.entries(value);
  if (fields.length === 0) return [[path, value]];
  return fields.flatMap(([key, item]) =>
    leaves(item, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key),
  );
}
