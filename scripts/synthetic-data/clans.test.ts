import { NewClan } from "@clan-platform/service/clans/schemas.ts";
import { expect, it } from "vitest";
import { busyness } from "./calendar.ts";
import { nameCount } from "./clan-names.ts";
import { clansOf } from "./clans.ts";
import { joinClans } from "./memberships.ts";
import { planDays } from "./plan.ts";
import { populate } from "./population.ts";

it("clans of a full run have names that the service takes, each once, and ids of their own", () => {
  const plan = planDays({ rows: 7_300_000, days: 30, to: "2026-06-30" });
  const clans = [...clansOf(joinClans(populate(plan, 1, busyness), 30))];
  expect(clans.length).toBeGreaterThan(15_000);
  for (const { name, region, joinMode, maxMembers } of clans.slice(0, 12_000)) {
    const fields = { name, region, join_mode: joinMode, max_members: maxMembers };
    expect(NewClan.safeParse(fields).data).toMatchObject({ name });
  }
  expect(clans.at(-1)?.name).toMatch(/^\w+ \w+ of \w+$/);
  expect(new Set(clans.map(({ name }) => name.toLowerCase())).size).toBe(clans.length);
  expect(new Set(clans.map(({ id }) => id)).size).toBe(clans.length);
  expect(nameCount).toBeGreaterThan(400_000);
});
