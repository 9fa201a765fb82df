import { element } from "./element.ts";
import { compareCountries, countryName, matchesCountry } from "./names.ts";

/** A button that opens a searchable list of country checkboxes. */
export function createCountryFilter(change: (countries: string[]) => void) {
  let options: string[] = [];
  let chosen: string[] = [];
  const search = element("input", {
    type: "search",
    placeholder: "Search",
    "aria-label": "Search the countries",
  });
  const list = element("div", { class: "options" });
  const none = element("p", { class: "hint", text: "No country has this name." });
  const all = element("button", {
    type: "button",
    class: "quiet",
    text: "All countries",
    onclick: () => change([]),
  });
  const box = element("div", { id: "country-list", class: "popover", popover: "auto" }, [
    element("fieldset", {}, [
      element("legend", { class: "unseen", text: "Countries" }),
      search,
      list,
      none,
      all,
    ]),
  ]);
  const button = element("button", {
    type: "button",
    class: "picker",
    popovertarget: box.id,
    "aria-haspopup": "dialog",
  });

  function filter(): void {
    for (const label of list.children) {
      (label as HTMLElement).hidden = !matchesCountry(
        (label as HTMLElement).dataset.country ?? "",
        search.value,
      );
    }
    none.hidden = [...list.children].some((label) => !(label as HTMLElement).hidden);
  }

  /** Places the list below the button, shifted so that all of it is inside the window. */
  function place(): void {
    const { left, bottom } = button.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    box.style.left = `${Math.max(8, Math.min(left, clientWidth - box.offsetWidth - 8))}px`;
    box.style.top = `${Math.max(8, Math.min(bottom + 4, clientHeight - box.offsetHeight - 8))}px`;
  }

  function fill(): void {
    // The chosen ones first, so that they can be removed without a search.
    const others = options.filter((country) => !chosen.includes(country));
    const ordered = [...chosen.toSorted(compareCountries), ...others.sort(compareCountries)];
    list.replaceChildren(...ordered.map((country) => option(country, chosen.includes(country), toggle)));
    filter();
  }

  function toggle(country: string): void {
    change(
      chosen.includes(country) ? chosen.filter((other) => other !== country) : [...chosen, country].sort(),
    );
  }

  search.addEventListener("input", filter);
  box.addEventListener("beforetoggle", (event) => {
    if (event.newState === "open") fill();
  });
  box.addEventListener("toggle", (event) => {
    if (event.newState !== "open") return;
    search.value = "";
    filter();
    place();
    search.focus();
  });

  return {
    element: element("div", {}, [button, box]),
    show(newOptions: string[], newlyChosen: string[]) {
      options = newOptions;
      chosen = newlyChosen;
      button.textContent = chosenText(chosen);
      if (!box.matches(":popover-open")) return;
      for (const input of list.querySelectorAll("input")) input.checked = chosen.includes(input.value);
    },
  };
}

function option(country: string, isChosen: boolean, toggle: (country: string) => void): HTMLElement {
  const input = element("input", { type: "checkbox", value: country });
  input.checked = isChosen;
  input.addEventListener("change", () => toggle(country));
  return element("label", { "data-country": country }, [input, countryName(country)]);
}

function chosenText(chosen: string[]): string {
  if (chosen.length === 0) return "All countries";
  if (chosen.length <= 2) return chosen.map(countryName).join(", ");
  return `${chosen.length} countries`;
}
