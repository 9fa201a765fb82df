import { migrate } from "@clan-platform/service/database/migrations.ts";
import { memberCalls, mostPages } from "@clan-platform/service/testing/member-calls.ts";
import { tableText } from "../commands/terminal/table.ts";
import { startCluster } from "../local/postgres/cluster.ts";
import { clusterUrl } from "../local/postgres/connection.ts";
import { type Explained, explainCall } from "../testkit/explain-call.ts";
import { fillMemberships } from "../testkit/fill-memberships.ts";
import { inTemporaryFolder } from "../testkit/temporary-folder.ts";
import { connected } from "./connected.ts";
import type { Ratio } from "./ratios.ts";

const filled = { clans: 1_000_000, members: 3_000_000 };

/** Which indexes the calls about clans and members use where there are many of both, and how much they read. */
export const run = (): Promise<Ratio[]> => inTemporaryFolder(measure);

async function measure(folder: string): Promise<Ratio[]> {
  const settings = ["shared_buffers=1GB", "max_wal_size=8GB", "fsync=off", "synchronous_commit=off"];
  const cluster = await startCluster({ folder, settings });
  try {
    const url = clusterUrl(cluster, "postgres");
    await migrate(url);
    const count = (n: number) => n.toLocaleString("en");
    console.log(
      `  Filling in ${count(filled.clans)} clans with ${count(filled.members)} members, and three days of activity of each …\n`,
    );
    return await connected(url, async (client) => {
      await fillMemberships(client, filled);
      const explained: [string, Explained][] = [];
      for (const [name, call] of Object.entries(memberCalls(filled.clans))) {
        explained.push([name, await explainCall(client, call)]);
      }
      console.log(plansText(explained));
      return ratiosOf(explained);
    });
  } finally {
    await cluster.stop();
  }
}

const plansText = (explained: [string, Explained][]): string =>
  tableText(
    [
      ["call", "statements", "most pages of one", "indexes"],
      ...explained.map(([name, { statements, pages, indexes }]) => [
        name,
        String(statements),
        String(pages),
        indexes.join(", "),
      ]),
    ],
    { from: 1, to: 3 },
  );

function ratiosOf(explained: [string, Explained][]): Ratio[] {
  const whole = explained.filter(([, { readWhole }]) => readWhole.length > 0);
  const [widest = "", { pages = Number.NaN } = {}] =
    explained.toSorted(([, a], [, b]) => b.pages - a.pages)[0] ?? [];
  return [
    {
      what: "calls that read a table whole",
      ours: whole.map(([name, { readWhole }]) => `${name}: ${readWhole.join(", ")}`).join("; ") || "none",
      against: `${explained.length} calls`,
      ratio: whole.length / explained.length,
    },
    {
      what: "pages that one statement reads at most",
      ours: `${pages} (${widest})`,
      against: `${mostPages} pages`,
      ratio: pages / mostPages,
    },
  ];
}
