import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { startTestApp } from "../../../testkit/app.ts";
import { measured } from "./constants.ts";

it("a request's log entry has the bytes that the model uses", async () => {
  const lines: string[] = [];
  const { app } = await startTestApp(
    { K_SERVICE: "clan-service", K_REVISION: "clan-service-00042-abc", GOOGLE_CLOUD_PROJECT: "my-project" },
    { log: { write: (line: string) => void lines.push(line) } },
  );
  await app.inject({
    url: `/clans/${randomUUID()}`,
    headers: {
      "user-agent": "clan-game/3.1 (Android 15)",
      "x-cloud-trace-context": "4bf92f3577b34da6a3ce929d0e0e4736/123;o=1",
    },
  });
  expect(lines).toHaveLength(1);
  const bytes = Buffer.byteLength(lines[0] ?? "");
  expect(bytes).toBeGreaterThan(measured.logEntryBytes * 0.8);
  expect(bytes).toBeLessThan(measured.logEntryBytes * 1.2);
});
