import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../testkit/run.ts";
import { openGenerator } from "./generator.ts";
import { planDays } from "./plan.ts";
import { populate } from "./population.ts";

it("writes the same bytes with any number of threads", async () => {
  const folder = await temporaryFolder();
  const plan = planDays({ rows: 300_000, days: 2, to: "2024-06-30" });
  const cohorts = populate(plan, 1);
  const [one, four] = await Promise.all(
    [1, 4].map(async (threads) => {
      const generator = await openGenerator({ seed: 1, dayCount: 2, cohorts, folder, threads });
      const path = join(folder, `${threads}.csv`);
      const [first, second] = plan as [(typeof plan)[number], (typeof plan)[number]];
      await generator.compute([first]);
      await generator.writeRows(path, first, { name: "", firstRow: 0, rows: first.rows });
      await generator.compute([first, second]);
      await generator.writeRows(`${path}-2`, second, { name: "", firstRow: 1_000, rows: 100_000 });
      generator.close();
      return [readFileSync(path, "utf8"), readFileSync(`${path}-2`, "utf8")];
    }),
  );
  expect(one?.map((text) => text.split("\n").length - 1)).toEqual([plan[0]?.rows, 100_000]);
  expect(one?.[0] === four?.[0] && one?.[1] === four?.[1]).toBe(true);
});
