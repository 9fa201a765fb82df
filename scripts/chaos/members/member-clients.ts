import { setTimeout as delay } from "node:timers/promises";
import type { SeededRandom } from "../../testkit/seeded-random.ts";
import { type HttpResponse, NoResponse, sendRequest } from "../harness/http-client.ts";
import type { ResponseValidator } from "../harness/response-validator.ts";
import { MemberLedger, type Outcome } from "./member-ledger.ts";

export interface MemberClients {
  ledger: MemberLedger;
  /** Responses by status and, of a problem, its reason. */
  responses: Map<string, number>;
  /** Undeclared responses, and those that show a defect. */
  violations: string[];
  /** Lets every client finish its request and stop. */
  stop(): Promise<void>;
}

export interface MemberClientOptions {
  /** Of the services; each client uses one. */
  urls: string[];
  validate: ResponseValidator;
  clans: string[];
  players: string[];
  clients: number;
  random: SeededRandom;
}

const pauseMs = 20;

/** Clients that let players join and leave the same few clans, change their roles, ask to join, are accepted, and change the clans. */
export function startMemberClients(options: MemberClientOptions): MemberClients {
  const { urls, validate, clans, players, clients, random } = options;
  const ledger = new MemberLedger();
  const responses = new Map<string, number>();
  const violations: string[] = [];
  const lastClans = new Map<string, string>();
  let isStopped = false;

  async function send(
    url: string,
    method: string,
    path: string,
    payload?: object,
  ): Promise<HttpResponse | NoResponse> {
    const body = payload && JSON.stringify(payload);
    const headers = body ? { "content-type": "application/json" } : {};
    const response = await sendRequest(url, { method, path, headers, ...(body && { body }) }).catch(
      (error: NoResponse) => error,
    );
    const name = nameOf(response);
    responses.set(name, (responses.get(name) ?? 0) + 1);
    if (response instanceof NoResponse) return response;
    const fault = response.status === 500 ? response.text : validate(method, path, response);
    if (fault) violations.push(`${method} ${path}: ${fault}`);
    return response;
  }

  /** Acknowledged with this status; 200 of an accepted request may also mean that the player was a member. */
  async function outcome(expected: number, ...request: Parameters<typeof send>): Promise<Outcome> {
    const response = await send(...request);
    if (response instanceof NoResponse) return response.wasSent ? "unknown" : "refused";
    if (response.status === expected) return "acknowledged";
    return nameOf(response) === "503 OUTCOME_UNKNOWN" ? "unknown" : "refused";
  }

  async function step(url: string): Promise<void> {
    const any = <T>(list: T[]): T => list[random.below(list.length)] as T;
    const player = any(players);
    // Mostly where the player was seen last, so that something happens.
    const id = (random.chance(0.7) && lastClans.get(player)) || any(clans);
    const clan = `/clans/${id}`;
    const member = `${clan}/members/${player}`;
    const dice = random.fraction();
    if (dice < 0.45) {
      const joined = await outcome(201, url, "PUT", member);
      if (joined === "acknowledged") lastClans.set(player, id);
      ledger.noteJoin(player, joined);
    } else if (dice < 0.7) ledger.noteLeave(player, await outcome(204, url, "DELETE", member));
    else if (dice < 0.82) await send(url, "PATCH", member, { role: any(["leader", "co_leader", "member"]) });
    else if (dice < 0.88) await send(url, "POST", `${clan}/join-requests`, { user_id: player });
    else if (dice < 0.95) {
      const accepted = await outcome(200, url, "POST", `${clan}/join-requests/${player}/accept`);
      ledger.noteJoin(player, accepted === "acknowledged" ? "unknown" : accepted);
    } else await send(url, "PATCH", clan, { max_members: any([8, 10, 12, 15]) });
  }

  const working = Array.from({ length: clients }, async (_, number) => {
    while (!isStopped) {
      await step(urls[number % urls.length] ?? "");
      await delay(pauseMs * 2 * random.fraction());
    }
  });
  const all = Promise.all(working);
  all.catch(() => {});
  return {
    ledger,
    responses,
    violations,
    async stop() {
      isStopped = true;
      await all;
    },
  };
}

function nameOf(response: HttpResponse | NoResponse): string {
  if (response instanceof NoResponse) return "no response";
  return response.status < 400
    ? String(response.status)
    : `${response.status} ${JSON.parse(response.text).reason}`;
}
