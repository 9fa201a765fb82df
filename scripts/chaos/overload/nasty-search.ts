import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { median, p99 } from "../../bench/statistics.ts";
import { fillClans, nastyTexts } from "../../testkit/fill-clans.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { sendRequest } from "../harness/http-client.ts";
import { type Harness, underLoad } from "../harness/under-load.ts";

const clans = 500_000;
const attackers = 6;
const seconds = 15;
// Six more clients on the same cores cost the others something; the scans of an unbounded search cost them hundreds of times as much.
const slowdown = 5;
// Six take turns, each for about as long as some requests of the others.
const longestOfMedian = 50;

export const nastySearch: Experiment = {
  name: "nasty-search",
  guarantee:
    "Searches for symbols, emoji, or letters that many clans or only old ones have cost a bounded amount of work: each is answered soon, and other clients hardly notice them.",
  method: `${attackers} clients search ${clans.toLocaleString("en")} clans for the worst texts, page after page, for ${seconds} s, while another one reads and creates clans.`,
  mutation:
    "Without the bounds in `service/src/clans/search-bounds.ts`, the p99 of nasty searches was 1,169 ms, 112 times the others' median.",
  isExclusive: true,
  run: () =>
    underLoad(
      async (harness) => {
        await harness.load.pause();
        await withAdmin(harness, (admin) => fillClans(admin, clans));
        const idle = await othersLatencies(harness, seconds);
        let isOver = false;
        const attacking = Promise.all(
          Array.from({ length: attackers }, (_, n) => attack(harness, n, () => isOver)),
        );
        const busy = await othersLatencies(harness, seconds);
        isOver = true;
        const searches = (await attacking).flat();
        const pages = searches.filter(({ status }) => status === 200).length;
        const longest = p99(searches.map(({ ms }) => ms));
        // What no client of the load has written would count as written without a request.
        await withAdmin(harness, (admin) =>
          admin.query("delete from clans where id < '00000000-0000-7001-0000-000000000000'"),
        );
        harness.load.resume();

        const figures = (times: number[]) =>
          `${median(times).toFixed(1)} ms, p99 ${p99(times).toFixed(1)} ms`;
        const summary = `median of the others idle ${figures(idle)}, with ${searches.length} nasty searches ${figures(busy)}; these p99 ${longest.toFixed()} ms, ${searches.length - pages} refused`;
        expectThat(pages === searches.length, summary);
        expectThat(longest <= longestOfMedian * median(busy), summary);
        expectThat(median(busy) <= slowdown * median(idle), summary);
        expectThat(p99(busy) <= slowdown * p99(idle), summary);
        return summary;
      },
      { clients: 2, environment: { POOL_MAX: "10" } },
    ),
};

async function withAdmin(harness: Harness, work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = await harness.postgres.session();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

/** Latencies, in ms, of a client that creates a clan, gets it and lists clans, one request after another. */
async function othersLatencies({ load }: Harness, seconds: number): Promise<number[]> {
  const client = load.client({ isRetrying: false });
  const times: number[] = [];
  const timed = async <T>(work: Promise<T>) => {
    const startedAt = performance.now();
    const result = await work;
    times.push(performance.now() - startedAt);
    return result;
  };
  const endsAt = performance.now() + seconds * 1_000;
  while (performance.now() < endsAt) {
    const clan = await timed(client.createClan(`other ${crypto.randomUUID()}`));
    expectThat(clan.outcome === "acknowledged", "a clan was not created");
    await timed(client.getClan(clan));
    await timed(client.send({ path: "/clans?region=EU&page_size=20" }));
    await delay(5);
  }
  return times;
}

/** Searches for one text after another, each up to ten pages, and returns the status of each page and how long it took, in ms. */
async function attack({ service, validate, load }: Harness, number: number, isOver: () => boolean) {
  const searches: { status: number; ms: number }[] = [];
  for (let n = number; !isOver(); n++) {
    const name = nastyTexts[n % nastyTexts.length] ?? "";
    let token: string | null = "";
    for (let page = 0; page < 10 && token !== null && !isOver(); page++) {
      const path = `/clans/search?${new URLSearchParams({ name, ...(token && { page_token: token }) })}`;
      const startedAt = performance.now();
      const response = await sendRequest(service.url, { path });
      searches.push({ status: response.status, ms: performance.now() - startedAt });
      const problem = validate("GET", path, response);
      if (problem) load.violations.push(`GET ${path}: ${problem}`);
      if (response.status !== 200) break;
      token = JSON.parse(response.text).next_page_token;
    }
  }
  return searches;
}
