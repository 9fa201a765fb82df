import { setTimeout as delay } from "node:timers/promises";
import { HttpConnections } from "./http-connections.ts";

// `node popular-clan-client.ts PORT CLAN JOINS_PER_SECOND` lets players join one clan at a fixed rate, whether or not earlier requests
// were answered, until it gets SIGTERM; a player who has joined leaves, so that the clan never stays full. A process of its own,
// so that it does not disturb the measurement of other requests. It prints how many joins were answered how, as JSON.
const [port = "", clan = "", rate = ""] = process.argv.slice(2);
const connections = new HttpConnections(Number(port), 256);
const answers: Record<string, number> = {};
const running = new Set<Promise<void>>();
let isStopped = false;
process.once("SIGTERM", () => {
  isStopped = true;
});

const send = (method: string, player: string) =>
  connections.send({ method, path: `/clans/${clan}/members/${player}` });

async function join(player: string): Promise<void> {
  const status = await send("PUT", player);
  answers[status] = (answers[status] ?? 0) + 1;
  if (status !== 201) return;
  // While the clan is busy, they are refused as well, with `Retry-After: 1`.
  while ((await send("DELETE", player)) === 503) await delay(1_000);
}

const startedAt = performance.now();
for (let number = 0; !isStopped; number++) {
  while (performance.now() < startedAt + (number * 1_000) / Number(rate)) await delay(2);
  const joining = join(`fan-${process.pid}-${number}`).finally(() => running.delete(joining));
  running.add(joining);
}
// Those who have joined leave first.
await Promise.all(running);
process.stdout.write(JSON.stringify(answers), () => process.exit());
