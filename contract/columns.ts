/**
 * What a column holds. From its kind (kinds/) follow its checks, how it is read and written, and its type in each
 * database: `id` is a short text, `day` a calendar day (UTC), `code` one of a few upper-case words, `country` an ISO
 * 3166-1 alpha-2 code, `count` a whole number that fits 32 bits, `amount` an exact decimal of at least 0.
 */
export type ColumnKind = "id" | "day" | "code" | "country" | "count" | "amount";

export interface Column {
  name: string;
  kind: ColumnKind;
  /** Null, an empty text and a missing field all mean that the value is unknown. */
  nullable: boolean;
  /** Part of the row's unique key. */
  isKey: boolean;
  description: string;
  /** Shown in the API's document. */
  example?: number;
  /** The words of a `code`. */
  codes?: readonly string[];
}

const key = { nullable: false, isKey: true } as const;
const required = { nullable: false, isKey: false } as const;
const optional = { nullable: true, isKey: false } as const;

/** The platforms of a game. */
export const platforms = ["ANDROID", "IOS"] as const;

/**
 * The activity row: one user's activity on one day and platform. Its columns are declared here and nowhere else, in the
 * order of files and tables. A new column goes to the end, and also needs what infra/new-column.postgres.test.ts lists.
 */
export const columns = [
  { name: "user_id", kind: "id", ...key, description: "The game's id of the user" },
  { name: "event_date", kind: "day", ...key, description: "Day of the activity, UTC" },
  { name: "platform", kind: "code", codes: platforms, ...key, description: platforms.join(" or ") },
  { name: "install_date", kind: "day", ...required, description: "Day on which the user installed the game" },
  {
    name: "country",
    kind: "country",
    ...optional,
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
  { name: "iap_revenue", kind: "amount", ...required, description: "In-app purchases, USD", example: 4.99 },
  { name: "ad_revenue", kind: "amount", ...required, description: "Advertising, USD", example: 4.99 },
] as const satisfies readonly Column[];

type AnyColumn = (typeof columns)[number];
export type ColumnName = AnyColumn["name"];
export type ColumnNameOf<Kind extends ColumnKind> = Extract<AnyColumn, { kind: Kind }>["name"];

/** What is stored of each kind: days as YYYY-MM-DD, amounts as their decimal digits. */
interface StoredKinds {
  id: string;
  day: string;
  code: string;
  country: string;
  count: number;
  amount: string;
}

/** The value of a column as it is stored. */
export type Stored<C extends Column> = StoredKinds[C["kind"]] | (C["nullable"] extends true ? null : never);

/** A checked row, with its fields in the order of the columns. */
export type ActivityRow = { [C in AnyColumn as C["name"]]: Stored<C> };

/** The names of all columns, in their order. */
export const activityFields: readonly ColumnName[] = columns.map(({ name }) => name);

/** The columns that make a row unique. */
export const keyColumns: readonly ColumnName[] = columns.filter(({ isKey }) => isKey).map(({ name }) => name);

/** The columns that a later delivery of the same key replaces. */
export const measureColumns: readonly ColumnName[] = columns
  .filter(({ isKey }) => !isKey)
  .map(({ name }) => name);

/** A name in a file as a column would be named: case-insensitive, without blanks around it. */
export const asColumnName = (name: string) => name.trim().toLowerCase();

/** The columns of one kind, or of several. */
export function columnsOf<Kind extends ColumnKind>(...kinds: Kind[]): ColumnNameOf<Kind>[] {
  const ofKinds = columns.filter(({ kind }) => (kinds as ColumnKind[]).includes(kind));
  return ofKinds.map(({ name }) => name as ColumnNameOf<Kind>);
}
