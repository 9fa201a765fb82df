import type { Recorded } from "@clan-platform/infra/recording/record.ts";

/** The resources of a stack as a tree under their components, one line per type. */
export function resourceTree(resources: Recorded[]): string {
  const root = resources.find(({ parent }) => parent === "");
  return root ? [`  ${root.name}`, ...branches(root, resources, "  ")].join("\n") : "";
}

function branches(parent: Recorded, resources: Recorded[], indent: string): string[] {
  const children = resources.filter((resource) => resource.parent === parent.urn);
  const components = children.filter(isComponent);
  const byType = Map.groupBy(
    children.filter((child) => !isComponent(child)),
    ({ type }) => type,
  );
  const entries = [
    ...[...byType].sort().map(([type, all]) => ({
      text: `${shortType(type)}  ${all.map(label).sort().join(", ")}`,
      component: undefined,
    })),
    ...components.map((component) => ({ text: component.name, component })),
  ];
  return entries.flatMap(({ text, component }, at) => {
    const isLast = at === entries.length - 1;
    const line = `${indent}${isLast ? "└─" : "├─"} ${text}`;
    return component
      ? [line, ...branches(component, resources, `${indent}${isLast ? "  " : "│ "} `)]
      : [line];
  });
}

export const isComponent = ({ type }: Recorded) => type.startsWith("clan-platform:");

/** `gcp:cloudrunv2/job:Job` as `cloudrunv2.Job`. */
export function shortType(type: string): string {
  const [provider, module, name] = type.split(":") as [string, string, string];
  return provider === "gcp" ? `${module.split("/")[0]}.${name}` : `${provider}.${name}`;
}

function label({ type, name, inputs, protect }: Recorded): string {
  const own = inputs.role ?? (type.startsWith("gcp:projects/service") ? inputs.service : name);
  return `${String(own).replace(".googleapis.com", "")}${protect ? " (protected)" : ""}`;
}
