import {
  dailyMetricsTable,
  fullName,
  membershipMetricsTable,
} from "@clan-platform/warehouse/tables/table.ts";
import type { QueryParameters, Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import type { Dimension, FiguresQuestion } from "./figures-question.ts";
import { Problem } from "./problem.ts";

/** The additive columns of daily_metrics, and of membership_metrics; every ratio of the page is a sum / sum of them. */
export const measures = [
  "dau",
  "total_iap_revenue",
  "total_ad_revenue",
  "matches_started",
  "matches_ended",
  "victories",
  "defeats",
  "server_connection_errors",
  "payers",
  "new_users",
  "total_sessions",
  "total_session_duration",
] as const;

/** More would take the server's memory: three years by day and country are twice as many. */
const maxGroups = 100_000;

// GoogleSQL's date_trunc names the part without quotation marks, DuckDB's with them.
const truncatedTo = {
  day: "event_date",
  // 1970-01-01 was a Thursday.
  week: "date_from_unix_date(unix_date(event_date) - mod(unix_date(event_date) + 3, 7))",
  month: "date_from_unix_date(unix_date(event_date) - extract(day from event_date) + 1)",
};

/** ASCII's separator of records, which occurs in no value. */
const separator = "\u001e";

/**
 * The statement of a question; its values are parameters. Each column is one text: as rows, they would be half a million
 * objects, whose memory outside of JavaScript's heap is freed late.
 */
export function figuresSql({ without, by, grain, platform, country }: FiguresQuestion): string {
  const table = fullName(by.includes("membership") ? membershipMetricsTable : dailyMetricsTable);
  const groups = by.map((name) => (name === "day" ? `${truncatedTo[grain]} as day` : name));
  const sums = measures.map((name) => `coalesce(sum(${name}), 0) as ${name}`);
  // As text: an array of days would need a type of its own.
  const leftOut = "cast(event_date as string) not in (select * from unnest(@left_out))";
  const inDays = `event_date between @from_date and @to_date${without ? ` and ${leftOut}` : ""}`;
  const conditions = [
    inDays,
    ...(platform ? ["platform in (select * from unnest(@platforms))"] : []),
    ...(country ? ["country in (select * from unnest(@countries))"] : []),
  ];
  const names = by.join(", ");
  const texts = columnsOf(by).map(
    (name) => `string_agg(${textOf(name)}, '${separator}'${names && ` order by ${names}`}) as ${name}`,
  );
  return `with covered as (
  select count(*) as covered_days
  from (select event_date from ${table} where ${inDays} group by event_date) as days
),
figures as (
  select ${[...groups, ...sums].join(",\n    ")}
  from ${table}
  where ${conditions.join("\n    and ")}${names && `\n  group by ${names}`}
  limit ${maxGroups + 1}
),
texts as (
  select ${texts.join(",\n    ")},
    count(*) as group_count
  from figures
)
select *
from covered
cross join texts`;
}

/** DuckDB writes a NUMERIC with zeros at its end, BigQuery without. */
function textOf(name: string): string {
  const text = `cast(${name} as string)`;
  if (!isAmount(name)) return text;
  return `case when ${text} like '%.%' then rtrim(rtrim(${text}, '0'), '.') else ${text} end`;
}

const isAmount = (name: string) => name.endsWith("_revenue") || name === "total_session_duration";

const columnsOf = (by: readonly Dimension[]) => [...by, ...measures];

const parametersOf = ({ from, to, without, platform, country }: FiguresQuestion): QueryParameters => ({
  from_date: from,
  to_date: to,
  ...(without && { left_out: without }),
  ...(platform && { platforms: platform }),
  ...(country && { countries: country }),
});

/**
 * Sums the rows of daily_metrics as the question says, in one statement. Returns a `FiguresAnswer` as JSON.
 * @throws {Problem} 400 when there are more than 100,000 groups
 */
export async function readFigures(
  warehouse: Warehouse,
  question: FiguresQuestion,
  version: string,
): Promise<string> {
  const [row = {}] = await warehouse.query(figuresSql(question), parametersOf(question));
  if (Number(row.group_count) > maxGroups) throw tooManyGroups(question.by);
  const columns = (names: readonly string[], toJson: (text: string, name: string) => string) =>
    names.map((name) => `${JSON.stringify(name)}:[${toJson(String(row[name] ?? ""), name)}]`).join();
  const groups = columns(question.by, namesToJson);
  const sums = columns(measures, (text, name) =>
    isAmount(name) ? amountsToJson(text) : separatedBy(",", text),
  );
  const head = JSON.stringify({ version, isHeld: false, days: row.covered_days });
  return `${head.slice(0, -1)},"groups":{${groups}},"sums":{${sums}}}`;
}

const namesToJson = (text: string) => (text === "" ? "" : JSON.stringify(text.split(separator)).slice(1, -1));

const amountsToJson = (text: string) => (text === "" ? "" : `"${separatedBy('","', text)}"`);

/** Not by `replaceAll`, which returns a tree of all parts: ten times the memory of the text, for as long as it is kept. */
const separatedBy = (other: string, text: string) => text.split(separator).join(other);

function tooManyGroups(by: Dimension[]): Problem {
  const limit = maxGroups.toLocaleString("en");
  const detail = `These days have more than ${limit} groups by ${by.join(", ")}: request fewer days or a coarser grain.`;
  return new Problem(400, "TOO_MANY_GROUPS", detail);
}
