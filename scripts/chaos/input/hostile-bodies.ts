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

/** What Cloud Run gives the container. */
const maxMegabytes = 512;
/** Rejections are short, however much was sent. */
const maxAnswerBytes = 8_000;
const drippingClients = 20;
const drips = Array<Attack>(drippingClients).fill(drip);

export const hostileBodies: Experiment = {
  name: "hostile-bodies",
  guarantee:
    "Whatever comes as a body is rejected with a declared answer, or its connection closed; nothing of it is stored, memory stays " +
    `below the container's ${maxMegabytes} MiB, and other clients are served meanwhile.`,
  method:
    `Against each of the ${bodyRoutes.length} routes that read a body: ${attacks.length} damaged ones (cut, of a wrong length, nested 10,000 deep, ` +
    "`__proto__`, gzip bombs, a million keys, invalid UTF-8, chunks that are none, floods of headers), " +
    `and ${drippingClients} clients at once whose body drips.`,
  mutation:
    "Without the limit of a line's length in contract/lines/lines.ts, the gzip bomb of zeros held the import up until its time was over (408 instead of 413). " +
    "Before `nameUnknown` in service/src/user-activity/schemas.ts, a body of many keys got an answer of 2 MB that named each.",
  run: () =>
    underLoad(
      async ({ load, service }) => {
        const validate = await loadResponseValidator(service.url);
        const before = residentMegabytes(service.pid);
        const faults: string[] = [];
        const attack = async (attack: Attack, route: BodyRoute) => {
          const response = await untilHeard(service.port, attack, route);
          const fault = problemOf(attack, route, response, validate);
          if (fault) faults.push(`${attack.name} at ${route.method} ${route.path()}: ${fault}`);
        };
        const dripAt = (routes: BodyRoute[]) =>
          Promise.all(routes.flatMap((route) => drips.map((each) => attack(each, route))));
        const attacking = (async () => {
          const dripping = dripAt(bodyRoutes.filter(({ isImport }) => !isImport));
          for (const each of attacks) await Promise.all(bodyRoutes.map((route) => attack(each, route)));
          // Only now: as few imports run at once, no other one would be let in.
          await dripAt(bodyRoutes.filter(({ isImport }) => isImport));
          await dripping;
        })();
        const ordinary = load.untilAcknowledged(100);
        const highest = await peakMemory(service.pid, attacking);
        expectThat(
          faults.length === 0,
          `${faults.length} were not as promised: ${faults.slice(0, 5).join("; ")}`,
        );
        expectThat(highest < maxMegabytes, `the service held ${highest.toFixed(0)} MB`);
        const ordinaryMs = await ordinary;
        return (
          `${attacks.length * bodyRoutes.length} damaged bodies and ${drippingClients * bodyRoutes.length} that dripped; ` +
          `memory grew from ${before.toFixed(0)} to at most ${highest.toFixed(0)} MB; ` +
          `100 ordinary writes beside them took ${ordinaryMs.toFixed(0)} ms`
        );
      },
      {
        environment: {
          POOL_MAX: "9",
          LOCK_TIMEOUT_MS: "1000",
          STATEMENT_TIMEOUT_MS: "3000",
          HANDLER_TIMEOUT_MS: "5000",
          IMPORT_TIMEOUT_MS: "8000",
        },
      },
    ),
};

/** What is turned away for now, as an import is while others run, comes to its turn at last. */
async function untilHeard(port: number, attack: Attack, route: BodyRoute): Promise<HttpResponse | undefined> {
  const send = () => exchangeRaw(port, attack.request(route, `victim ${randomUUID()}`));
  const mayWait = (response: HttpResponse | undefined) =>
    response?.status === 503 && !attack.responses.flat().includes(503);
  return (
    await waitUntil("it is let in", async () => {
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
  if (!response) return attack.mayBeSilent ? undefined : "no answer";
  const [json, imports] = attack.responses;
  const isDeletion = route.method === "DELETE";
  const expected = route.isImport ? imports : isDeletion ? [...json, 204, 404] : json;
  const summary = `${response.status} ${response.text.slice(0, 200)}`;
  if (!expected.includes(response.status)) return summary;
  if (response.text.length > maxAnswerBytes) return `an answer of ${response.text.length} characters`;
  if (response.status === 200 && !/"inserted":0,"updated":0,"unchanged":0,/.test(response.text))
    return summary;
  // What is not HTTP is answered before any route.
  if (/"reason":"(MALFORMED_REQUEST|HEADERS_TOO_LARGE)"/.test(response.text)) return undefined;
  const fault = validate(route.method, route.path(), response);
  return fault && `${fault}: ${summary}`;
}
