import { expect, it } from "vitest";
import { serviceAgent } from "./service-agent.ts";
import { answerWith, outcomeOf } from "./testing/answers.ts";
import { project } from "./testing/recorded.ts";

const identity = "gcp:projects/serviceIdentity:ServiceIdentity";

it.each(["", undefined])(
  "an agent whose address is %o in Google's answer goes by the project's number",
  async (email) => {
    await answerWith({ [identity]: { email } });
    expect(await outcomeOf(serviceAgent("bigquerydatatransfer", project, {}))).toBe(
      "serviceAccount:service-123456789012@gcp-sa-bigquerydatatransfer.iam.gserviceaccount.com",
    );
  },
);

it("an agent goes by the address in Google's answer", async () => {
  await answerWith({ [identity]: { email: "service-7@gcp-sa-monitoring.iam.gserviceaccount.com" } });
  expect(await outcomeOf(serviceAgent("monitoring", project, {}))).toBe(
    "serviceAccount:service-7@gcp-sa-monitoring.iam.gserviceaccount.com",
  );
});
