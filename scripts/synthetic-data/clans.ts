import { clanNames, nameCount } from "./clan-names.ts";
import { maxMembersFor } from "./clan-sizes.ts";
import type { Memberships } from "./memberships.ts";
import { hash, share } from "./random.ts";

/** A clan of synthetic players. */
export interface SyntheticClan {
  number: number;
  /** A UUID that depends on seed and number alone. */
  id: string;
  name: string;
  region: string | null;
  joinMode: "open" | "request" | "closed";
  maxMembers: number;
}

const regions = ["EU", "EU", "EU", "US", "US", "TR", "BR", "JP", null];
// Purposes of `hash`.
const idWords = 20;
const region = 24;
const joining = 25;

/** The clans of a run. Beyond some half a million, there are no more names, and no more clans. */
export function* clansOf({ population: { seed }, placesOfClans }: Memberships): Generator<SyntheticClan> {
  const nameOf = clanNames(seed);
  for (const [number, places] of placesOfClans.slice(0, nameCount).entries()) {
    const dice = share(seed, number, joining);
    yield {
      number,
      id: idOf(seed, number),
      name: nameOf(number),
      region: regions[hash(seed, number, region) % regions.length] ?? null,
      joinMode: dice < 0.7 ? "open" : dice < 0.9 ? "request" : "closed",
      maxMembers: maxMembersFor(places),
    };
  }
}

/** Of version 8, which is for ids that an application makes up itself: https://www.rfc-editor.org/rfc/rfc9562#section-5.8 */
function idOf(seed: number, number: number): string {
  const hex = [0, 1, 2, 3]
    .map((word) =>
      hash(seed, number, idWords + word)
        .toString(16)
        .padStart(8, "0"),
    )
    .join("");
  const variant = "89ab"[Number.parseInt(hex[16] ?? "0", 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
