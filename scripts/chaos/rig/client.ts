import { randomUUID } from "node:crypto";
import type { Agent } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { activity, toCsv } from "../../testkit/activity.ts";
import { type Answer, ask, NoAnswer, type Question } from "./ask.ts";
import type { Declared } from "./declared.ts";
import type { Ledger, Outcome, Write } from "./ledger.ts";

export interface Client {
  url(): string;
  declared: Declared;
  ledger: Ledger;
  /** Says that an answer was not as declared, or not what it must be. */
  complain(about: string): void;
  /** A patient one sends a write again with its key until it is told; another takes the first answer, or none. */
  isPatient: boolean;
  /** How long a patient one tries. */
  patienceSeconds?: number;
  /** Its connections; by default all clients share theirs. */
  agent?: Agent;
  /** Sees what came of each request, in the order of the answers. */
  onHeard?: ((heard: Heard) => void) | undefined;
}

/** What came of one request. */
export interface Heard {
  question: Question;
  url: string;
  /** Undefined when none came, because of `fault`. */
  answer: Answer | undefined;
  fault?: NoAnswer;
}

export interface Told {
  outcome: Outcome;
  answer: Answer | undefined;
}

/** One client's writes and reads, each of which is noted in the ledger and held against the OpenAPI document. */
export function createClient(client: Client) {
  const { ledger } = client;
  const json = { "content-type": "application/json" };

  /** The answer, held against what is declared; undefined when none came. */
  async function hear(question: Question): Promise<Answer | undefined> {
    const url = client.url();
    try {
      const answer = await ask(url, { ...(client.agent && { agent: client.agent }), ...question });
      const fault = client.declared(question.method ?? "GET", question.path, answer);
      if (fault || answer.status === 500)
        client.complain(`${question.method ?? "GET"} ${question.path}: ${fault ?? answer.text}`);
      client.onHeard?.({ question, url, answer });
      return answer;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      client.onHeard?.({ question, url, answer: undefined, fault: error });
      return undefined;
    }
  }

  async function write(question: Question, key: string = randomUUID()): Promise<Told> {
    const headers = { ...question.headers, ...(client.isPatient && { "idempotency-key": key }) };
    const deadline = performance.now() + (client.patienceSeconds ?? 60) * 1_000;
    // Once an attempt may have been carried out, that others were refused says nothing.
    let isRefused = true;
    for (;;) {
      const answer = await hear({ method: "POST", ...question, headers });
      if (answer && answer.status < 300) return { outcome: "acknowledged", answer };
      if (!answer || isOpen(answer)) isRefused = false;
      else if (isContradiction(answer)) client.complain(`POST ${question.path}: ${answer.text}`);
      const isOver = !client.isPatient || (answer && !mayBeRepeated(answer)) || performance.now() > deadline;
      if (isOver) return { outcome: isRefused ? "refused" : "unknown", answer };
      await delay(50 + Math.random() * 200);
    }
  }

  async function note(write: Omit<Write, "outcome">, told: Told): Promise<Write> {
    const noted = { ...write, outcome: told.outcome };
    ledger.writes.push(noted);
    return noted;
  }

  /** The rows are new, and an answer that is given again says so again. */
  async function noteRows(user: string, rows: number, told: Told): Promise<Write> {
    const { inserted } =
      told.outcome === "acknowledged" ? JSON.parse(told.answer?.text ?? "") : { inserted: rows };
    if (inserted !== rows) client.complain(`${rows} rows of ${user} were new: ${told.answer?.text}`);
    return note({ kind: "activity", name: user, rows }, told);
  }

  return {
    hear,
    async createClan(name: string, key?: string): Promise<Write> {
      const body = JSON.stringify({ name, region: "EU" });
      const told = await write({ path: "/clans", headers: json, body }, key);
      const id = told.outcome === "acknowledged" ? { id: JSON.parse(told.answer?.text ?? "").id } : {};
      return note({ kind: "clan", name, ...id }, told);
    },
    async deleteClan(clan: Write): Promise<void> {
      const answer = await hear({ method: "DELETE", path: `/clans/${clan.id}` });
      const isDone = answer?.status === 204;
      clan.deletion = isDone ? "acknowledged" : answer && !isOpen(answer) ? "refused" : "unknown";
    },
    /** What was acknowledged is read by whoever asks next. */
    async getClan({ id, outcome, name }: Write): Promise<void> {
      const answer = await hear({ path: `/clans/${id}` });
      if (outcome === "acknowledged" && answer?.status === 404) client.complain(`clan ${name} is not found`);
    },
    /** As for a clan; the first page has all rows of a batch. */
    async readHistory({ name, outcome, rows }: Write): Promise<void> {
      const path = `/user-activity?user_id=${encodeURIComponent(name)}&page_size=100`;
      const answer = await hear({ path });
      if (outcome !== "acknowledged" || answer?.status !== 200) return;
      const read = JSON.parse(answer.text).rows.length;
      if (read !== rows) client.complain(`of ${rows} rows of ${name}, ${read} are read`);
    },
    /** A batch of so many rows. */
    async sendBatch(user: string, rows: number): Promise<Write> {
      const body = JSON.stringify({ rows: activityOf(user, rows) });
      return noteRows(user, rows, await write({ path: "/user-activity", headers: json, body }));
    },
    /** A bulk delivery of so many rows. */
    async sendImport(user: string, rows: number): Promise<Write> {
      const told = await write({
        path: "/user-activity/import",
        headers: { "content-type": "text/csv" },
        body: toCsv(activityOf(user, rows)),
      });
      return noteRows(user, rows, told);
    },
  };
}

const activityOf = (user_id: string, rows: number) =>
  Array.from({ length: rows }, (_, n) =>
    activity({ user_id, event_date: dayAfter("2015-01-01", n), install_date: "2015-01-01" }),
  );

const dayAfter = (day: string, days: number) =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/** It was not decided: the same write with the same key may do better later. */
const mayBeRepeated = ({ status, text }: Answer) =>
  status === 503 || status === 429 || (status === 409 && text.includes("IDEMPOTENCY_KEY_IN_USE"));

/** Nobody else writes what this client does: it has met its own earlier attempt, which its key should have told. */
const isContradiction = ({ status, text }: Answer) =>
  status === 422 || (status === 409 && !text.includes("IDEMPOTENCY_KEY_IN_USE"));

/** The service itself does not know whether it was carried out. */
const isOpen = ({ text }: Answer) => text.includes("OUTCOME_UNKNOWN");
