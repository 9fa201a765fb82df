import { get, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { expect, it } from "vitest";
import { leaves, recordStack } from "./testing/recorded.ts";

it("trap 21: the service answers at the paths of its health checks", async () => {
  const recordings = [await recordStack("dev"), await recordStack("prod")];
  const paths = recordings.flatMap(({ resources }) =>
    resources
      .flatMap(({ inputs }) => leaves(inputs))
      .filter(([place]) => /(httpGet|httpCheck)\.path$/.test(place))
      .map(([, path]) => String(path)),
  );
  expect(new Set(paths)).toEqual(new Set(["/health/ready", "/health/live"]));
  const { app } = await startTestApp();
  for (const path of new Set(paths)) expect(await get(app, path)).toMatchObject({ status: 200 });
});
