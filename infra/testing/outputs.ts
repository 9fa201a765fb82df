import * as pulumi from "@pulumi/pulumi";
import { fakeProvider } from "../recording/fake-provider.ts";
import { project } from "./recorded.ts";

/** Runs components outside a program against `fakeProvider`, with these outputs, by resource type, instead of its own. */
export async function fakeOutputs(outputs: Record<string, Record<string, unknown>>): Promise<void> {
  const mocks = fakeProvider(project);
  await pulumi.runtime.setMocks({
    ...mocks,
    newResource: async (resource) => {
      const { id, state } = await mocks.newResource(resource);
      return { id, state: { ...state, ...outputs[resource.type] } };
    },
  });
}

/** The value of an output; rejects if computing it fails, which would otherwise end the process. */
export async function resolvedValue<T>(output: pulumi.Output<T>): Promise<T> {
  const inner = output as unknown as {
    promise(): Promise<T>;
    isKnown: Promise<boolean>;
    isSecret: Promise<boolean>;
  };
  const [value] = await Promise.all([inner.promise(), inner.isKnown, inner.isSecret]);
  return value;
}
