import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { expect, it } from "vitest";

/** What a role may do with the tables and functions that migrations made, beyond what everybody may. */
async function rightsOf(role: string): Promise<string[]> {
  const { adminUrl } = await createTestDatabase();
  const admin = await connect(adminUrl);
  const { rows } = await admin.query(
    `select table_name || ': ' || string_agg(lower(privilege_type), ', ' order by privilege_type) as "right"
     from information_schema.role_table_grants where grantee = $1 group by table_name
     union all
     select routine_name || ': ' || lower(privilege_type)
     from information_schema.role_routine_grants where grantee = $1
     order by 1`,
    [role],
  );
  return rows.map(({ right }) => right);
}

it("clan_reader, whom the warehouse asks as, reads what that needs and nothing else", async () => {
  expect(await rightsOf("clan_reader")).toEqual([
    "activity_changes: execute",
    "clan_changes: execute",
    "clan_membership_changes: execute",
    "clan_membership_periods: select",
    "deleted_clans: select",
    "erased_users: select",
    "user_activity: select",
  ]);
});

it("clan_viewer, for people, reads clans and activity, and changes nothing", async () => {
  expect(await rightsOf("clan_viewer")).toEqual([
    "clan_days: select",
    "clan_invitations: select",
    "clan_join_requests: select",
    "clan_members: select",
    "clan_membership_periods: select",
    "clan_scores: select",
    "clans: select",
    "deleted_clans: select",
    "erased_users: select",
    "leaderboard_refresh: select",
    "user_activity: select",
  ]);
});
