import type { Recorded } from "@clan-platform/infra/recording/record.ts";

/** The resources of a stack under the parts that they belong to, those of one type in one line. */
export function resourceTree(resources: Recorded[]): string {
  const root = resources.find(({ parent }) => parent === "");
  return root ? [`  ${root.name}`, ...branches(root, resources, "  ")].join("\n") : "";
}

function branches(parent: Recorded, resources: Recorded[], indent: string): string[] {
  const children = resources.filter((resource) => resource.parent === parent.urn);
  const parts = children.filter(isPart);
  const byType = Map.groupBy(
    children.filter((child) => !isPart(child)),
    ({ type }) => type,
  );
  const entries = [
    ...[...byType].sort().map(([type, all]) => ({
      text: `${shortType(type)}  ${all.map(label).sort().join(", ")}`,
      part: undefined,
    })),
    ...parts.map((part) => ({ text: part.name, part })),
  ];
  return entries.flatMap(({ text, part }, at) => {
    const isLast = at === entries.length - 1;
    const line = `${indent}${isLast ? "└─" : "├─"} ${text}`;
    return part ? [line, ...branches(part, resources, `${indent}${isLast ? "  " : "│ "} `)] : [line];
  });
}

export const isPart = ({ type }: Recorded) => type.startsWith("clan-platform:");

/** `gcp:cloudrunv2/job:Job` as `cloudrunv2.Job`. */
export function shortType(type: string): string {
  const [provider, module, name] = type.split(":") as [string, string, string];
  return provider === "gcp" ? `${module.split("/")[0]}.${name}` : `${provider}.${name}`;
}

function label({ type, name, inputs, protect }: Recorded): string {
  const own = inputs.role ?? (type.startsWith("gcp:projects/service") ? inputs.service : name);
  return `${String(own).replace(".googleapis.com", "")}${protect ? " (protected)" : ""}`;
}
