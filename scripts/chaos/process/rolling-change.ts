import { randomUUID } from "node:crypto";
import { type Experiment, promised } from "../experiment.ts";
import { watchFailures } from "../rig/failures.ts";
import type { Load } from "../rig/load.ts";
import { migrateTo } from "../rig/migration.ts";
import { makeNextVersion } from "../rig/next-version.ts";
import { type Rig, underLoad, untilReady } from "../rig/under-load.ts";

const keys = 20;

export const rollingChange: Experiment = {
  name: "rolling-change",
  promise: "A change of version fails no request, and a key that was sent to both versions makes one clan.",
  trial:
    "The next version migrates and starts beside today's, both share the traffic, and today's gets SIGTERM while it has its share.",
  protection:
    "Without `await delay(drainMs)` in service/src/serve.ts the old version told nobody to go, and 231 of 1,660 requests failed with ECONNRESET or ECONNREFUSED.",
  run: () => underLoad(changeVersion, { mayEnd: true, environment: { POOL_MAX: "15" } }),
};

async function changeVersion(rig: Rig): Promise<string> {
  const { folder, postgres, load, service: old } = rig;
  const failures = watchFailures(load);
  const next = makeNextVersion(folder);
  await migrateTo(next, postgres.adminUrl);
  const beside = await rig.startBeside(next.server);
  await untilReady(beside.url);

  // As a balancer: an instance that says `Connection: close` gets no more requests.
  let isLeaving = false;
  let answeredByOld = 0;
  load.listen(({ url, answer }) => {
    if (url !== old.url) return;
    answeredByOld++;
    if (answer?.headers.connection === "close") isLeaving = true;
  });
  rig.sendTo(() => (isLeaving || Math.random() < 0.5 ? beside.url : old.url));
  await load.untilAcknowledged(100);
  await createAtBoth(load, [old.url, beside.url]);

  const before = answeredByOld;
  const { code } = await old.end("SIGTERM");
  const after = answeredByOld - before;
  await load.untilAcknowledged(100);
  promised(code === 0, `the old version ended with exit code ${code}`);
  promised(after > 0, "the old version had no share of the traffic when it was asked to stop");
  const requests = failures.requireNone();
  return `${requests}, ${after} of them answered by the old version after its SIGTERM; ${keys} keys sent to both made ${keys} clans`;
}

/** Sends each key to both, at once and one after the other. @throws {Broken} unless each made one clan, and one replay */
async function createAtBoth(load: Load, urls: [string, string]): Promise<void> {
  let replayed = 0;
  const [atOld, atNext] = urls.map((url) =>
    load.client({
      isPatient: true,
      url: () => url,
      onHeard: ({ answer }) => {
        if (answer?.headers["idempotency-replayed"]) replayed++;
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
    promised(id && id === other, `one key made clan ${id} at the one and ${other} at the other`);
  }
  promised(replayed === keys, `${replayed} of ${keys} keys were answered with the first answer again`);
}
