import { useMemo } from "preact/hooks";
import { type Marks, marksOf } from "../figures/marks.ts";
import type { About } from "../parts/panel.tsx";
import type { Address, Selection } from "../state/address.ts";
import type { Actions } from "../state/page.ts";
import type { View } from "../state/view.ts";
import { Cards } from "./cards.tsx";
import { CountryTable } from "./country-table.tsx";
import { DauByPlatform } from "./dau-by-platform.tsx";
import { DauOverTime } from "./dau-over-time.tsx";
import { ErrorsByMatches } from "./errors-by-matches.tsx";
import { RevenueOverTime } from "./revenue-over-time.tsx";

interface OverviewProps {
  view: Extract<View, { tab: "overview" }>;
  address: Address;
  about: About;
  marks: Marks;
  isPrinting: boolean;
  /** Charts are drawn again when it changes. */
  palette: number;
  go: Actions["go"];
}

/** The key figures of the selection. */
export function Overview({ view, address, about, marks, isPrinting, palette, go }: OverviewProps) {
  const { frame, figures } = view;
  const { selection } = frame;
  const select = (changes: Partial<Selection>) =>
    go({ selection: { ...address.selection, ...changes }, table: { ...address.table, page: 1 } });
  const togglePlatform = (platform: string) =>
    select({ platform: selection.platform === platform ? undefined : platform });
  const toggleCountry = (country: string) => {
    const without = selection.countries.filter((other) => other !== country);
    select({
      countries:
        without.length < selection.countries.length ? without : [...selection.countries, country].sort(),
    });
  };
  // Drawing a chart takes long, and most renderings change none of its figures.
  const cards = useMemo(() => <Cards frame={frame} figures={figures} about={about} />, [view, palette]);
  // The marks come after the figures.
  const dauOverTime = useMemo(
    () => <DauOverTime figures={figures} about={about} marks={marksOf(marks, "dau", selection)} />,
    [view, palette, marks],
  );
  const panels = useMemo(
    () => (
      <>
        <DauByPlatform figures={figures} about={about} toggle={togglePlatform} />
        <RevenueOverTime figures={figures} about={about} />
        <ErrorsByMatches
          figures={figures}
          chosen={selection.countries}
          about={about}
          toggle={toggleCountry}
        />
      </>
    ),
    [view, palette],
  );
  return (
    <>
      {cards}
      {dauOverTime}
      {panels}
      <CountryTable
        figures={figures}
        view={address.table}
        chosen={selection.countries}
        about={about}
        isWhole={isPrinting}
        toggle={toggleCountry}
        change={(table) => go({ table }, "replace")}
      />
    </>
  );
}
