import { readFileSync } from "node:fs";

// Sends files to the service's import, one after another, as `node import-client.ts URL FILE…`, and prints the duration
// in seconds. A process of its own, so that it does not disturb the measurement of other requests.
const [url, ...files] = process.argv.slice(2);
const bodies = files.map((file) => readFileSync(file));
const startedAt = performance.now();
for (const body of bodies) {
  const answer = await fetch(`${url}/user-activity/import`, {
    method: "POST",
    headers: { "content-type": "text/csv" },
    body,
  });
  if (answer.status !== 200) throw new Error(`answered with ${answer.status} ${await answer.text()}`);
  const { received, rejected } = (await answer.json()) as { received: number; rejected: number };
  if (received === 0 || rejected > 0) throw new Error(`${rejected} of ${received} rows were rejected`);
}
console.log((performance.now() - startedAt) / 1_000);
