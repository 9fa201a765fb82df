import { setTimeout as delay } from "node:timers/promises";
import { activityFields } from "@clan-platform/contract/activity-row.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { sendRequest } from "../harness/http-client.ts";
import { type ServiceUnderTest, withService } from "../harness/with-service.ts";
import { callEdgeCases } from "./call-edge-cases/all.ts";
import type { CallEdgeCase } from "./call-edge-cases/call-edge-case.ts";
import { exactly } from "./exact-decimal.ts";
import { type Delivery, deliveries } from "./row-deliveries.ts";
import { type EdgeCase, rowEdgeCases } from "./row-edge-cases.ts";

export const edgeCases: Experiment = {
  name: "edge-cases",
  guarantee:
    "Numbers, days and texts are accepted up to exactly the limits that docs/api.md documents, and stored without loss; beyond them, the response is 400 and names the field.",
  method:
    "Values at and beyond the limits of each field of a row, in batches, NDJSON and CSV, and of clans, queries, paths and headers; " +
    "the stored values are compared exactly.",
  mutation:
    "Without `tinyNumber` in contract/exact-json.ts, a count of 1e-400, and an amount of -1e-400, was accepted as 0.",
  run: () => withService(tryAll, { POOL_MAX: "20" }),
};

/** The import reports the first hundred rejected lines. */
const linesAtOnce = 100;
const dayMs = 86_400_000;

async function tryAll(tested: ServiceUnderTest) {
  // The meaning of "tomorrow" must not change during the experiment.
  const untilMidnight = dayMs - (Date.now() % dayMs);
  if (untilMidnight < 60_000) await delay(untilMidnight + 1_000);

  const rows = rowEdgeCases();
  const problems: string[] = [];
  let sent = 0;
  for (const delivery of deliveries) {
    const found = await deliver(tested, delivery, rows);
    problems.push(...found.problems);
    sent += found.sent;
  }
  const calls = callEdgeCases();
  for (const call of calls) problems.push(...(await problemsOfCall(tested, call)));
  expectThat(problems.length === 0, `${problems.length} edge cases: ${problems.slice(0, 12).join("\n")}`);
  return {
    summary: `${sent} rows and ${calls.length} calls with edge cases, each accepted or rejected correctly`,
  };
}

async function deliver({ service, postgres }: ServiceUnderTest, delivery: Delivery, rows: EdgeCase[]) {
  const problems: string[] = [];
  let sent = 0;
  const edges = rows.map((edge) =>
    delivery.isFile && edge.storedFromFile ? { ...edge, stored: edge.storedFromFile } : edge,
  );
  const named = edges.map((edge, n): [string, EdgeCase] => [userOf(edge) ?? `edge case ${n}`, edge]);
  for (let at = 0; at < named.length; at += linesAtOnce) {
    const some = named.slice(at, at + linesAtOnce);
    const verdicts = await delivery.send(service.url, some);
    const stored = await storedOf(postgres);
    for (const [n, verdict] of verdicts.entries()) {
      const [user, edge] = some[n] as [string, EdgeCase];
      if (verdict === undefined) continue;
      sent++;
      const problem = problemOf(edge, verdict, stored.get(user)?.[edge.field]);
      if (problem) problems.push(`${edge.field} ${edge.json.slice(0, 70)} in ${delivery.name}: ${problem}`);
    }
    if (delivery.name === "a batch") problems.push(...(await problemsOfReading(service.url, some)));
    await postgres.query("truncate user_activity");
  }
  return { problems, sent };
}

const userOf = ({ field, stored }: EdgeCase) => (field === "user_id" ? stored : undefined);

async function storedOf(
  postgres: ServiceUnderTest["postgres"],
): Promise<Map<string, Record<string, unknown>>> {
  const columns = activityFields.map((field) => `${field}::text`).join(", ");
  const rows = await postgres.query(`select ${columns} from user_activity`);
  return new Map(rows.map((row) => [String(row.user_id), row]));
}

function problemOf(
  { field, stored }: EdgeCase,
  verdict: "stored" | { rejected: string },
  found: unknown,
): string | undefined {
  if (stored === undefined) {
    if (verdict === "stored") return `was accepted, and stored as ${found}`;
    if (verdict.rejected !== field)
      return `was rejected, but not for ${field}: ${verdict.rejected.slice(0, 200)}`;
    return found === undefined ? undefined : `was rejected, but stored as ${found}`;
  }
  if (verdict !== "stored") return `was rejected for ${verdict.rejected.slice(0, 200)}`;
  if (found === undefined) return "was accepted, but not stored";
  return isSame(field, stored, found) ? undefined : `was stored as ${found}`;
}

const isAmount = (field: string) => /_revenue$|_duration$/.test(field);
const isSame = (field: string, sent: string | null, found: unknown) =>
  isAmount(field) ? exactly(String(found)) === exactly(String(sent)) : found === sent;

/** Checks the amounts in a user's history. */
async function problemsOfReading(url: string, edges: [string, EdgeCase][]): Promise<string[]> {
  const amounts = edges.filter(([, { field, stored }]) => isAmount(field) && stored !== undefined);
  const problems = amounts.map(async ([user, { field, stored }]) => {
    const { text } = await sendRequest(url, { path: `/user-activity?user_id=${encodeURIComponent(user)}` });
    const [, returned = ""] = new RegExp(`"${field}":([^,}]+)`).exec(text) ?? [];
    const isExact = returned !== "" && exactly(returned) === exactly(String(stored));
    return isExact ? [] : [`${field} ${stored} is returned as ${returned || text}`];
  });
  return (await Promise.all(problems)).flat();
}

/** Checks the response, and the stored clan. */
async function problemsOfCall(
  { service, postgres, validate }: ServiceUnderTest,
  call: CallEdgeCase,
): Promise<string[]> {
  const response = await sendRequest(service.url, call.request);
  const { method = "GET", path, body = "" } = call.request;
  const about = `${method} ${path.slice(0, 120)} ${String(body).slice(0, 120)}`;
  const status = `${response.status} ${response.text.slice(0, 200)}`;
  const undeclared = validate(method, path, response);
  if (undeclared) return [`${about}: ${undeclared}: ${status}`];
  if (call.rejected !== undefined) {
    const { reason, errors = [] } = JSON.parse(response.text || "{}");
    const names = errors.map(({ field }: { field: string }) => field);
    const isNamed = names.includes(call.rejected) || reason === call.rejected;
    return response.status === 400 && isNamed ? [] : [`${about}: ${status}`];
  }
  if (response.status >= 300 && response.status !== 404) return [`${about}: ${status}`];
  if (!call.clan) return [];
  const { id } = JSON.parse(response.text);
  const [stored] = await postgres.query("delete from clans where id = $1 returning name, region", [id]);
  const isStored = stored?.name === call.clan.name && stored.region === call.clan.region;
  return isStored ? [] : [`${about}: was stored as ${JSON.stringify(stored)}`];
}
