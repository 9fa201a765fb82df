import { useRef, useState } from "preact/hooks";
import { compareCountries, countryName, matchesCountry } from "../figures/names.ts";

interface CountryPickerProps {
  options: string[];
  chosen: string[];
  onChoose: (countries: string[]) => void;
}

/** A button that opens a searchable list of country checkboxes. */
export function CountryPicker({ options, chosen, onChoose }: CountryPickerProps) {
  const [typed, setTyped] = useState("");
  /** In the order in which they were when the list was opened: none moves away under the pointer. */
  const [listed, setListed] = useState<string[]>([]);
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);

  const open = () => {
    const others = options.filter((country) => !chosen.includes(country));
    // The chosen ones first, so that they can be removed without a search.
    setListed([...chosen.toSorted(compareCountries), ...others.sort(compareCountries)]);
    setTyped("");
  };
  const toggle = (country: string) =>
    onChoose(
      chosen.includes(country) ? chosen.filter((other) => other !== country) : [...chosen, country].sort(),
    );
  const found = listed.filter((country) => matchesCountry(country, typed));

  return (
    <div>
      <button ref={button} type="button" class="picker" popovertarget="country-list" aria-haspopup="dialog">
        {chosenText(chosen)}
      </button>
      <div
        ref={box}
        id="country-list"
        class="popover"
        popover="auto"
        onBeforeToggle={({ newState }) => newState === "open" && open()}
        onToggle={({ newState }) => {
          if (newState !== "open" || !button.current || !box.current) return;
          place(box.current, button.current);
          search.current?.focus();
        }}
      >
        <fieldset>
          <legend class="unseen">Countries</legend>
          <input
            ref={search}
            type="search"
            placeholder="Search"
            aria-label="Search the countries"
            value={typed}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
          <div class="options">
            {found.map((country) => (
              <label key={country} data-country={country}>
                <input
                  type="checkbox"
                  value={country}
                  checked={chosen.includes(country)}
                  onChange={() => toggle(country)}
                />
                {countryName(country)}
              </label>
            ))}
          </div>
          {found.length === 0 && <p class="hint">No country has this name.</p>}
          <button type="button" class="quiet" onClick={() => onChoose([])}>
            All countries
          </button>
        </fieldset>
      </div>
    </div>
  );
}

/** Places the list below the button, shifted so that all of it is inside the window. */
function place(box: HTMLElement, button: HTMLElement): void {
  const { left, bottom } = button.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  box.style.left = `${Math.max(8, Math.min(left, clientWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${Math.max(8, Math.min(bottom + 4, clientHeight - box.offsetHeight - 8))}px`;
}

function chosenText(chosen: string[]): string {
  if (chosen.length === 0) return "All countries";
  if (chosen.length <= 2) return chosen.map(countryName).join(", ");
  return `${chosen.length} countries`;
}
