import type { Recorded, Recording } from "../recording/record.ts";

/** A role that IAM gives to a member. */
export interface Grant {
  resource: Recorded;
  member: string;
  /** Without `roles/`; a role of the project's own as `projects/…/roles/…`. */
  role: string;
  /** The class of what it is given on, such as `projects` or `serviceaccount`, … */
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

/** `role on class target` of all that a member may do, sorted. */
export const rightsOf = (recording: Recording, member: string) =>
  grantsOf(recording)
    .filter((grant) => grant.member === member)
    .map(({ role, on, target }) => `${role} on ${on} ${target}`)
    .sort();
