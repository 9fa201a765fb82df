import fc from "fast-check";
import { expect, it } from "vitest";
import { allMeasures } from "../figures/measures.ts";
import { baselines } from "../figures/periods.ts";
import {
  type Address,
  addressFrom,
  grains,
  initialSelection,
  searchOf,
  sortable,
  splits,
  tabs,
} from "./address.ts";

const read = (search: string): Address => addressFrom(new URLSearchParams(search));
const selectionOf = (search: string) => read(search).selection;

it("has defaults, which the address doesn't repeat", () => {
  expect(selectionOf("")).toEqual(initialSelection);
  expect(searchOf(read(""))).toBe("");
});

it("is read generously: any case, names and codes of countries, repeated parameters, ends in any order", () => {
  expect(selectionOf("?country=tr&country=deu,UK&platform=ios")).toMatchObject({
    countries: ["DE", "GB", "TR"],
    platform: "IOS",
  });
  expect(selectionOf("?country=turkey&country=%20Unknown").countries).toEqual(["TR", "Unknown"]);
  expect(selectionOf("?platform=android&platform=IOS").platform).toBeUndefined();
  expect(selectionOf("?from=2026-03-09&to=2026-03-03").period).toEqual({
    from: "2026-03-03",
    to: "2026-03-09",
  });
  expect(selectionOf("?from=2026-03-09").period).toEqual({ from: "2026-03-09", to: "2026-03-09" });
  expect(read("?tab=Explore&grain=WEEK").tab).toBe("explore");
  expect(read("?metric=ARPPU").metric).toBe("arppu");
  expect(read("?sort=IAP&order=ASC").table).toMatchObject({ sort: "iap", descending: false });
});

it.each(["?days=-3", "?days=0", "?from=2026-02-30&to=x", "?days=99999", "?from=&to="])(
  "takes the default instead of %s",
  (search) => expect(selectionOf(search).period).toEqual(initialSelection.period),
);

it("takes defaults instead of what it doesn't know", () => {
  expect(read("?tab=nonsense&metric=x&split=y&grain=z&sort=q&page=0&order=%00&compare=ever")).toEqual(
    read(""),
  );
});

const day = fc
  .integer({ min: 0, max: 4_000 })
  .map((n) => new Date(Date.UTC(2020, 0, 1 + n)).toISOString().slice(0, 10));
const period = fc.oneof(
  fc.record({ last: fc.integer({ min: 1, max: 9_999 }) }),
  fc.constant("all" as const),
  fc.tuple(day, day).map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a })),
);
const address: fc.Arbitrary<Address> = fc.record({
  tab: fc.constantFrom(...tabs),
  selection: fc.record({
    period,
    platform: fc.constantFrom(undefined, "IOS", "ANDROID"),
    countries: fc.subarray(["DE", "GB", "TR", "Unknown"]),
    baseline: fc.constantFrom(...baselines),
    withIncomplete: fc.boolean(),
  }),
  metric: fc.constantFrom(...allMeasures.map(({ key }) => key)),
  split: fc.constantFrom(...splits),
  grain: fc.constantFrom(...grains),
  clan: fc.constantFrom("", "0199e0a4-7c1e-7000-8000-000000000001"),
  clanName: fc.string({ unit: "grapheme" }).map((name) => name.trim()),
  table: fc.record({
    sort: fc.constantFrom(...sortable),
    descending: fc.boolean(),
    find: fc.string({ unit: "grapheme" }),
    page: fc.integer({ min: 1, max: 99 }),
  }),
});

it("cuts a clan's name to what the server takes", () => {
  expect(read(`?clan_name=${"x".repeat(300)}`).clanName).toHaveLength(256);
});

it("drops a platform that doesn't exist and an id that no clan can have, and reads an id in capitals", () => {
  expect(selectionOf("?platform=FOO").platform).toBeUndefined();
  expect(selectionOf("?platform=foo,ios").platform).toBe("IOS");
  expect(read(`?clan=${"x".repeat(257)}`).clan).toBe("");
  expect(read("?clan=0199E0A4-7C1E-7000-8000-00000000000A").clan).toBe(
    "0199e0a4-7c1e-7000-8000-00000000000a",
  );
});

it("comes back from its text", () => {
  fc.assert(
    fc.property(address, (written) => {
      expect(read(searchOf(written))).toEqual(written);
    }),
  );
});
