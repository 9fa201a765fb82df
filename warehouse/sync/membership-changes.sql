-- Run on PostgreSQL, as clan_reader: periods of memberships that began or ended since a moment, which is inserted as a literal,
-- and the players that were erased since then.
select period_id, user_id, clan_id, joined_at, left_at, joined_date, left_date, left_reason, is_erased
from public.clan_membership_changes({{since}})
