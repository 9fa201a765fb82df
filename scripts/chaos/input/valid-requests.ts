import { gzipSync } from "node:zlib";
import { activityFields } from "@clan-platform/contract/activity-row.ts";
import { addDays } from "@clan-platform/warehouse/days.ts";
import fc from "fast-check";
import type { ApiDocument, Operation } from "./api-document.ts";
import { arbitraryOf, type Schema } from "./schema-arbitrary.ts";

export interface Generated {
  method: string;
  /** As in the document; a mutation changes only `path`. */
  template: string;
  /** Percent-encoded. */
  path: string;
  query: [name: string, value: string][];
  headers: Record<string, string>;
  body?: string | Buffer;
  /** The document allows it, so that it must be accepted. */
  isValid: boolean;
}

/** Any call of the document with valid parameters and body. */
export function validRequest({ operations, schemas }: ApiDocument): fc.Arbitrary<Generated> {
  return fc.oneof(...operations.map((operation) => requestOf(operation, schemas)));
}

function requestOf(operation: Operation, schemas: ApiDocument["schemas"]): fc.Arbitrary<Generated> {
  const { method, template, parameters, bodies } = operation;
  const valuesIn = (place: string) => {
    // Tokens and tags come from the service, and the encoding has to match the body.
    const known = ["page_token", "content-encoding", "if-match", "if-none-match"];
    const those = parameters.filter((each) => each.in === place && !known.includes(each.name));
    const values = those.map(({ name, schema }) => [name, arbitraryOf(schema, schemas).map(String)]);
    const requiredKeys = those.filter(({ required }) => required).map(({ name }) => name);
    return fc.record<Record<string, string>>(Object.fromEntries(values), {
      requiredKeys,
      noNullPrototype: true,
    }) as fc.Arbitrary<Record<string, string>>;
  };
  const body = fc.oneof(
    ...(bodies.length === 0 ? [fc.constant(undefined)] : bodies.map((each) => bodyOf(each, schemas))),
  );
  return fc
    .tuple(valuesIn("path"), valuesIn("query"), valuesIn("header"), body)
    .map(([path, query, headers, body]) => ({
      method,
      template,
      path: template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name] ?? "")),
      query: Object.entries(fewDays(template, daysInOrder(query, "from", "to"))),
      headers: { ...headers, ...body?.headers },
      ...(body && { body: body.content }),
      isValid: true,
    }));
}

/** The days of a clan's activity are at most 31, which is only described in prose: the first one follows from the last. */
function fewDays(template: string, query: Record<string, string>): Record<string, string> {
  if (template !== "/clans/{id}/activity") return query;
  const { from, to, ...others } = query;
  if (to === undefined) return others;
  if (from === undefined) return { ...others, to };
  const first = addDays(to, -30);
  return { ...others, from: from < first ? first : from, to };
}

type Row = Record<string, unknown>;
interface Body {
  headers: Record<string, string>;
  content: string | Buffer;
}

function bodyOf([type, schema]: [type: string, schema: Schema], schemas: ApiDocument["schemas"]) {
  if (/[/+]json$/.test(type)) {
    return arbitraryOf(schema, schemas).map((value): Body => {
      const { rows } = value as { rows?: Row[] };
      const sent = rows ? { rows: rows.map(inOrder) } : value;
      return { headers: { "content-type": type }, content: JSON.stringify(sent) };
    });
  }
  // The format of lines is only described in prose.
  const row = arbitraryOf({ $ref: "#/components/schemas/ActivityRow" }, schemas) as fc.Arbitrary<Row>;
  const rows = fc.array(row.map(inOrder), { minLength: 1, maxLength: 5 });
  return fc.tuple(rows, fc.boolean()).map(([rows, isPacked]): Body => {
    const lines = type === "text/csv" ? [activityFields.join(), ...rows.map(csvLine)] : rows.map(jsonLine);
    const content = lines.join("\n");
    if (!isPacked) return { headers: { "content-type": type }, content };
    return { headers: { "content-type": type, "content-encoding": "gzip" }, content: gzipSync(content) };
  });
}

const jsonLine = (row: Row) => JSON.stringify(row);
const csvLine = (row: Row) =>
  activityFields.map((field) => `"${String(row[field] ?? "").replaceAll('"', '""')}"`).join();

const inOrder = (row: Row) => daysInOrder({ ...row, ...countryOf(row) }, "install_date", "event_date");

const countries = ["TR", "tr", "TUR", "Türkiye", "Côte d’Ivoire", "Myanmar (Burma)", "NULL", ""];

/** Which texts are countries is only described in prose. */
function countryOf({ country }: Row): Row {
  return typeof country === "string" ? { country: countries[country.length % countries.length] } : {};
}

/** Orders two days: rules on two fields are only described in prose. */
function daysInOrder<T extends Row>(fields: T, first: string, last: string): T {
  const [from, to] = [fields[first], fields[last]];
  if (typeof from !== "string" || typeof to !== "string" || from <= to) return fields;
  return { ...fields, [first]: to, [last]: from };
}
