/**
 * What a column holds. From the kind follow its checks, how it is read and written, and its type in each database:
 * `id` is a short text, `day` a calendar day (UTC), `code` one of a few upper-case words, `country` an ISO 3166-1
 * alpha-2 code, `count` a whole number that fits 32 bits, `amount` an exact decimal that is at least 0.
 */
export type ColumnKind = "id" | "day" | "code" | "country" | "count" | "amount";

export interface Column {
  name: string;
  kind: ColumnKind;
  nullable: boolean;
  /** Part of what makes a row unique. */
  isKey: boolean;
  description: string;
  /** The words of a `code`. */
  codes?: readonly string[];
}

const key = { nullable: false, isKey: true } as const;
const required = { nullable: false, isKey: false } as const;

/**
 * The activity row: one user's activity on one day and platform. The only place where its columns are declared, in the
 * order of files and tables.
 */
export const columns = [
  { name: "user_id", kind: "id", ...key, description: "The game's id of the user" },
  { name: "event_date", kind: "day", ...key, description: "Day of the activity, UTC" },
  { name: "platform", kind: "code", codes: ["ANDROID", "IOS"], ...key, description: "ANDROID or IOS" },
  { name: "install_date", kind: "day", ...required, description: "Day on which the user installed the game" },
  {
    name: "country",
    kind: "country",
    nullable: true,
    isKey: false,
    description: "ISO 3166-1 alpha-2 code; null when it is not known",
  },
  { name: "total_session_count", kind: "count", ...required, description: "Sessions of the day" },
  { name: "total_session_duration", kind: "amount", ...required, description: "Seconds in sessions" },
  { name: "match_start_count", kind: "count", ...required, description: "Matches started" },
  { name: "match_end_count", kind: "count", ...required, description: "Matches played to their end" },
  { name: "victory_count", kind: "count", ...required, description: "Matches won" },
  { name: "defeat_count", kind: "count", ...required, description: "Matches lost" },
  {
    name: "server_connection_error",
    kind: "count",
    ...required,
    description: "How many times the game lost the server",
  },
  { name: "iap_revenue", kind: "amount", ...required, description: "In-app purchases, USD" },
  { name: "ad_revenue", kind: "amount", ...required, description: "Advertising, USD" },
] as const satisfies readonly Column[];

export type ColumnName = (typeof columns)[number]["name"];

/** The columns of one kind, or of several. */
export function columnsOf<Kind extends ColumnKind>(...kinds: Kind[]): ColumnName[] {
  return columns.filter(({ kind }) => kinds.includes(kind as Kind)).map(({ name }) => name);
}
