import { useRef, useState } from "preact/hooks";
import { dayText, platformName } from "../figures/names.ts";
import { type Baseline, baselines, type Period, type Range } from "../figures/periods.ts";
import { ActionButton } from "../parts/action-button.tsx";
import { CountryPicker } from "../parts/country-picker.tsx";
import { DayField } from "../parts/day-field.tsx";
import { Picker, Segments } from "../parts/segments.tsx";
import { type Address, initialSelection, isSamePeriod, platforms, type Selection } from "../state/address.ts";
import type { Actions } from "../state/page.ts";
import { CountryChips } from "./country-chips.tsx";

const presets: { value: Period; label: string }[] = [
  { value: { last: 7 }, label: "7 days" },
  { value: { last: 14 }, label: "14 days" },
  { value: { last: 30 }, label: "30 days" },
  { value: "all", label: "All" },
];
const platformOptions = [undefined, ...platforms].map((value) => ({
  value,
  label: value ? platformName(value) : "All",
}));
const baselineNames: Record<Baseline, string> = {
  weekdays: "same weekdays before",
  previous: "previous period",
  month: "last month",
  year: "last year",
  none: "nothing",
};

interface FiltersProps {
  address: Address;
  /** The days that are shown, and those that can be; undefined until they are known. */
  known: { range: Range; covered: Range } | undefined;
  countries: string[];
  go: Actions["go"];
}

/** The bar of filters: days, what they are compared with, platform and countries. */
export function Filters({ address, known, countries, go }: FiltersProps) {
  const picker = useRef<HTMLDivElement>(null);
  const { selection, table } = address;
  const set = (changes: Partial<Selection>) =>
    go({ selection: { ...selection, ...changes }, table: { ...table, page: 1 } });
  const { from = "", to = "" } = known?.range ?? {};
  const bounds = { min: known?.covered.from ?? "", max: known?.covered.to ?? "" };
  const isInitial = JSON.stringify(selection) === JSON.stringify(initialSelection);
  return (
    <search id="filters" class="filters" aria-label="Filters">
      <Segments
        label="Days"
        options={presets}
        isChosen={(period) => isSamePeriod(period, selection.period)}
        onChoose={(period) => set({ period })}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset can't be laid out as one. */}
      <div role="group" aria-label="From and to" class="dates">
        <DayField
          label="From"
          value={from}
          {...bounds}
          problemOf={(day) => (day > to ? `Must not be after ${dayText(to)}` : undefined)}
          onChoose={(day) => set({ period: { from: day, to } })}
        />
        <DayField
          label="To"
          value={to}
          {...bounds}
          problemOf={(day) => (day < from ? `Must not be before ${dayText(from)}` : undefined)}
          onChoose={(day) => set({ period: { from, to: day } })}
        />
      </div>
      <Picker
        label="Compared with"
        options={baselines.map((value) => ({ value, label: baselineNames[value] }))}
        value={selection.baseline}
        onChoose={(baseline) => set({ baseline })}
      />
      <Segments
        label="Platform"
        options={platformOptions}
        isChosen={(platform) => platform === selection.platform}
        onChoose={(platform) => set({ platform })}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset can't be laid out as one. */}
      <div role="group" aria-label="Countries" ref={picker}>
        <CountryPicker
          options={countries}
          chosen={selection.countries}
          onChoose={(chosen) => set({ countries: chosen })}
        />
      </div>
      <label class="field">
        <input
          type="checkbox"
          checked={selection.withIncomplete}
          onChange={({ currentTarget }) => set({ withIncomplete: currentTarget.checked })}
        />
        <span>Count days that aren't over</span>
      </label>
      <ActionButton class="quiet" isIdle={isInitial} onClick={() => set(initialSelection)}>
        Reset
      </ActionButton>
      <CopyLink />
      <CountryChips
        chosen={selection.countries}
        onChoose={(chosen) => set({ countries: chosen })}
        focusPicker={() => picker.current?.querySelector("button")?.focus()}
      />
    </search>
  );
}

/** The address has everything that the page shows. */
function CopyLink() {
  const [outcome, setOutcome] = useState("");
  const copy = () =>
    navigator.clipboard.writeText(location.href).then(
      () => setOutcome("Link copied"),
      () => setOutcome("Copy the address of the page"),
    );
  return (
    <>
      <button type="button" class="quiet" onClick={copy} onBlur={() => setOutcome("")}>
        Copy link
      </button>
      <span class="hint" role="status">
        {outcome}
      </span>
    </>
  );
}
