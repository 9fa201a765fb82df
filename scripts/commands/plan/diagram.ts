import type { Recorded } from "@clan-platform/infra/recording/record.ts";
import { isPart, shortType } from "./resource-tree.ts";

// Rights and switches of services are in the table of grants; the diagram shows what there is.
const unshown = /IamMember|IAMMember|ServiceIdentity|Random|Account|projects\.Service|IAMCustomRole|Stack/;

/** Mermaid's flowchart of a stack: its parts with what is in them, and an arrow to each part from what it is made of. */
export function diagram(resources: Recorded[]): string {
  const parts = resources.filter((resource) => isPart(resource) && isTop(resource, resources));
  const named = parts.filter(({ name }) => name !== "apis");
  const boxes = named.map((part) => {
    const inside = resources.filter(
      (resource) => partOf(resource, resources) === part.name && !isPart(resource),
    );
    const counts = Map.groupBy(
      inside.map(({ type }) => shortType(type)),
      (type) => type,
    );
    const lines = [...counts]
      .sort()
      .filter(([type]) => !unshown.test(type))
      .map(([type, { length }]) => (length > 1 ? `${length} × ${type}` : type));
    return `  ${idOf(part.name)}["<b>${part.name}</b><br/>${lines.join("<br/>")}"]`;
  });
  const arrows = new Set(
    resources.flatMap((resource) => {
      const to = partOf(resource, resources);
      return resource.dependsOn
        .map((urn) => partOf(byUrn(urn, resources), resources))
        .filter((from) => from && to && from !== to && from !== "apis")
        .map((from) => `  ${idOf(from as string)} --> ${idOf(to as string)}`);
    }),
  );
  return ["flowchart LR", ...boxes, ...[...arrows].sort()].join("\n");
}

const isTop = ({ parent }: Recorded, resources: Recorded[]) => byUrn(parent, resources)?.parent === "";

const byUrn = (urn: string, resources: Recorded[]) => resources.find((resource) => resource.urn === urn);

/** The name of the part that is right under the stack; undefined for the stack itself. */
function partOf(resource: Recorded | undefined, resources: Recorded[]): string | undefined {
  if (!resource || resource.parent === "") return undefined;
  return isTop(resource, resources) ? resource.name : partOf(byUrn(resource.parent, resources), resources);
}

const idOf = (name: string) => name.replaceAll("-", "_").replace(/@.*$/, "");
