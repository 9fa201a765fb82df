-- Partitions have a quarter from now on (retention/quarter-partitions.ts): a user's pages open each one that they may show.
comment on table user_activity is 'What users did: one row per user, day (UTC) and platform; one partition per quarter.';
comment on table user_activity_older is 'Rows of user_activity from before its first other partition.';
