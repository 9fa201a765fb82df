import { readFileSync } from "node:fs";
import type { Table } from "../tables/table.ts";
import { readTemplate, render } from "../templates.ts";

/** A view as its folder describes it: `view.sql`, and `view.json` for the rest. */
export interface View extends Pick<Table, "dataset" | "name"> {
  description: string;
  /**
   * A template with the week of an install, today in UTC and a type, which the engines name differently. It has nothing of the
   * dialect that our connections to DuckDB have in addition (engines/duckdb/dialect.ts), the time zone included: other programs
   * read the view as well.
   */
  template: string;
}

export const views: View[] = [
  readView("retention_by_cohort"),
  readView("ltv_by_cohort"),
  readView("membership_retention"),
];

function readView(name: string): View {
  const file = (part: string) => new URL(`${name}/${part}`, import.meta.url);
  const { description } = JSON.parse(readFileSync(file("view.json"), "utf8"));
  return { dataset: "clan_case_analytics", name, description, template: readTemplate(file("view.sql")) };
}

/** The view's query on DuckDB. */
export const duckdbView = ({ template }: View): string =>
  render(template, {
    week_of_install: "cast(date_trunc('week', installed.event_date) as date)",
    today: "cast(current_timestamp at time zone 'UTC' as date)",
    float: "double",
  });

/**
 * The view's query on BigQuery. A view needs the dataset in front of each table
 * (https://cloud.google.com/bigquery/docs/views#view_limitations); that the API needs the project too is believed.
 */
export const bigqueryView = ({ template, dataset }: View, project: string): string =>
  render(template, {
    week_of_install: "date_trunc(installed.event_date, week(monday))",
    // Without one, that of the project (https://cloud.google.com/bigquery/docs/default-configuration).
    today: "current_date('UTC')",
    float: "float64",
  }).replaceAll(`${dataset}.`, `\`${project}\`.${dataset}.`);
