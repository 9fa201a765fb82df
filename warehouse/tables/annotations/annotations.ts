import { createHash } from "node:crypto";
import type { DateRange } from "../../days.ts";
import { readTemplate } from "../../templates.ts";
import type { Row, Warehouse } from "../../warehouse.ts";
import { annotationsTable } from "../table.ts";

/** What a person notes about a day. */
export interface Annotation {
  /** YYYY-MM-DD */
  day: string;
  text: string;
  /** One of `annotationMetrics` (metrics.ts); null for all. */
  metric: string | null;
  /** ISO 3166-1 alpha-2; null for all. */
  country: string | null;
}

const read = (file: string) => readTemplate(new URL(file, import.meta.url));
const addSql = read("add.sql");
const removeSql = read("remove.sql");

/** The annotations of the days from @from_date to @to_date, in their order. */
const annotationsSql = read("annotations.sql");

/** Adds an annotation, unless it is there already. Returns its id. */
export async function addAnnotation(warehouse: Warehouse, annotation: Annotation): Promise<string> {
  const statement = addStatement(annotation);
  await warehouse.write(statement);
  return statement.texts.annotation_id;
}

const addStatement = ({ day, text, metric, country }: Annotation) => ({
  sql: addSql,
  parameters: { event_date: day },
  texts: {
    annotation_id: idOf({ day, text, metric, country }),
    note: text,
    metric: metric ?? "",
    country: country ?? "",
  },
  writes: annotationsTable,
});

/** Removes the annotation with this id; changes nothing when there is none. */
export const removeAnnotation = (warehouse: Warehouse, annotation_id: string): Promise<void> =>
  warehouse.write({ sql: removeSql, texts: { annotation_id }, writes: annotationsTable });

/** Reads the annotations of these days, in the order of the days. */
export async function readAnnotations(
  warehouse: Warehouse,
  days: DateRange,
): Promise<(Annotation & { id: string })[]> {
  const rows = await warehouse.query<AnnotationRow>(annotationsSql, days);
  return rows.map(({ annotation_id, event_date, text, metric, country }) => ({
    id: annotation_id,
    day: event_date,
    text,
    metric,
    country,
  }));
}

interface AnnotationRow extends Row {
  annotation_id: string;
  event_date: string;
  text: string;
  metric: string | null;
  country: string | null;
}

/** Short enough to type; of a million annotations, two share an id with a chance of 2 in 1,000. */
const idOf = ({ day, text, metric, country }: Annotation) =>
  createHash("sha256")
    .update(JSON.stringify([day, text, metric, country]))
    .digest("hex")
    .slice(0, 12);
