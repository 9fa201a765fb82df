import type { SeededRandom } from "../../testkit/seeded-random.ts";

/** A file that something happened to. */
export interface Damaged {
  /** What, and at which byte. */
  what: string;
  content: Buffer;
}

type Harm = (content: Buffer, at: number, random: SeededRandom) => Buffer;

/** As disks, networks, editors and interrupted copies do it. */
const harms: Record<string, Harm> = {
  "a bit turned": (content, at, random) => withByte(content, at, (byte) => byte ^ (1 << random.below(8))),
  "a byte replaced": (content, at, random) => withByte(content, at, () => random.below(256)),
  "cut off": (content, at) => content.subarray(0, at),
  "bytes inserted": (content, at, random) => replaced(content, at, 0, noise(1 + random.below(40), random)),
  "bytes removed": (content, at, random) =>
    replaced(content, at, 1 + random.below(random.chance(0.5) ? 4 : 500), Buffer.alloc(0)),
  "zeros in place of a stretch": (content, at, random) => {
    const bytes = Math.min(content.length - at, 1 + random.below(4_096));
    return replaced(content, at, bytes, Buffer.alloc(bytes));
  },
  "a stretch doubled": (content, at, random) =>
    replaced(content, at, 0, content.subarray(at, at + 1 + random.below(500))),
  "70 KB of zeros inserted": (content, at) => replaced(content, at, 0, Buffer.alloc(70_000)),
};
const kinds = Object.entries(harms);

/** Damages of all kinds: a fifth each in the first and the last bytes, the others anywhere. */
export function damages(content: Buffer, times: number, random: SeededRandom): Damaged[] {
  return Array.from({ length: times }, (_, n) => {
    const [kind, harm] = kinds[n % kinds.length] as [string, Harm];
    const edge = Math.min(40, content.length);
    const where = Math.floor(n / kinds.length) % 5;
    const at =
      where === 0
        ? random.below(edge)
        : where === 1
          ? content.length - 1 - random.below(edge)
          : random.below(content.length);
    return { what: `${kind} at byte ${at} of ${content.length}`, content: harm(content, at, random) };
  });
}

const replaced = (content: Buffer, at: number, bytes: number, by: Buffer) =>
  Buffer.concat([content.subarray(0, at), by, content.subarray(at + bytes)]);

function withByte(content: Buffer, at: number, change: (byte: number) => number): Buffer {
  return replaced(content, at, 1, Buffer.from([change(content[at] ?? 0)]));
}

const noise = (bytes: number, random: SeededRandom) =>
  Buffer.from(Array.from({ length: bytes }, () => random.below(256)));
