import { buildChanges, type ChangesFigures } from "../changes/changes-figures.ts";
import { buildClans, type ClansFigures } from "../clans/clans-figures.ts";
import { buildExplore, type ExploreFigures } from "../explore/explore-figures.ts";
import { type Known, resolve } from "../figures/periods.ts";
import { buildOverview, type OverviewFigures } from "../overview/overview-figures.ts";
import { buildPeople, type PeopleFigures } from "../people/people-figures.ts";
import { buildRetention, type RetentionFigures } from "../retention/retention-figures.ts";
import type { Address, Tab } from "./address.ts";
import { allCountries } from "./asked-days.ts";
import type { Frame } from "./frame.ts";
import type { Ask } from "./questions.ts";

interface ViewOf<Name extends Tab, Figures> {
  tab: Name;
  frame: Frame;
  /** Every country that has figures in the period, for the filter. */
  countries: string[];
  figures: Figures;
}

/** The figures of an address, ready to be drawn. */
export type View =
  | ViewOf<"overview", OverviewFigures>
  | ViewOf<"people", PeopleFigures>
  | ViewOf<"retention", RetentionFigures>
  | ViewOf<"clans", ClansFigures>
  | ViewOf<"explore", ExploreFigures>
  | ViewOf<"changes", ChangesFigures>
  | ViewOf<"health", null>;

/** Builds what an address shows; undefined while an answer is missing. */
export function buildView(address: Address, known: Known, ask: Ask): View | undefined {
  const { selection } = address;
  const frame: Frame = { selection, resolved: resolve(selection.period, selection, known) };
  const countries = allCountries(frame.resolved.range, ask);
  const view = <Name extends Tab, Figures>(tab: Name, figures: Figures | undefined) =>
    countries && figures !== undefined ? { tab, frame, countries, figures } : undefined;
  switch (address.tab) {
    case "overview":
      return view("overview", buildOverview(frame, known, ask));
    case "people":
      return view("people", buildPeople(frame, known, ask));
    case "retention":
      return view("retention", buildRetention(frame, known, ask));
    case "clans":
      return view("clans", buildClans(address, frame, ask));
    case "explore":
      return view("explore", buildExplore(address, frame, known, ask));
    case "changes":
      return view("changes", buildChanges(address, frame, known, ask));
    case "health":
      return view("health", null);
  }
}
