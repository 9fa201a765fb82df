/** Undoes migrations `clan-activity`, `clan-changes` and `clan-members`, for tests that migrate again. */
export const takeBackMembers = `
  drop table clan_days, clan_scores, leaderboard_refresh;
  drop function clan_changes, clan_membership_changes;
  drop trigger clans_note_deleted on clans;
  drop function note_deleted_clan;
  drop table deleted_clans;
  drop index clans_by_change;
  alter table clans drop column changed_at;
  drop trigger clans_end_memberships on clans;
  drop function end_memberships_of_deleted_clan;
  alter table clans drop constraint clans_leader_is_member;
  drop table clan_members, clan_membership_periods, clan_join_requests, clan_invitations;
  alter table clans drop column description, drop column join_mode, drop column max_members, drop column member_count,
    drop column updated_at, drop column version, drop column leader_user_id, drop column leader_role;
  drop type clan_role;`;
