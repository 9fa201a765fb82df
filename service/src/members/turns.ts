import type { ServerResponse } from "node:http";
import { Semaphore } from "async-mutex";
import { clientGone, Problem } from "../http/problem.ts";

/** Runs `work` when it is a clan's turn; see `createTurns`. @throws {Problem} 503 when too many wait, 499 when the client is gone */
export type InTurn = <T>(clanId: string, work: () => Promise<T>) => Promise<T>;

/** Gives the request that `response` answers its turns. */
export type Turns = (response: ServerResponse) => InTurn;

/** Who has the turn of one clan, and who waits for it. */
interface Line {
  turn: Semaphore;
  /** Requests that still want it. */
  waiting: number;
  /** Those, the one that has it, and those that have left the line but are still in the semaphore's. */
  entries: number;
}

const mostWaiting = 64;

// One for all requests: creating an error for each would cost most under overload.
const clanBusy = new Problem(
  503,
  "CLAN_BUSY",
  "Too many requests are changing this clan or its members at once; try again in a moment.",
  { headers: { "retry-after": "1" } },
);

/**
 * Lets one request at a time change a clan or its members, before it takes a connection: PostgreSQL would let them wait for the lock of
 * the clan's row one after another as well, but each on a connection, and requests for other clans would get none. It is per process:
 * requests of several processes meet at the lock.
 *
 * At most 64 requests per clan wait, each at most `waitMs`: a turn takes milliseconds, unless another process holds the lock. One whose
 * client is gone leaves the line.
 */
export function createTurns({ waitMs }: { waitMs: number }): Turns {
  const lines = new Map<string, Line>();

  async function takeTurn<T>(clanId: string, response: ServerResponse, work: () => Promise<T>): Promise<T> {
    const line = lines.get(clanId) ?? { turn: new Semaphore(1), waiting: 0, entries: 0 };
    lines.set(clanId, line);
    const isTaken = line.turn.isLocked();
    if (isTaken && line.waiting >= mostWaiting) throw clanBusy;
    line.entries++;
    const turn = line.turn.acquire().then(([, end]) => () => {
      end();
      if (--line.entries === 0) lines.delete(clanId);
    });
    const end = await (isTaken ? waitInLine(line, { turn, response, waitMs }) : turn);
    try {
      return await work();
    } finally {
      end();
    }
  }

  return (response) => (clanId, work) => takeTurn(clanId, response, work);
}

/** Waits for the turn, unless the client goes or it takes too long: a turn that comes after that goes to the next. */
function waitInLine(
  line: Line,
  { turn, response, waitMs }: { turn: Promise<() => void>; response: ServerResponse; waitMs: number },
): Promise<() => void> {
  return new Promise((resolve, reject) => {
    let isWaiting = true;
    line.waiting++;
    const stopWaiting = () => {
      isWaiting = false;
      line.waiting--;
      clearTimeout(timer);
      response.off("close", leave);
    };
    const leave = () => {
      stopWaiting();
      reject(clientGone());
    };
    const timer = setTimeout(() => {
      stopWaiting();
      reject(clanBusy);
    }, waitMs);
    response.once("close", leave);
    if (response.destroyed) leave();
    void turn.then((end) => {
      if (!isWaiting) return end();
      stopWaiting();
      resolve(end);
    });
  });
}
