import { randomUUID } from "node:crypto";
import { type Experiment, expectThat } from "../experiment.ts";
import { watchFailedRequests } from "../harness/failed-requests.ts";
import type { Load } from "../harness/load.ts";
import { migrateTo } from "../harness/migration.ts";
import { makeNextVersion } from "../harness/next-version.ts";
import { type Harness, underLoad, untilReady } from "../harness/under-load.ts";

const keys = 20;

export const rollingUpdate: Experiment = {
  name: "rolling-update",
  guarantee:
    "No request fails during a rolling update, and a key that is sent to both versions creates one clan.",
  method:
    "The next version migrates and starts next to the current one, both share the traffic, and the current one gets SIGTERM while it has its share.",
  mutation:
    "Without `await delay(drainMs)` in service/src/serve.ts the old version sent no `Connection: close`, and 231 of 1,660 requests failed with ECONNRESET or ECONNREFUSED.",
  run: () => underLoad(changeVersion, { mayExit: true, environment: { POOL_MAX: "15" } }),
};

async function changeVersion(harness: Harness): Promise<string> {
  const { folder, postgres, load, service: old } = harness;
  const failures = watchFailedRequests(load);
  const next = makeNextVersion(folder);
  await migrateTo(next, postgres.adminUrl);
  const second = await harness.startSecond(next.server);
  await untilReady(second.url);

  // As a load balancer does: an instance that sends `Connection: close` gets no more requests.
  let isLeaving = false;
  let responsesOfOld = 0;
  load.listen(({ url, response }) => {
    if (url !== old.url) return;
    responsesOfOld++;
    if (response?.headers.connection === "close") isLeaving = true;
  });
  harness.sendTo(() => (isLeaving || Math.random() < 0.5 ? second.url : old.url));
  await load.untilAcknowledged(100);
  await createAtBoth(load, [old.url, second.url]);

  const before = responsesOfOld;
  const { code } = await old.end("SIGTERM");
  const after = responsesOfOld - before;
  await load.untilAcknowledged(100);
  expectThat(code === 0, `the old version ended with exit code ${code}`);
  expectThat(after > 0, "the old version had no traffic when it got SIGTERM");
  const requests = failures.requireNone();
  return `${requests}, ${after} of them served by the old version after its SIGTERM; ${keys} keys sent to both created ${keys} clans`;
}

/** Sends each key to both, concurrently or in turn. @throws {ExperimentFailed} unless each creates one clan and gets one replay */
async function createAtBoth(load: Load, urls: [string, string]): Promise<void> {
  let replayed = 0;
  const [atOld, atNext] = urls.map((url) =>
    load.client({
      isRetrying: true,
      url: () => url,
      onExchange: ({ response }) => {
        if (response?.headers["idempotency-replayed"]) replayed++;
      },
    }),
  ) as [ReturnType<Load["client"]>, ReturnType<Load["client"]>];
  for (let n = 0; n < keys; n++) {
    const key = randomUUID();
    const name = `at both ${n}`;
    const create = () => atOld.createClan(name, key);
    const again = () => atNext.createClan(name, key);
    const pair = n % 2 === 0 ? await Promise.all([create(), again()]) : [await create(), await again()];
    const [id, other] = pair.map((clan) => clan.id);
    expectThat(id && id === other, `one key created clan ${id} on the one and ${other} on the other`);
  }
  expectThat(replayed === keys, `${replayed} of ${keys} keys got a replayed response`);
}
