import * as pulumi from "@pulumi/pulumi";
import { fakeProvider } from "../recording/fake-provider.ts";
import { project } from "./recorded.ts";

/** Answers parts that are made alone as `fakeProvider` does, but for the outputs that are given by the type of their resource. */
export async function answerWith(outputs: Record<string, Record<string, unknown>>): Promise<void> {
  const mocks = fakeProvider(project);
  await pulumi.runtime.setMocks({
    ...mocks,
    newResource: async (resource) => {
      const { id, state } = await mocks.newResource(resource);
      return { id, state: { ...state, ...outputs[resource.type] } };
    },
  });
}

/** What an output comes to; rejects when that fails, which would otherwise end the program. */
export async function outcomeOf<T>(output: pulumi.Output<T>): Promise<T> {
  const inner = output as unknown as {
    promise(): Promise<T>;
    isKnown: Promise<boolean>;
    isSecret: Promise<boolean>;
  };
  const [value] = await Promise.all([inner.promise(), inner.isKnown, inner.isSecret]);
  return value;
}
