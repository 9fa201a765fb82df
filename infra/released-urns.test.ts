import { expect, it } from "vitest";
import type { Recording } from "./recording/record.ts";
import { recordStack } from "./testing/recorded.ts";
import { releasedSettings, releasedStacks, upgrade } from "./testing/released-urns.ts";

// One after another: a program of Pulumi's runs alone in its process.
const stacks: { title: string; released: string[]; recording: Recording }[] = [];
for (const { urns: released, ...stack } of releasedStacks) {
  const title = `${stack.stack}, ${stack.network} network, extras: ${stack.extras}`;
  stacks.push({ title, released, recording: await recordStack(stack.stack, releasedSettings(stack)) });
}

it("compares both stacks, on both networks, with and without every extra", () => {
  expect(new Set(stacks.map(({ title }) => title)).size).toBe(8);
});

it.each(stacks)("an existing stack keeps every resource ($title)", ({ released, recording }) => {
  expect(upgrade(released, recording).deleted).toEqual([]);
});

it("without the alias of any one component, that component and everything in it would be replaced", () => {
  for (const { released, recording } of stacks) {
    const { resources, outputs } = recording;
    const components = resources.filter(({ type }) => type.startsWith("clan-platform:"));
    expect(components.length).toBeGreaterThanOrEqual(10);
    for (const component of components) {
      const without = resources.map((resource) =>
        resource === component ? { ...resource, aliases: [] } : resource,
      );
      const { deleted } = upgrade(released, { resources: without, outputs });
      // Not those that are newer than the release.
      const inside = resources.filter(
        ({ parent, type, name }) =>
          parent === component.urn && released.some((urn) => urn.endsWith(`${type}::${name}`)),
      );
      expect(deleted.length, component.urn).toBeGreaterThan(inside.length);
    }
  }
});
