import { readFileSync } from "node:fs";
import type { Alias, Recorded, Recording } from "../recording/record.ts";
import { everyExtra, type Stack } from "./recorded.ts";

/** A stack with settings that decide which resources it has. */
export interface ReleasedStack {
  stack: Stack;
  network: "public" | "private";
  extras: "none" | "every";
  /** `types::name` of its resources, which is what `urn:pulumi:STACK::clan-platform::` precedes. */
  urns: string[];
}

/**
 * The resources that stacks have since the last release. A resource may be added without a line here, and one that is to be
 * deleted from every stack loses its line; nothing else may change.
 */
export const releasedStacks: ReleasedStack[] = JSON.parse(
  readFileSync(new URL("released-urns.json", import.meta.url), "utf8"),
);

export const releasedSettings = ({ network, extras }: Omit<ReleasedStack, "urns">) => ({
  network,
  ...(extras === "every" && everyExtra),
});

/** What `pulumi up` does with the resources of a released stack. */
export interface Upgrade {
  /** Resources of the program that match no released one. */
  created: string[];
  /** Released resources that no resource of the program matches. */
  deleted: string[];
}

/**
 * Matches a program's resources with those of a released stack.
 *
 * Pulumi's mock monitor does not resolve aliases, and puts only the direct parent's type into a URN: both are the engine's work.
 * They are computed here as the engine does in `generateSteps`, `generateAliases`, `collapseAliasToUrn` and
 * `inheritedChildAlias` (pkg/resource/deploy/step_generator.go of pulumi/pulumi): a resource is looked up by its own URN, then by
 * each of its aliases, and then by its own and its aliases' type and name under the URN that its parent was found by.
 */
export function upgrade(released: string[], { resources }: Recording): Upgrade {
  const unmatched = new Set(released);
  const created: string[] = [];
  // By the URN that the mock monitor gave.
  const urns = new Map<string, string>();
  const previousUrns = new Map<string, string>();
  for (const resource of resources) {
    const { type, name, parent } = resource;
    const urn = urnOf(urns.get(parent), type, name);
    urns.set(resource.urn, urn);
    const previous = [urn, ...aliasUrns(resource, urns, previousUrns)].find((urn) => unmatched.has(urn));
    if (previous === undefined) created.push(urn);
    else unmatched.delete(previous);
    if (previous !== undefined && previous !== urn) previousUrns.set(resource.urn, previous);
  }
  return { created, deleted: [...unmatched] };
}

function aliasUrns(
  resource: Recorded,
  urns: Map<string, string>,
  previousUrns: Map<string, string>,
): string[] {
  const { type, name, parent } = resource;
  const own = resource.aliases.map((alias) => {
    const aliasParent = alias.parent || parent;
    const parentUrn = previousUrns.get(aliasParent) ?? urns.get(aliasParent);
    return relative(alias) || urnOf(parentUrn, alias.type || type, alias.name || name);
  });
  const parentUrn = previousUrns.get(parent);
  if (!parentUrn) return own;
  const previousParent = partsOf(parentUrn).name;
  const currentParent = partsOf(urns.get(parent) ?? "").name;
  const inherited = [{ type, name }, ...own.map(partsOf)].map((child) => {
    const isNamedAfterParent = child.name.startsWith(currentParent);
    const childName = isNamedAfterParent
      ? previousParent + child.name.slice(currentParent.length)
      : child.name;
    return urnOf(parentUrn, child.type, childName);
  });
  return [...own, ...inherited];
}

const rootStack = "pulumi:pulumi:Stack";

/** The types of all parents but the stack itself, joined by `$`, and the name. */
function urnOf(parent: string | undefined, type: string, name: string): string {
  const parentTypes = parent?.split("::").slice(0, -1).join("::");
  return parentTypes && parentTypes !== rootStack ? `${parentTypes}$${type}::${name}` : `${type}::${name}`;
}

function partsOf(urn: string): { type: string; name: string } {
  const [types = "", name = ""] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", name };
}

const relative = ({ urn }: Alias) => urn.split("::").slice(2).join("::");
