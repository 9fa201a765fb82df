-- Applies the differences to clan_membership_periods.
merge into clan_case_raw.clan_membership_periods as target
using membership_differences as source
on target.period_id = source.period_id
when matched and source.is_deleted then delete
when matched then
  update set
    user_id = source.user_id, clan_id = source.clan_id, joined_at = source.joined_at, left_at = source.left_at,
    joined_date = source.joined_date, left_date = source.left_date, left_reason = source.left_reason
when not matched and not source.is_deleted then
  insert (period_id, user_id, clan_id, joined_at, left_at, joined_date, left_date, left_reason)
  values (
    source.period_id, source.user_id, source.clan_id, source.joined_at, source.left_at,
    source.joined_date, source.left_date, source.left_reason
  )
