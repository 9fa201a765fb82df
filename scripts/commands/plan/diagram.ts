import type { Recorded } from "@clan-platform/infra/recording/record.ts";
import { isComponent, shortType } from "./resource-tree.ts";

// Grants are in the table of grants; the diagram leaves them out, with helper resources.
const unshown = /IamMember|IAMMember|ServiceIdentity|Random|Account|projects\.Service|IAMCustomRole|Stack/;

/** A Mermaid flowchart of a stack: its components with their resources, and an arrow from each component to those that depend on it. */
export function diagram(resources: Recorded[]): string {
  const components = resources.filter((resource) => isComponent(resource) && isTop(resource, resources));
  const shown = components.filter(({ name }) => name !== "apis");
  const boxes = shown.map((component) => {
    const inside = resources.filter(
      (resource) => componentOf(resource, resources) === component.name && !isComponent(resource),
    );
    const counts = Map.groupBy(
      inside.map(({ type }) => shortType(type)),
      (type) => type,
    );
    const lines = [...counts]
      .sort()
      .filter(([type]) => !unshown.test(type))
      .map(([type, { length }]) => (length > 1 ? `${length} × ${type}` : type));
    return `  ${idOf(component.name)}["<b>${component.name}</b><br/>${lines.join("<br/>")}"]`;
  });
  const arrows = new Set(
    resources.flatMap((resource) => {
      const to = componentOf(resource, resources);
      return resource.dependsOn
        .map((urn) => componentOf(byUrn(urn, resources), resources))
        .filter((from) => from && to && from !== to && from !== "apis")
        .map((from) => `  ${idOf(from as string)} --> ${idOf(to as string)}`);
    }),
  );
  return ["flowchart LR", ...boxes, ...[...arrows].sort()].join("\n");
}

const isTop = ({ parent }: Recorded, resources: Recorded[]) => byUrn(parent, resources)?.parent === "";

const byUrn = (urn: string, resources: Recorded[]) => resources.find((resource) => resource.urn === urn);

/** The name of the top-level component that holds a resource; undefined for the stack itself. */
function componentOf(resource: Recorded | undefined, resources: Recorded[]): string | undefined {
  if (!resource || resource.parent === "") return undefined;
  return isTop(resource, resources)
    ? resource.name
    : componentOf(byUrn(resource.parent, resources), resources);
}

const idOf = (name: string) => name.replaceAll("-", "_").replace(/@.*$/, "");
