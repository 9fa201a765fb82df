import * as gcp from "@pulumi/gcp";
import type { Recording } from "../recording/record.ts";
import { ofType } from "./recorded.ts";

/** The services and jobs on Cloud Run, in one shape. */
export function workloadsOf(recording: Recording) {
  const services = ofType(recording, gcp.cloudrunv2.Service).map((resource) => ({
    ...resource,
    template: resource.inputs.template,
  }));
  const jobs = ofType(recording, gcp.cloudrunv2.Job).map((resource) => ({
    ...resource,
    template: resource.inputs.template.template,
  }));
  return [...services, ...jobs].map(({ template, ...resource }) => {
    const [container, ...others] = template.containers ?? [];
    if (!container || others.length > 0) throw new Error(`${resource.name} must have exactly one container`);
    const environment = Object.fromEntries(
      (container.envs ?? []).map(({ name, value }) => [name, value ?? ""]),
    );
    return { ...resource, template, container, environment };
  });
}
