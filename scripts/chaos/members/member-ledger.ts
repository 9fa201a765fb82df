import { expectThat } from "../experiment.ts";

/** What a request has changed, as far as its client knows. */
export type Outcome = "acknowledged" | "refused" | "unknown";

interface Counts {
  acknowledged: number;
  unknown: number;
}

/** How often players have joined and left a clan, as their clients know it. */
export class MemberLedger {
  #joined = new Map<string, Counts>();
  #left = new Map<string, Counts>();
  acknowledged = 0;
  unknown = 0;

  noteJoin(player: string, outcome: Outcome): void {
    this.#note(this.#joined, player, outcome);
  }

  noteLeave(player: string, outcome: Outcome): void {
    this.#note(this.#left, player, outcome);
  }

  /** @throws {ExperimentFailed} when a player's history has less than was acknowledged, or more than may have happened */
  verify(history: { user_id: string; joined: number; left: number }[]): void {
    const stored = new Map(history.map((row) => [row.user_id, row]));
    for (const player of new Set([...this.#joined.keys(), ...this.#left.keys(), ...stored.keys()])) {
      const { joined, left } = stored.get(player) ?? { joined: 0, left: 0 };
      requireBetween(`${player} joined`, joined, this.#joined.get(player));
      requireBetween(`${player} left`, left, this.#left.get(player));
    }
  }

  #note(counts: Map<string, Counts>, player: string, outcome: Outcome): void {
    if (outcome === "refused") return;
    const known = counts.get(player) ?? { acknowledged: 0, unknown: 0 };
    counts.set(player, known);
    known[outcome]++;
    this[outcome]++;
  }
}

function requireBetween(
  what: string,
  stored: number,
  { acknowledged, unknown }: Counts = { acknowledged: 0, unknown: 0 },
): void {
  expectThat(
    acknowledged <= stored && stored <= acknowledged + unknown,
    `${what} ${stored} times as stored, ${acknowledged} times as acknowledged, and ${unknown} times perhaps`,
  );
}
