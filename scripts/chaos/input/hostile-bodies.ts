import { randomUUID } from "node:crypto";
import { peakMemory, residentMegabytes } from "../../bench/resident-memory.ts";
import { type Experiment, promised } from "../experiment.ts";
import type { Answer } from "../rig/ask.ts";
import { type Declared, declaredAnswers } from "../rig/declared.ts";
import { exchangeRaw } from "../rig/raw-exchange.ts";
import { underLoad } from "../rig/under-load.ts";
import { until } from "../rig/until.ts";
import { type Attack, attacks, drip } from "./attacks.ts";
import { type BodyRoute, bodyRoutes } from "./body-routes.ts";

/** What Cloud Run gives the container. */
const maxMegabytes = 512;
/** Refusals are short, however much was sent. */
const maxAnswerBytes = 8_000;
const drippingClients = 20;
const drips = Array<Attack>(drippingClients).fill(drip);

export const hostileBodies: Experiment = {
  name: "hostile-bodies",
  promise:
    "Whatever comes as a body is refused with a declared answer, or its connection closed; nothing of it is stored, memory stays " +
    `below the container's ${maxMegabytes} MiB, and other clients are served meanwhile.`,
  trial:
    `Against each of the ${bodyRoutes.length} routes that read a body: ${attacks.length} damaged ones (cut, of a wrong length, nested 10,000 deep, ` +
    "`__proto__`, gzip bombs, a million keys, invalid UTF-8, chunks that are none, floods of headers), " +
    `and ${drippingClients} clients at once whose body drips.`,
  protection:
    "Without the limit of a line's length in contract/lines/lines.ts, the gzip bomb of zeros held the import up until its time was over (408 instead of 413). " +
    "Before `nameUnknown` in service/src/user-activity/schemas.ts, a body of many keys got an answer of 2 MB that named each.",
  run: () =>
    underLoad(
      async ({ load, service }) => {
        const declared = await declaredAnswers(service.url);
        const before = residentMegabytes(service.pid);
        const faults: string[] = [];
        const attack = async (attack: Attack, route: BodyRoute) => {
          const answer = await untilHeard(service.port, attack, route);
          const fault = faultOf(attack, route, answer, declared);
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
        promised(
          faults.length === 0,
          `${faults.length} were not as promised: ${faults.slice(0, 5).join("; ")}`,
        );
        promised(highest < maxMegabytes, `the service held ${highest.toFixed(0)} MB`);
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
async function untilHeard(port: number, attack: Attack, route: BodyRoute): Promise<Answer | undefined> {
  const send = () => exchangeRaw(port, attack.request(route, `victim ${randomUUID()}`));
  const mayWait = (answer: Answer | undefined) =>
    answer?.status === 503 && !attack.answers.flat().includes(503);
  return (
    await until("it is let in", async () => {
      const answer = await send();
      return !mayWait(answer) && { answer };
    })
  ).answer;
}

function faultOf(
  attack: Attack,
  route: BodyRoute,
  answer: Answer | undefined,
  declared: Declared,
): string | undefined {
  if (!answer) return attack.mayBeSilent ? undefined : "no answer";
  const [json, imports] = attack.answers;
  const isDeletion = route.method === "DELETE";
  const expected = route.isImport ? imports : isDeletion ? [...json, 204, 404] : json;
  const told = `${answer.status} ${answer.text.slice(0, 200)}`;
  if (!expected.includes(answer.status)) return told;
  if (answer.text.length > maxAnswerBytes) return `an answer of ${answer.text.length} characters`;
  if (answer.status === 200 && !/"inserted":0,"updated":0,"unchanged":0,/.test(answer.text)) return told;
  // What is not HTTP is answered before any route.
  if (/"reason":"(MALFORMED_REQUEST|HEADERS_TOO_LARGE)"/.test(answer.text)) return undefined;
  const fault = declared(route.method, route.path(), answer);
  return fault && `${fault}: ${told}`;
}
