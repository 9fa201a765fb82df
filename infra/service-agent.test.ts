import { expect, it } from "vitest";
import { serviceAgent } from "./service-agent.ts";
import { fakeOutputs, resolvedValue } from "./testing/outputs.ts";
import { project } from "./testing/recorded.ts";

const identity = "gcp:projects/serviceIdentity:ServiceIdentity";

it.each(["", undefined])(
  "an agent whose address is %o in Google's response is named by the project number",
  async (email) => {
    await fakeOutputs({ [identity]: { email } });
    expect(await resolvedValue(serviceAgent("bigquerydatatransfer", project, {}))).toBe(
      "serviceAccount:service-123456789012@gcp-sa-bigquerydatatransfer.iam.gserviceaccount.com",
    );
  },
);

it("an agent has the address in Google's response", async () => {
  await fakeOutputs({ [identity]: { email: "service-7@gcp-sa-monitoring.iam.gserviceaccount.com" } });
  expect(await resolvedValue(serviceAgent("monitoring", project, {}))).toBe(
    "serviceAccount:service-7@gcp-sa-monitoring.iam.gserviceaccount.com",
  );
});
