import { setTimeout as delay } from "node:timers/promises";
import { activityFields } from "@clan-platform/contract/activity-row.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { sendRequest } from "../harness/http-client.ts";
import { type ServiceUnderTest, withService } from "../harness/with-service.ts";
import { type CallEdge, callEdges } from "./call-edges.ts";
import { exactly } from "./exact-decimal.ts";
import { type Delivery, deliveries } from "./row-deliveries.ts";
import { type Edge, rowEdges } from "./row-edges.ts";

export const edges: Experiment = {
  name: "edges",
  guarantee:
    "Numbers, days and texts are taken up to exactly the edges that README names, and stored to the last digit; beyond them, the answer is 400 and names the field.",
  method:
    "Each field of a row at and over its edges, alone, as a batch, as NDJSON and as CSV, and those of clans, queries, paths and headers; " +
    "what is in the database then is compared exactly.",
  mutation:
    "Without `tinyNumber` in contract/exact-json.ts, a count of 1e-400, and an amount of -1e-400, was taken as 0.",
  run: () => withService(tryAll, { POOL_MAX: "20" }),
};

/** The import tells the first hundred rejected lines. */
const linesAtOnce = 100;
const dayMs = 86_400_000;

async function tryAll(tested: ServiceUnderTest) {
  // "Tomorrow" must not become another day on the way.
  const untilMidnight = dayMs - (Date.now() % dayMs);
  if (untilMidnight < 60_000) await delay(untilMidnight + 1_000);

  const rows = rowEdges();
  const faults: string[] = [];
  let sent = 0;
  for (const delivery of deliveries) {
    const found = await deliver(tested, delivery, rows);
    faults.push(...found.faults);
    sent += found.sent;
  }
  const calls = callEdges();
  for (const call of calls) faults.push(...(await faultsOfCall(tested, call)));
  expectThat(faults.length === 0, `${faults.length} edges: ${faults.slice(0, 12).join("\n")}`);
  return {
    summary: `${sent} rows and ${calls.length} calls at their edges, each taken or rejected as it must be`,
  };
}

async function deliver({ service, postgres }: ServiceUnderTest, delivery: Delivery, rows: Edge[]) {
  const faults: string[] = [];
  let sent = 0;
  const named = rows.map((edge, n): [string, Edge] => [userOf(edge) ?? `edge ${n}`, edge]);
  for (let at = 0; at < named.length; at += linesAtOnce) {
    const some = named.slice(at, at + linesAtOnce);
    const verdicts = await delivery.send(service.url, some);
    const stored = await storedOf(postgres);
    for (const [n, verdict] of verdicts.entries()) {
      const [user, edge] = some[n] as [string, Edge];
      if (verdict === undefined) continue;
      sent++;
      const fault = problemOf(edge, verdict, stored.get(user)?.[edge.field]);
      if (fault) faults.push(`${edge.field} ${edge.json.slice(0, 70)} in ${delivery.name}: ${fault}`);
    }
    if (delivery.name === "a batch") faults.push(...(await faultsOfReading(service.url, some)));
    await postgres.query("truncate user_activity");
  }
  return { faults, sent };
}

const userOf = ({ field, stored }: Edge) => (field === "user_id" ? stored : undefined);

async function storedOf(
  postgres: ServiceUnderTest["postgres"],
): Promise<Map<string, Record<string, unknown>>> {
  const columns = activityFields.map((field) => `${field}::text`).join(", ");
  const rows = await postgres.query(`select ${columns} from user_activity`);
  return new Map(rows.map((row) => [String(row.user_id), row]));
}

function problemOf(
  { field, stored }: Edge,
  verdict: "stored" | { rejected: string },
  found: unknown,
): string | undefined {
  if (stored === undefined) {
    if (verdict === "stored") return `was taken, and is there as ${found}`;
    if (verdict.rejected !== field)
      return `was rejected, but not for ${field}: ${verdict.rejected.slice(0, 200)}`;
    return found === undefined ? undefined : `was rejected, and is there as ${found}`;
  }
  if (verdict !== "stored") return `was rejected for ${verdict.rejected.slice(0, 200)}`;
  if (found === undefined) return "was taken, and is not there";
  return isSame(field, stored, found) ? undefined : `is there as ${found}`;
}

const isAmount = (field: string) => /_revenue$|_duration$/.test(field);
const isSame = (field: string, sent: string | null, found: unknown) =>
  isAmount(field) ? exactly(String(found)) === exactly(String(sent)) : found === sent;

/** The amounts, as a user's history tells them. */
async function faultsOfReading(url: string, edges: [string, Edge][]): Promise<string[]> {
  const amounts = edges.filter(([, { field, stored }]) => isAmount(field) && stored !== undefined);
  const faults = amounts.map(async ([user, { field, stored }]) => {
    const { text } = await sendRequest(url, { path: `/user-activity?user_id=${encodeURIComponent(user)}` });
    const [, summary = ""] = new RegExp(`"${field}":([^,}]+)`).exec(text) ?? [];
    const isExact = summary !== "" && exactly(summary) === exactly(String(stored));
    return isExact ? [] : [`${field} ${stored} is told as ${summary || text}`];
  });
  return (await Promise.all(faults)).flat();
}

/** What the answer says, and for a clan, what is in the database. */
async function faultsOfCall(
  { service, postgres, validate }: ServiceUnderTest,
  call: CallEdge,
): Promise<string[]> {
  const response = await sendRequest(service.url, call.request);
  const { method = "GET", path, body = "" } = call.request;
  const about = `${method} ${path.slice(0, 120)} ${String(body).slice(0, 120)}`;
  const summary = `${response.status} ${response.text.slice(0, 200)}`;
  const undeclared = validate(method, path, response);
  if (undeclared) return [`${about}: ${undeclared}: ${summary}`];
  if (call.rejected !== undefined) {
    const { reason, errors = [] } = JSON.parse(response.text || "{}");
    const names = errors.map(({ field }: { field: string }) => field);
    const isNamed = names.includes(call.rejected) || reason === call.rejected;
    return response.status === 400 && isNamed ? [] : [`${about}: ${summary}`];
  }
  if (response.status >= 300 && response.status !== 404) return [`${about}: ${summary}`];
  if (!call.clan) return [];
  const { id } = JSON.parse(response.text);
  const [stored] = await postgres.query("delete from clans where id = $1 returning name, region", [id]);
  const isStored = stored?.name === call.clan.name && stored.region === call.clan.region;
  return isStored ? [] : [`${about}: is there as ${JSON.stringify(stored)}`];
}
