/** The time that a body may still keep us waiting: a token bucket, filled by the bytes that arrive. */
export class TransferBudget {
  readonly #graceMs: number;
  readonly #bytesPerMs: number;
  #leftMs: number;

  /** A sender may pause for `graceMs`, and has to send `bytesPerSecond` on average. */
  constructor({ graceMs, bytesPerSecond }: { graceMs: number; bytesPerSecond: number }) {
    this.#graceMs = graceMs;
    this.#bytesPerMs = bytesPerSecond / 1_000;
    this.#leftMs = graceMs;
  }

  get leftMs(): number {
    return this.#leftMs;
  }

  /** Records that so many bytes arrived after `waitedMs` of waiting for them. */
  record(waitedMs: number, bytes: number): void {
    this.#leftMs = Math.min(this.#graceMs, this.#leftMs - waitedMs + bytes / this.#bytesPerMs);
  }
}
