import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";

/**
 * Keeps Cloud Run's own entry of each request to a service out of the project's logs: it has the URL, and with it the id of the
 * player whom the request is about, which no erasure reaches. The service logs every request itself, by operation.
 */
export function excludeRequestLog(
  name: string,
  { project, service }: { project: string; service: string },
  opts: pulumi.CustomResourceOptions,
): gcp.logging.ProjectExclusion {
  return new gcp.logging.ProjectExclusion(
    name,
    {
      name: `${service}-requests`,
      description:
        "Requests by URL, which has the ids of players. The service's own entries have the operation.",
      filter: [
        'resource.type="cloud_run_revision"',
        `resource.labels.service_name="${service}"`,
        `logName="projects/${project}/logs/run.googleapis.com%2Frequests"`,
      ].join(" AND "),
    },
    opts,
  );
}
