import { shortened } from "../text.ts";
import type { RejectedRow } from "./validate-rows.ts";

// Reasons are few; a sender who varies them without end gets the rest in one group.
const maxGroups = 100;
const maxExampleLength = 200;

/** Rejected lines that break the same rule in the same field. */
export interface RejectGroup {
  field: string;
  reason: string;
  count: number;
  /** The first of them. */
  example: { line: number; message: string; text: string | null };
}

/** Groups rejected lines by field and reason, in the memory of a few of them. */
export class RejectGroups {
  readonly #groups = new Map<string, RejectGroup>();

  add({ line, field, reason, message, text }: RejectedRow): void {
    const isKnown = this.#groups.has(`${field} ${reason}`) || this.#groups.size < maxGroups;
    const group = isKnown ? { field, reason } : { field: "line", reason: "breaks another rule" };
    const example = { line, message, text: text && shortened(text, maxExampleLength) };
    this.merge({ ...group, count: 1, example });
  }

  /** Adds a group of other lines, which come after those so far. */
  merge({ field, reason, count, example }: RejectGroup): void {
    const known = this.#groups.get(`${field} ${reason}`);
    if (known) known.count += count;
    else this.#groups.set(`${field} ${reason}`, { field, reason, count, example });
  }

  /** The groups, the largest first. */
  list(): RejectGroup[] {
    return [...this.#groups.values()].toSorted((a, b) => b.count - a.count);
  }
}
