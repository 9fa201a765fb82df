import { activityFields } from "@clan-platform/contract/activity-row.ts";
import { activity } from "../../testkit/activity.ts";
import { sendRequest } from "../harness/http-client.ts";
import type { EdgeCase } from "./row-edge-cases.ts";

/** The outcome of a row: stored, or rejected with the name of a field. */
export type Verdict = "stored" | { rejected: string };

/** A way to deliver rows; the verdict is undefined for an edge case that its format can't express. */
export interface Delivery {
  name: string;
  isFile: boolean;
  send(url: string, edges: [user: string, edge: EdgeCase][]): Promise<(Verdict | undefined)[]>;
}

export const deliveries: Delivery[] = [
  {
    name: "a batch",
    isFile: false,
    send: (url, edges) => Promise.all(edges.map((each) => inBatch(url, each))),
  },
  {
    name: "NDJSON",
    isFile: true,
    send: (url, edges) => inImport(url, "application/x-ndjson", "", edges.map(toJson)),
  },
  {
    name: "CSV",
    isFile: true,
    send: (url, edges) => inImport(url, "text/csv", `${activityFields}\n`, edges.map(toCsv)),
  },
];

async function inBatch(url: string, edge: [string, EdgeCase]): Promise<Verdict> {
  const headers = { "content-type": "application/json" };
  const body = `{"rows":[${toJson(edge)}]}`;
  const { status, text } = await sendRequest(url, { method: "POST", path: "/user-activity", headers, body });
  if (status === 200) return "stored";
  const { errors = [] } = JSON.parse(text) as { errors?: { index?: number; field: string }[] };
  // A day that is out of range may also be out of order, which is reported for install_date.
  const [first, ...others] = errors;
  const isExclusive =
    first?.index === 0 && others.every(({ index, field }) => index === 0 && field === "install_date");
  return { rejected: status === 400 && isExclusive ? first.field : `${status} ${text}` };
}

async function inImport(
  url: string,
  type: string,
  header: string,
  lines: (string | undefined)[],
): Promise<(Verdict | undefined)[]> {
  const written = lines.filter((line) => line !== undefined);
  const body = `${header}${written.join("\n")}`;
  const headers = { "content-type": type };
  const response = await sendRequest(url, { method: "POST", path: "/user-activity/import", headers, body });
  if (response.status !== 200) return lines.map(() => ({ rejected: `${response.status} ${response.text}` }));
  const { rejects } = JSON.parse(response.text) as { rejects: { line: number; field: string }[] };
  const fieldsByLine = new Map(rejects.map(({ line, field }) => [line, field]));
  let line = header === "" ? 0 : 1;
  return lines.map((text) => {
    if (text === undefined) return undefined;
    const field = fieldsByLine.get(++line);
    return field === undefined ? "stored" : { rejected: field };
  });
}

function toJson([user, { field, json, otherFields }]: [string, EdgeCase]): string {
  const row = Object.entries(activity({ user_id: user, ...otherFields }));
  return `{${row.map(([name, value]) => `"${name}":${name === field ? json : JSON.stringify(value)}`).join()}}`;
}

/** CSV has only text: types other than text and number, and other notations of a count, can't be expressed. */
function toCsv([user, { field, json, otherFields, stored }]: [string, EdgeCase]): string | undefined {
  const isText = json.startsWith('"');
  const value: unknown = isText ? JSON.parse(json) : json;
  const isNumber = !isText && /^-?\d/.test(json) && /_count$|_error$|_revenue$|_duration$/.test(field);
  const isOtherNotation = /_count$|_error$/.test(field) && stored !== undefined && json !== stored;
  if (!(isText || isNumber) || (isNumber && isOtherNotation)) return undefined;
  if (typeof value !== "string" || value.includes("\n") || !value.isWellFormed()) return undefined;
  const row = { ...activity({ user_id: user, ...otherFields }), [field]: value };
  return activityFields.map((name) => `"${String(row[name as keyof typeof row])}"`).join();
}
