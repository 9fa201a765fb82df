import { setTimeout as delay } from "node:timers/promises";
import { type Experiment, expectThat } from "../experiment.ts";
import { sendRequest } from "../harness/http-client.ts";
import { underLoad } from "../harness/under-load.ts";

const stalls = 5;
const stallMs = 700;
// Time for a measurement in between, of which the delay is then most.
const pauseMs = 15;
const burst = 40;

/** Loaded into the service: a signal stalls its event loop twice, almost without a pause. */
const stallOnSignal = `
  const stall = () => { const end = performance.now() + ${stallMs}; while (performance.now() < end); };
  process.on("SIGWINCH", () => { stall(); setTimeout(stall, ${pauseMs}); });
`;

export const stalledLoop: Experiment = {
  name: "stalled-loop",
  guarantee:
    "A stall of the event loop, such as on a busy machine, is no overload: no request is shed because of it.",
  method: `${stalls} times, the service's event loop is busy for ${stallMs} ms, twice in a row, and ${burst} requests arrive during it and after it.`,
  mutation: "With `sustainedIntervals` of 1 in `service/src/http/event-loop.ts`, 718 requests were shed.",
  // A busy machine stalls the loop for longer.
  isExclusive: true,
  run: () =>
    underLoad(
      async ({ service, load }) => {
        let shed = 0;
        load.listen(({ response }) => {
          if (response?.text.includes('"OVERLOADED"')) shed++;
        });
        let slowest = 0;
        for (let n = 0; n < stalls; n++) {
          process.kill(service.pid, "SIGWINCH");
          const startedAt = performance.now();
          // Over the time in which the next measurements are taken.
          const statuses = await Promise.all(
            Array.from({ length: burst }, async (_, request) => {
              await delay(request * 50);
              return (await sendRequest(service.url, { path: "/clans?page_size=1" })).status;
            }),
          );
          slowest = Math.max(slowest, performance.now() - startedAt);
          shed += statuses.filter((status) => status === 503).length;
        }
        expectThat(shed === 0, `${shed} requests were shed`);
        return `none of ${stalls * burst} requests and of the load's was shed; each burst of 2 s took at most ${(slowest / 1_000).toFixed(1)} s`;
      },
      { environment: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(stallOnSignal)}` } },
    ),
};
