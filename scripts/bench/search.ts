import { nastyTexts, rareName } from "../testkit/fill-clans.ts";
import { requests, searchRequest } from "./clan-queries.ts";
import { connected } from "./connected.ts";
import { loadHttp } from "./http-load.ts";
import type { HttpRequest } from "./http-message.ts";
import type { Ratio } from "./ratios.ts";
import { port, withService } from "./service-process.ts";
import { p99 } from "./statistics.ts";

/** How long searches take: ordinary ones relative to a sequential scan, and the worst text relative to ordinary ones. */
export async function searchRatios(url: string, environment: NodeJS.ProcessEnv): Promise<Ratio[]> {
  console.log("  Measuring how long searches take …\n");
  // The earlier rounds left dead rows, a pending list and dirty pages, which would be cleaned up during this one.
  await connected(url, async (client) => {
    await client.query("vacuum analyze clans");
    await client.query("checkpoint");
  });
  const { ordinary, worst } = await withService(environment, async () => {
    await latencyP99(requests.search, 3);
    const ordinary = await latencyP99(requests.search, 6);
    const nasty: { text: string; ms: number }[] = [];
    for (const text of nastyTexts) nasty.push({ text, ms: await latencyP99(() => searchRequest(text), 2) });
    const [worst] = nasty.toSorted((a, b) => b.ms - a.ms);
    return { ordinary, worst };
  });
  if (!worst) throw new Error("there is no nasty search");
  const scan = await sequentialScanP99(url);
  const ms = (n: number) => `${n.toFixed(1)} ms`;
  return [
    {
      what: "search among 3,000,000: p99 relative to a sequential scan",
      ours: ms(ordinary),
      against: ms(scan),
      ratio: ordinary / scan,
    },
    {
      what: "the worst search among 3,000,000: p99 relative to an ordinary search",
      ours: `${ms(worst.ms)} (${worst.text.slice(0, 20)})`,
      against: ms(ordinary),
      ratio: worst.ms / ordinary,
    },
  ];
}

/** The 99th percentile of one client's requests, one after another, in ms. */
async function latencyP99(request: () => HttpRequest, seconds: number): Promise<number> {
  const times: number[] = [];
  await loadHttp(port, request, { connections: 1, seconds, onAnswer: (ms) => times.push(ms) });
  return p99(times);
}

/** The 99th percentile of searches that read every clan, in ms. */
function sequentialScanP99(url: string): Promise<number> {
  return connected(url, async (client) => {
    await client.query("set enable_indexscan = off");
    const times: number[] = [];
    for (let n = 0; n < 40; n++) {
      const startedAt = performance.now();
      await client.query(
        `select id, name, region, created_at
         from clans
         where strpos(name_key, clan_name_key($1)) > 0
         order by created_at desc, id desc
         limit 51`,
        [rareName()],
      );
      times.push(performance.now() - startedAt);
    }
    return p99(times);
  });
}
