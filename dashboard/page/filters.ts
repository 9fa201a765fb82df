import { createCountryFilter } from "./country-filter.ts";
import { element } from "./element.ts";
import { countryName, platformName } from "./names.ts";
import { initial, isSamePeriod, presets, type Range, type Selection } from "./selection.ts";

const platforms = ["ANDROID", "IOS"];

/** The bar of filters: days, platform and countries. */
export function createFilters(container: HTMLElement, change: (selection: Selection) => void) {
  let selection = initial;
  const set = (changes: Partial<Selection>) => change({ ...selection, ...changes });

  const presetButtons = presets.map(({ period, label }) => ({
    period,
    button: element("button", { type: "button", text: label, onclick: () => set({ period }) }),
  }));
  const from = dayInput("From");
  const to = dayInput("To");
  const applyDays = (moved: HTMLInputElement) => {
    if (from.value === "" || to.value === "") return;
    // The end that was changed wins.
    if (from.value > to.value) (moved === from ? to : from).value = moved.value;
    set({ period: { from: from.value, to: to.value } });
  };
  for (const input of [from, to]) input.addEventListener("change", () => applyDays(input));

  const platformButtons = [undefined, ...platforms].map((platform) => ({
    platform,
    button: element("button", {
      type: "button",
      text: platform ? platformName(platform) : "All",
      onclick: () => set({ platform }),
    }),
  }));
  const countries = createCountryFilter((chosen) => set({ countries: chosen }));
  const chips = element("ul", { class: "chips", "aria-label": "Chosen countries" });
  const reset = element("button", {
    type: "button",
    class: "quiet",
    text: "Reset",
    onclick: () => change(initial),
  });

  container.append(
    group(
      "Days",
      "segments",
      presetButtons.map(({ button }) => button),
    ),
    group("From and to", "dates", [label("From", from), label("To", to)]),
    group(
      "Platform",
      "segments",
      platformButtons.map(({ button }) => button),
    ),
    group("Countries", "", [countries.element]),
    reset,
    chips,
  );

  return {
    /** Shows the selection and, once known, the days and countries that can be chosen. */
    show(shown: Selection, known?: { range: Range; covered: Range; countries: string[] }) {
      selection = shown;
      for (const { period, button } of presetButtons) press(button, isSamePeriod(period, shown.period));
      for (const { platform, button } of platformButtons) press(button, platform === shown.platform);
      if (known) {
        const { range, covered } = known;
        for (const input of [from, to]) [input.min, input.max] = [covered.from, covered.to];
        [from.value, to.value] = [range.from, range.to];
      }
      countries.show(known?.countries ?? [], shown.countries);
      const without = (country: string) => shown.countries.filter((other) => other !== country);
      chips.replaceChildren(
        ...shown.countries.map((country) => chip(country, () => set({ countries: without(country) }))),
      );
      chips.hidden = shown.countries.length === 0;
      reset.disabled =
        isSamePeriod(shown.period, initial.period) && !shown.platform && shown.countries.length === 0;
    },
  };
}

const dayInput = (name: string) => element("input", { type: "date", "aria-label": name });

const label = (text: string, input: HTMLElement) => element("label", {}, [element("span", { text }), input]);

const group = (name: string, kind: string, children: Node[]) =>
  element("div", { role: "group", "aria-label": name, class: kind || undefined }, children);

const press = (button: HTMLElement, isPressed: boolean) =>
  button.setAttribute("aria-pressed", String(isPressed));

function chip(country: string, onclick: () => void): HTMLElement {
  const name = countryName(country);
  const button = element("button", { type: "button", "aria-label": `Remove ${name}`, onclick }, [name]);
  return element("li", {}, [button]);
}
