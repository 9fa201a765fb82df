import type { Recorded, Recording } from "../recording/record.ts";

/** An IAM role that is granted to a member. */
export interface Grant {
  resource: Recorded;
  member: string;
  /** Without `roles/`; a custom role as `projects/…/roles/…`. */
  role: string;
  /** The kind of resource that it is granted on, such as `projects` or `serviceaccount`, … */
  on: string;
  /** … and which one. */
  target: string;
}

export function grantsOf({ resources }: Recording): Grant[] {
  return resources
    .filter(({ type }) => /iam(member|binding|policy)$/i.test(type))
    .map((resource) => {
      const { member, role, ...rest } = resource.inputs;
      const { connectionId, datasetId, repository, serviceAccountId, name, project } = rest;
      const on = resource.type.split(/[:/]/)[1] ?? "";
      const target = String(connectionId ?? datasetId ?? repository ?? serviceAccountId ?? name ?? project);
      return { resource, member: String(member), role: String(role).replace(/^roles\//, ""), on, target };
    });
}

/** `role on kind target` of every grant of a member, sorted. */
export const rightsOf = (recording: Recording, member: string) =>
  grantsOf(recording)
    .filter((grant) => grant.member === member)
    .map(({ role, on, target }) => `${role} on ${on} ${target}`)
    .sort();
