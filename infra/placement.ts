import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Config } from "./config.ts";

export const Placement = z.object({
  project: z.string(),
  region: z.string(),
  network: z.enum(["public", "private"]),
  location: z.string(),
});

/** Where a stack's data is: what can't be changed in place. */
export type Placement = z.infer<typeof Placement>;

export const placementOf = ({ project, region, network, location }: Config): Placement => ({
  project,
  region,
  network,
  location,
});

/**
 * Compares the settings with the stack's placement after its last successful update, before any resource is registered,
 * and warns if the database will be replaced.
 * @throws {pulumi.RunError} for a change that would lose data that is protected, or that Google would refuse half-way
 */
export function checkPlacement(config: Config, before: Placement | undefined): void {
  if (!before) return;
  const refusal = locationProblem(before, config) ?? replacementProblem(before, config);
  if (refusal) throw new pulumi.RunError(refusal);
  const replacing = replacingChange(before, config);
  if (!replacing) return;
  const old = config.replaceDatabase
    ? "the old instance keeps running outside the stack"
    : "the old instance is deleted, and only its backups remain";
  void pulumi.log.warn(
    `${replacing}: this creates a new, empty database; ${old} (docs/replace-database.md).`,
  );
}

function locationProblem(before: Placement, { project, location }: Config): string | undefined {
  if (project !== before.project || location === before.location) return undefined;
  return `clan-platform:location is ${location}, and the datasets are in ${before.location}: BigQuery can't move a dataset, and a second one under the same name is refused (409). Set it back to ${before.location}, or deploy a stack in another project and copy the datasets to it (docs/replace-database.md)`;
}

function replacementProblem(before: Placement, config: Config): string | undefined {
  const change = replacingChange(before, config);
  if (!change || !config.protect || config.replaceDatabase) return undefined;
  return `${change}: Cloud SQL can't do that in place; the instance would be replaced by an empty one, and clan-platform:protect forbids it. Set it back, or move the data, as docs/replace-database.md says: pulumi config set replaceDatabase true, create the new instance beside the old one, export and import the data, and switch over`;
}

/** The change of settings that replaces the database instance. A public instance becomes private in place. */
function replacingChange(before: Placement, after: Placement): string | undefined {
  if (after.project !== before.project) {
    return `gcp:project is ${after.project}, and the database is in ${before.project}`;
  }
  if (after.region !== before.region) {
    return `gcp:region is ${after.region}, and the database is in ${before.region}`;
  }
  if (before.network === "private" && after.network === "public") {
    return "clan-platform:network is public, and the database is private";
  }
  return undefined;
}
