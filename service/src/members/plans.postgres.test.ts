import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { explainCall } from "@clan-platform/scripts/testkit/explain-call.ts";
import { fillMemberships } from "@clan-platform/scripts/testkit/fill-memberships.ts";
import { expect, it } from "vitest";
import { memberCalls, mostPages } from "../../testing/member-calls.ts";
import { findMembership } from "./repository.ts";

const clans = 30_000;
const members = 90_000;

// Among a million clans and three million members: npm run bench -- plans.
it(`among ${clans} clans with ${members} members, every statement of every call reads by an index, and little`, async () => {
  const { adminUrl } = await createTestDatabase();
  const client = await connect(adminUrl);
  await fillMemberships(client, { clans, members });
  for (const [name, call] of Object.entries(memberCalls(clans))) {
    const { statements, readWhole, pages } = await explainCall(client, call);
    expect([name, readWhole]).toEqual([name, []]);
    expect(statements, name).toBeGreaterThan(0);
    expect(pages, name).toBeLessThan(mostPages);
  }
  expect(await findMembership(client, "player-4711")).toMatchObject({ role: "leader" });
}, 300_000);
