import { randomInt } from "node:crypto";
import fc from "fast-check";
import { waitUntil } from "../../testkit/wait-until.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { type HttpRequest, sendRequest } from "../harness/http-client.ts";
import { type ServiceUnderTest, withService } from "../harness/with-service.ts";
import { readDocument } from "./api-document.ts";
import { mutated } from "./mutations.ts";
import { checkResponses } from "./response-check.ts";
import { type Generated, validRequest } from "./valid-requests.ts";

const requests = 10_000;
/** Number of requests generated at a time, and then sent. */
const blockSize = 500;
const atOnce = 8;

export const generatedRequests: Experiment = {
  name: "generated-requests",
  guarantee:
    "Requests that the OpenAPI document allows are accepted, no other request gets a 5xx, and every response matches a schema that the document declares.",
  method:
    `${requests.toLocaleString("en")} requests that fast-check derives from the document, half of them mutated. ` +
    "`CHAOS_SEED` repeats those of an earlier run.",
  mutation:
    "Without `isStorable` in contract/text.ts, a search for a text with NUL got 500. " +
    "With Fastify's own limit on parameters (`maxParamLength` in service/src/app.ts), a long id got 414, which is not declared.",
  run: () => withService(sendAll, { POOL_MAX: String(3 * atOnce) }),
};

async function sendAll({ service, validate }: ServiceUnderTest) {
  const seed = Number(process.env.CHAOS_SEED ?? randomInt(2 ** 31));
  const document = await readDocument(service.url);
  const valid = validRequest(document);
  const any = fc.oneof(valid, mutated(valid));
  const responses = checkResponses(document, validate);
  const problems: string[] = [];
  const statuses = new Map<number, number>();
  let retries = 0;

  async function send(request: Generated): Promise<void> {
    const sent = httpRequestOf(request);
    const response = await waitUntil("the service is not overloaded", async () => {
      const response = await sendRequest(service.url, sent);
      // On a busy machine, the service sheds load; clients retry.
      if (!response.text.includes('"OVERLOADED"')) return response;
      retries++;
      return undefined;
    });
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    const problem = responses.problemOf(request, sent, response);
    if (problem) problems.push(`${problem}; the request was ${JSON.stringify(readable(sent)).slice(0, 600)}`);
  }

  for (let block = 0; block * blockSize < requests && problems.length === 0; block++) {
    const waiting = fc.sample(any, { seed: seed + block, numRuns: blockSize });
    const worker = async () => {
      for (let request = waiting.pop(); request; request = waiting.pop()) await send(request);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }
  expectThat(service.isRunning(), `the service has ended (CHAOS_SEED=${seed}): ${service.log()}`);
  expectThat(
    problems.length === 0,
    `${problems.length} at CHAOS_SEED=${seed}: ${problems.slice(0, 5).join("\n")}`,
  );
  const counts = [...statuses].toSorted(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status}`);
  const again = retries > 0 ? `; ${retries} retried after OVERLOADED` : "";
  return { summary: `CHAOS_SEED=${seed}: ${counts.join(", ")}${again}` };
}

function httpRequestOf({ method, path, query, headers, body }: Generated): HttpRequest {
  const parameters = query.map(([name, value]) =>
    [name, value].map((part) => encodeURIComponent(part.toWellFormed())).join("="),
  );
  const url =
    parameters.length > 0 ? `${path}${path.includes("?") ? "&" : "?"}${parameters.join("&")}` : path;
  return { method, path: url, headers, ...(body !== undefined && { body }) };
}

const readable = ({ body, ...sent }: HttpRequest) => ({
  ...sent,
  body: Buffer.isBuffer(body) ? body.toString("latin1") : body,
});
