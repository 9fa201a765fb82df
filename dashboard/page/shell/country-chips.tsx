import { useLayoutEffect, useRef } from "preact/hooks";
import { countryName } from "../figures/names.ts";

interface CountryChipsProps {
  chosen: string[];
  onChoose: (countries: string[]) => void;
  /** Takes the focus when there are no chips left. */
  focusPicker: () => void;
}

/** The chosen countries, each with a button that removes it. The focus then goes to the next one, as its own button is gone. */
export function CountryChips({ chosen, onChoose, focusPicker }: CountryChipsProps) {
  const list = useRef<HTMLUListElement>(null);
  const removedAt = useRef<number>(undefined);
  useLayoutEffect(() => {
    const at = removedAt.current;
    removedAt.current = undefined;
    if (at === undefined) return;
    const chips = [...(list.current?.querySelectorAll("button") ?? [])];
    const next = chips[at] ?? chips.at(-1);
    if (next) next.focus();
    else focusPicker();
  }, [chosen]);
  if (chosen.length === 0) return null;
  return (
    <ul class="chips" aria-label="Chosen countries" ref={list}>
      {chosen.map((country, at) => (
        <li key={country}>
          <button
            type="button"
            aria-label={`Remove ${countryName(country)}`}
            onClick={() => {
              removedAt.current = at;
              onChoose(chosen.filter((other) => other !== country));
            }}
          >
            {countryName(country)}
          </button>
        </li>
      ))}
    </ul>
  );
}
