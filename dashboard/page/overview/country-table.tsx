import { digitsOf, type Measure, tableMeasures } from "../figures/measures.ts";
import { changeText, countryName, shareText } from "../figures/names.ts";
import type { Sums } from "../figures/sums.ts";
import { ActionButton } from "../parts/action-button.tsx";
import { type About, Panel } from "../parts/panel.tsx";
import { ScrollArea } from "../parts/scroll-area.tsx";
import type { TableView } from "../state/address.ts";
import { type CountryRow, countryRows, pageRows, relativeChange, sortedBy } from "./country-rows.ts";
import type { OverviewFigures } from "./overview-figures.ts";

interface CountryTableProps {
  figures: OverviewFigures;
  view: TableView;
  chosen: string[];
  about: About;
  /** On paper, there are no pages to turn. */
  isWhole: boolean;
  toggle: (country: string) => void;
  change: (view: TableView) => void;
}

const columns = [
  { key: "country", label: "Country", meaning: undefined },
  { key: "share", label: "Share", meaning: "share of the DAU of all countries" },
  {
    key: "change",
    label: "Change",
    meaning: "DAU against the baseline, of the days with figures on both sides",
  },
  ...tableMeasures,
];

/** Every country with every figure, sorted, searched and paged; the chosen ones first, the others to compare with. */
export function CountryTable({ figures, view, chosen, about, isWhole, toggle, change }: CountryTableProps) {
  const rows = countryRows(figures, view, chosen);
  const pages = isWhole ? 1 : Math.max(1, Math.ceil(rows.length / pageRows));
  const page = Math.min(view.page, pages);
  const first = isWhole ? 0 : (page - 1) * pageRows;
  const shown = isWhole ? rows : rows.slice(first, first + pageRows);
  const set = (changes: Partial<TableView>) => change({ ...view, page: 1, ...changes });
  const maximum = (measure: Measure) =>
    Math.max(0, ...figures.countries.map(({ sums }) => measure.value(sums) ?? 0));
  const maxima = new Map(tableMeasures.map((measure) => [measure.key, maximum(measure)]));
  // On compared days, a country without rows has a DAU of 0.
  const dauCompared = (sums: Sums | undefined) => (figures.pair ? String(sums?.dau ?? 0) : "");
  return (
    <Panel
      id="countries"
      title="Top countries"
      hint="Click a country to filter by it, or a column header to sort by it."
      about={about}
      csv={() => ({
        head: [
          "country",
          "share_of_dau",
          "dau_compared",
          "dau_before",
          ...tableMeasures.map(({ key }) => key),
        ],
        rows: rows.map(({ name, sums, share, compared }) => [
          name,
          String(share),
          dauCompared(compared.now),
          dauCompared(compared.before),
          ...tableMeasures.map((measure) => digitsOf(measure, sums)),
        ]),
      })}
    >
      <input
        type="search"
        placeholder="Find a country"
        aria-label="Find a country"
        value={view.find}
        onInput={({ currentTarget }) => set({ find: currentTarget.value })}
      />
      <ScrollArea label="Top countries, the table">
        <table class="countries">
          <caption class="unseen">Countries with their figures</caption>
          <thead>
            <tr>
              {columns.map(({ key, label, meaning }) => (
                <th
                  key={key}
                  scope="col"
                  aria-sort={key === view.sort ? (view.descending ? "descending" : "ascending") : undefined}
                >
                  <button type="button" class="sort" title={meaning} onClick={() => set(sortedBy(view, key))}>
                    {label}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Row
                key={row.name}
                row={row}
                maxima={maxima}
                sort={view.sort}
                isChosen={chosen.includes(row.name)}
                toggle={toggle}
              />
            ))}
          </tbody>
          <tfoot>
            <TotalRow figures={figures} chosen={chosen} />
          </tfoot>
        </table>
      </ScrollArea>
      <nav class="pager" aria-label="Pages of the countries">
        <p class="count" role="status">
          {rows.length === 0
            ? "No country has this name."
            : `${first + 1}–${Math.min(first + shown.length, rows.length)} of ${rows.length} countries`}
        </p>
        <ActionButton isIdle={page === 1} onClick={() => set({ page: page - 1 })}>
          Previous
        </ActionButton>
        <ActionButton isIdle={page === pages} onClick={() => set({ page: page + 1 })}>
          Next
        </ActionButton>
      </nav>
    </Panel>
  );
}

interface RowProps {
  row: CountryRow;
  maxima: Map<string, number>;
  sort: string;
  isChosen: boolean;
  toggle: (country: string) => void;
}

function Row({ row: { name, sums, share, change }, maxima, sort, isChosen, toggle }: RowProps) {
  return (
    <tr data-country={name} class={isChosen ? "chosen" : undefined}>
      <th scope="row">
        <button
          type="button"
          class="country"
          aria-pressed={isChosen}
          title={isChosen ? "Remove the filter" : `Filter by ${countryName(name)}`}
          onClick={() => toggle(name)}
        >
          {countryName(name)}
        </button>
      </th>
      <td>{shareText(share)}</td>
      <td>{changeText(change)}</td>
      {tableMeasures.map((measure) => (
        <FigureCell
          key={measure.key}
          measure={measure}
          sums={sums}
          maximum={maxima.get(measure.key) ?? 0}
          hasBar={measure.isSum || measure.key === sort}
        />
      ))}
    </tr>
  );
}

interface FigureCellProps {
  measure: Measure;
  sums: Sums;
  maximum: number;
  /** Sums have a bar, and so does the column that the table is sorted by. */
  hasBar: boolean;
}

function FigureCell({ measure, sums, maximum, hasBar }: FigureCellProps) {
  const text = measure.text(sums);
  if (!hasBar) return <td>{text}</td>;
  const share = maximum === 0 ? "0%" : `${(100 * (measure.value(sums) ?? 0)) / maximum}%`;
  return (
    <td class="bar" style={{ "--share": share }}>
      {text}
    </td>
  );
}

/** The sum of what is counted: of the chosen countries, or of all. */
function TotalRow({
  figures: { total, allCountries, pair },
  chosen,
}: {
  figures: OverviewFigures;
  chosen: string[];
}) {
  return (
    <tr>
      <th scope="row">{chosen.length > 0 ? "Selection" : "Total"}</th>
      <td>{shareText(allCountries.dau === 0 ? 0 : total.dau / allCountries.dau)}</td>
      <td>{changeText(relativeChange({ ...pair }))}</td>
      {tableMeasures.map((measure) => (
        <td key={measure.key}>{measure.text(total)}</td>
      ))}
    </tr>
  );
}
