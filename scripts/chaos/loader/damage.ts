import type { SeededRandom } from "../../testkit/seeded-random.ts";

/** A damaged file. */
export interface Damaged {
  /** The kind of damage, and at which byte. */
  what: string;
  content: Buffer;
}

type Damage = (content: Buffer, at: number, random: SeededRandom) => Buffer;

/** Damage by disks, networks, editors and interrupted copies. */
const damageKinds: Record<string, Damage> = {
  "a bit flipped": (content, at, random) => withByte(content, at, (byte) => byte ^ (1 << random.below(8))),
  "a byte replaced": (content, at, random) => withByte(content, at, () => random.below(256)),
  truncated: (content, at) => content.subarray(0, at),
  "bytes inserted": (content, at, random) => replaced(content, at, 0, noise(1 + random.below(40), random)),
  "bytes removed": (content, at, random) =>
    replaced(content, at, 1 + random.below(random.chance(0.5) ? 4 : 500), Buffer.alloc(0)),
  "a range zeroed": (content, at, random) => {
    const bytes = Math.min(content.length - at, 1 + random.below(4_096));
    return replaced(content, at, bytes, Buffer.alloc(bytes));
  },
  "a range duplicated": (content, at, random) =>
    replaced(content, at, 0, content.subarray(at, at + 1 + random.below(500))),
  "70 KB of zeros inserted": (content, at) => replaced(content, at, 0, Buffer.alloc(70_000)),
};
const kinds = Object.entries(damageKinds);

/** Damages of all kinds: a fifth each within the first and the last bytes, the others anywhere. */
export function damages(content: Buffer, times: number, random: SeededRandom): Damaged[] {
  return Array.from({ length: times }, (_, n) => {
    const [kind, damage] = kinds[n % kinds.length] as [string, Damage];
    const edge = Math.min(40, content.length);
    const where = Math.floor(n / kinds.length) % 5;
    const at =
      where === 0
        ? random.below(edge)
        : where === 1
          ? content.length - 1 - random.below(edge)
          : random.below(content.length);
    return { what: `${kind} at byte ${at} of ${content.length}`, content: damage(content, at, random) };
  });
}

const replaced = (content: Buffer, at: number, bytes: number, by: Buffer) =>
  Buffer.concat([content.subarray(0, at), by, content.subarray(at + bytes)]);

function withByte(content: Buffer, at: number, change: (byte: number) => number): Buffer {
  return replaced(content, at, 1, Buffer.from([change(content[at] ?? 0)]));
}

const noise = (bytes: number, random: SeededRandom) =>
  Buffer.from(Array.from({ length: bytes }, () => random.below(256)));
