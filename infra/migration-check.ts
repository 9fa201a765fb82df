import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { resourceHook } from "./resource-hooks.ts";

const Job = z.object({
  template: z.object({ template: z.object({ containers: z.array(z.object({ image: z.string() })) }) }),
  latestCreatedExecution: z.object({ completionStatus: z.string().optional() }).optional(),
});
type Job = z.infer<typeof Job>;

export interface MigrationCheckArgs {
  project: string;
  region: string;
  /** The image, by its digest, whose migration has to have succeeded. */
  image: pulumi.Output<string>;
}

/**
 * Checks, before a resource is created or updated, that the migration of its image has succeeded. When the update or the
 * execution of a job fails, the provider records the update as done, and the next `up` would continue without it.
 */
export function migrationCheck({ project, region, image }: MigrationCheckArgs): pulumi.CustomResourceOptions {
  const { accessToken } = gcp.organizations.getClientConfigOutput();
  const url = `https://run.googleapis.com/v2/projects/${project}/locations/${region}/jobs/clan-migration`;
  const [hook] = resourceHook("migration-succeeded", async () => {
    const [token, wanted] = await Promise.all([resolved(accessToken), resolved(image)]);
    const job = await jobAt(url, token);
    const problem = job && problemOf(job, wanted, region);
    if (problem) throw new Error(problem);
  });
  return hook ? { hooks: { beforeCreate: [hook], beforeUpdate: [hook] } } : {};
}

/** Undefined if the API does not say: then the service decides, as it does not get ready on an older schema. */
export async function jobAt(url: string, token: string, limitMs = 30_000): Promise<Job | undefined> {
  const headers = { authorization: `Bearer ${token}` };
  try {
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(limitMs) });
    return answer.ok ? Job.safeParse(await answer.json()).data : undefined;
  } catch {
    return undefined;
  }
}

/** What is wrong with the migration of an image, and the commands that fix it; undefined if it succeeded. */
export function problemOf(job: Job, image: string, region: string): string | undefined {
  const status = job.latestCreatedExecution?.completionStatus ?? "";
  if (job.template.template.containers[0]?.image !== image) {
    return "The migration job has a different image from the one the service is to run: pulumi up --refresh";
  }
  if (!/FAILED|CANCELLED/.test(status)) return undefined;
  return `The last migration did not succeed, so the service was not changed. Its logs say why; then: gcloud run jobs execute clan-migration --region=${region} --wait && pulumi up`;
}

const resolved = <T>(output: pulumi.Output<T>) =>
  new Promise<T>((resolve) => void output.apply((v) => resolve(v as T)));
