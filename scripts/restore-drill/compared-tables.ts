/** How a table of a restored backup is compared with the same table of the source, which has gone on since. */
export interface ComparedTable {
  table: string;
  key: string[];
  /** A condition on rows that have not changed since time `$1`: those have to be in the backup as they are now. */
  unchanged: string;
  /** Rows are compared in groups: only of a group whose checksums differ, all rows are read. */
  group: string;
  /** Columns that change without a trace in the row. */
  ignored?: string[];
}

const hashed = (key: string) => `hashtextextended(${key}::text, 0) & 255`;

/** Every table of the schema, in addition to `schema_migrations`. */
export const comparedTables: ComparedTable[] = [
  {
    table: "clans",
    key: ["id"],
    unchanged: "coalesce(updated_at, created_at) <= $1",
    group: hashed("id"),
    ignored: ["leader_user_id"],
  },
  {
    table: "clan_members",
    key: ["user_id"],
    unchanged: "joined_at <= $1",
    group: hashed("user_id"),
    ignored: ["role"],
  },
  {
    table: "clan_membership_periods",
    key: ["id"],
    // Erasing a player changes the user_id in periods that have ended long ago.
    unchanged: "greatest(updated_at, left_at) <= $1 and not is_pseudonymous",
    group: hashed("id"),
  },
  // Computed from the others every minute.
  ...["clan_days", "clan_scores", "leaderboard_refresh"].map((table) => ({
    table,
    key: [table === "leaderboard_refresh" ? "only_row" : "clan_id"],
    unchanged: "$1::timestamptz is null",
    group: "0",
  })),
  { table: "deleted_clans", key: ["clan_id"], unchanged: "deleted_at <= $1", group: hashed("clan_id") },
  {
    table: "clan_join_requests",
    key: ["clan_id", "user_id"],
    unchanged: "created_at <= $1",
    group: hashed("clan_id"),
  },
  {
    table: "clan_invitations",
    key: ["clan_id", "user_id"],
    unchanged: "created_at <= $1",
    group: hashed("clan_id"),
  },
  {
    table: "user_activity",
    key: ["user_id", "event_date", "platform"],
    unchanged: "updated_at <= $1",
    group: "event_date",
  },
  // The migration removes those that have expired.
  {
    table: "idempotency_keys",
    key: ["key"],
    unchanged: "created_at <= $1 and created_at > now() - interval '22 hours'",
    group: hashed("key"),
  },
  {
    table: "erased_users",
    key: ["user_id"],
    unchanged: "erased_at <= $1 and erased_at > now() - interval '89 days'",
    group: hashed("user_id"),
  },
];
