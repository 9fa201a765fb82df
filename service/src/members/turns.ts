import type { ServerResponse } from "node:http";
import { Semaphore } from "async-mutex";
import { clientGone, Problem } from "../http/problem.ts";

/** Runs `work` for a clan when there is room. @throws {Problem} 503 when too many wait, 499 when the client is gone */
type ForClan = <T>(clanId: string, work: () => Promise<T>) => Promise<T>;

/** How the requests of one clan share connections; see `createTurns`. */
export interface ClanTurns {
  /** For what locks the clan: one at a time. */
  inTurn: ForClan;
  /** For what does not, such as what is read before a turn: few at a time. */
  limited: ForClan;
}

/** Gives the request that `response` answers its turns. */
export type Turns = (response: ServerResponse) => ClanTurns;

interface LineLimits {
  atOnce: number;
  mostWaiting: number;
  waitMs: number;
}

/** Who runs for one clan, and who waits for that. */
interface Line {
  turn: Semaphore;
  /** Requests that still want it. */
  waiting: number;
  /** Those, the ones that run, and those that have left the line but are still in the semaphore's. */
  entries: number;
}

// One for all requests: creating an error for each would cost most under overload.
const clanBusy = new Problem(
  503,
  "CLAN_BUSY",
  "Too many requests are changing this clan or its members at once; try again in a moment.",
  { headers: { "retry-after": "1" } },
);

/**
 * Lets one request at a time change a clan or its members, before it takes a connection: PostgreSQL would let them wait for the lock of
 * the clan's row one after another as well, but each on a connection, and requests for other clans would get none. Of what they do
 * without that lock, two run at a time, so that the crowd of a popular clan holds three connections at most. It is per process:
 * requests of several processes meet at the lock.
 *
 * At most 64 requests per clan wait for the lock and 32 for the rest, each at most `waitMs`: a turn takes milliseconds, unless another
 * process holds the lock. One whose client is gone leaves the line. While 64 wait, others are refused before they read anything: the
 * crowd that a clan can't serve costs little.
 */
export function createTurns({ waitMs }: { waitMs: number }): Turns {
  const locking = createLines({ atOnce: 1, mostWaiting: 64, waitMs });
  const others = createLines({ atOnce: 2, mostWaiting: 32, waitMs });
  return (response) => ({
    inTurn: (clanId, work) => locking.run(clanId, response, work),
    async limited(clanId, work) {
      if (locking.isFull(clanId)) throw clanBusy;
      return others.run(clanId, response, work);
    },
  });
}

/** A line per clan. */
function createLines({ atOnce, mostWaiting, waitMs }: LineLimits) {
  const lines = new Map<string, Line>();
  const isFull = (clanId: string) => (lines.get(clanId)?.waiting ?? 0) >= mostWaiting;

  async function run<T>(clanId: string, response: ServerResponse, work: () => Promise<T>): Promise<T> {
    const line = lines.get(clanId) ?? { turn: new Semaphore(atOnce), waiting: 0, entries: 0 };
    const isTaken = line.turn.isLocked();
    if (isTaken && isFull(clanId)) throw clanBusy;
    lines.set(clanId, line);
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

  return { run, isFull };
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
