import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Config } from "./config.ts";
import { resourceHook } from "./resource-hooks.ts";

const Job = z.object({
  template: z.object({ template: z.object({ containers: z.array(z.object({ image: z.string() })) }) }),
  latestCreatedExecution: z.object({ completionStatus: z.string().optional() }).optional(),
});

/**
 * Looks, before the service is changed, whether the migration of its image has succeeded. When a job's change or run fails,
 * the provider keeps the change for done, and the next `up` would go on without it.
 */
export function afterMigration(
  { project, region }: Config,
  image: pulumi.Output<string>,
): pulumi.CustomResourceOptions {
  const { accessToken } = gcp.organizations.getClientConfigOutput();
  const url = `https://run.googleapis.com/v2/projects/${project}/locations/${region}/jobs/clan-migration`;
  const [hook] = resourceHook("migration-succeeded", async () => {
    const [token, wanted] = await Promise.all([valueOf(accessToken), valueOf(image)]);
    // What can't be asked is left to the service: it is not ready on an older schema.
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } }).catch(() => undefined);
    const job = answer?.ok ? Job.safeParse(await answer.json()).data : undefined;
    const problem = job && problemOf(job, wanted, region);
    if (problem) throw new Error(problem);
  });
  return hook ? { hooks: { beforeCreate: [hook], beforeUpdate: [hook] } } : {};
}

/** What is wrong with the migration of an image, and the commands that mend it; undefined when it succeeded. */
export function problemOf(job: z.infer<typeof Job>, image: string, region: string): string | undefined {
  const status = job.latestCreatedExecution?.completionStatus ?? "";
  if (job.template.template.containers[0]?.image !== image) {
    return "The migration's job has another image than the service is to get: pulumi up --refresh";
  }
  if (!/FAILED|CANCELLED/.test(status)) return undefined;
  return `The last migration did not succeed, so the service is left as it is. Its logs tell why; then: gcloud run jobs execute clan-migration --region=${region} --wait && pulumi up`;
}

const valueOf = <T>(output: pulumi.Output<T>) =>
  new Promise<T>((resolve) => void output.apply((v) => resolve(v as T)));
