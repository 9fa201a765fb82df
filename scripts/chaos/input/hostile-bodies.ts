import { randomUUID } from "node:crypto";
import { peakMemory, residentMegabytes } from "../../bench/resident-memory.ts";
import { waitUntil } from "../../testkit/wait-until.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import type { HttpResponse } from "../harness/http-client.ts";
import { exchangeRaw } from "../harness/raw-exchange.ts";
import { loadResponseValidator, type ResponseValidator } from "../harness/response-validator.ts";
import { underLoad } from "../harness/under-load.ts";
import { type Attack, attacks, drip } from "./attacks.ts";
import { type BodyRoute, bodyRoutes } from "./body-routes.ts";

/** The container's memory limit on Cloud Run. */
const maxMegabytes = 512;
/** Rejections are short, whatever was sent. */
const maxAnswerBytes = 8_000;
const drippingClients = 20;
const drips = Array<Attack>(drippingClients).fill(drip);

export const hostileBodies: Experiment = {
  name: "hostile-bodies",
  guarantee:
    "Hostile bodies are rejected with a declared response, or their connection is closed; nothing of them is stored, memory stays " +
    `below the container's ${maxMegabytes} MiB, and other clients are served meanwhile.`,
  method:
    `Against each of the ${bodyRoutes.length} routes that read a body: ${attacks.length} hostile bodies (truncated, of a wrong length, nested 10,000 deep, ` +
    "`__proto__`, gzip bombs, a million keys, invalid UTF-8, invalid chunks, floods of headers), " +
    `and ${drippingClients} concurrent clients that send one byte at a time.`,
  mutation:
    "Without the limit of a line's length in contract/lines/read-lines.ts, the gzip bomb of zeros blocked the import until its timeout (408 instead of 413). " +
    "Before `nameUnknown` in service/src/user-activity/schemas.ts, a body of many keys got a response of 2 MB that named each.",
  run: () =>
    underLoad(
      async ({ load, service }) => {
        const validate = await loadResponseValidator(service.url);
        const before = residentMegabytes(service.pid);
        const faults: string[] = [];
        const attack = async (attack: Attack, route: BodyRoute) => {
          const response = await untilAccepted(service.port, attack, route);
          const fault = problemOf(attack, route, response, validate);
          if (fault) faults.push(`${attack.name} at ${route.method} ${route.path()}: ${fault}`);
        };
        const dripAt = (routes: BodyRoute[]) =>
          Promise.all(routes.flatMap((route) => drips.map((each) => attack(each, route))));
        const attacking = (async () => {
          const dripping = dripAt(bodyRoutes.filter(({ isImport }) => !isImport));
          for (const each of attacks) await Promise.all(bodyRoutes.map((route) => attack(each, route)));
          // Only now: few imports may run concurrently, so that these would block all others.
          await dripAt(bodyRoutes.filter(({ isImport }) => isImport));
          await dripping;
        })();
        const ordinary = load.untilAcknowledged(100);
        const highest = await peakMemory(service.pid, attacking);
        expectThat(
          faults.length === 0,
          `${faults.length} unexpected responses: ${faults.slice(0, 5).join("; ")}`,
        );
        expectThat(highest < maxMegabytes, `the service held ${highest.toFixed(0)} MB`);
        const ordinaryMs = await ordinary;
        return (
          `${attacks.length * bodyRoutes.length} hostile bodies and ${drippingClients * bodyRoutes.length} dripping ones; ` +
          `memory grew from ${before.toFixed(0)} to at most ${highest.toFixed(0)} MB; ` +
          `100 ordinary writes in the meantime took ${ordinaryMs.toFixed(0)} ms`
        );
      },
      {
        environment: {
          POOL_MAX: "9",
          // All of these clients have one address.
          OPEN_BODIES_PER_ADDRESS: "0",
          LOCK_TIMEOUT_MS: "1000",
          STATEMENT_TIMEOUT_MS: "3000",
          HANDLER_TIMEOUT_MS: "5000",
          IMPORT_TIMEOUT_MS: "8000",
        },
      },
    ),
};

/** Retries what is shed, as imports are while others run, until it is accepted. */
async function untilAccepted(
  port: number,
  attack: Attack,
  route: BodyRoute,
): Promise<HttpResponse | undefined> {
  const send = () => exchangeRaw(port, attack.request(route, `victim ${randomUUID()}`));
  const mayWait = (response: HttpResponse | undefined) =>
    response?.status === 503 && !attack.responses.flat().includes(503);
  return (
    await waitUntil("it is accepted", async () => {
      const response = await send();
      return !mayWait(response) && { response };
    })
  ).response;
}

function problemOf(
  attack: Attack,
  route: BodyRoute,
  response: HttpResponse | undefined,
  validate: ResponseValidator,
): string | undefined {
  if (!response) return attack.mayBeClosed ? undefined : "no response";
  const [json, imports] = attack.responses;
  const isDeletion = route.method === "DELETE";
  const expected = route.isImport ? imports : isDeletion ? [...json, 204, 404] : json;
  const summary = `${response.status} ${response.text.slice(0, 200)}`;
  if (!expected.includes(response.status)) return summary;
  if (response.text.length > maxAnswerBytes) return `a response of ${response.text.length} characters`;
  if (response.status === 200 && !/"inserted":0,"updated":0,"unchanged":0,/.test(response.text))
    return summary;
  // Invalid HTTP is answered before routing.
  if (/"reason":"(MALFORMED_REQUEST|HEADERS_TOO_LARGE)"/.test(response.text)) return undefined;
  const fault = validate(route.method, route.path(), response);
  return fault && `${fault}: ${summary}`;
}
