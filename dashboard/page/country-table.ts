import { element } from "./element.ts";
import { type Measure, tableMeasures } from "./measures.ts";
import { compareCountries, countryName, matchesCountry } from "./names.ts";
import { createPanel } from "./panel.ts";
import type { Group, Summary } from "./summary.ts";

/** How the table is sorted, searched and paged. */
export interface TableView {
  /** Key of a measure, or `country`. */
  sort: string;
  descending: boolean;
  find: string;
  /** From 1. */
  page: number;
}

const initialView: TableView = { sort: "dau", descending: true, find: "", page: 1 };
const pageRows = 10;
const sortable = ["country", ...tableMeasures.map(({ key }) => key)];

/** Reads the view of the table from a URL's parameters. */
export function viewFrom(parameters: URLSearchParams): TableView {
  const sort = parameters.get("sort") ?? "";
  const page = Number(parameters.get("page"));
  return {
    sort: sortable.includes(sort) ? sort : initialView.sort,
    descending: parameters.get("order") !== "asc",
    find: parameters.get("find") ?? "",
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

/** Writes the view into a URL's parameters, except for defaults. */
export function writeView({ sort, descending, find, page }: TableView, parameters: URLSearchParams): void {
  const values = { sort, order: descending ? "desc" : "asc", find, page: String(page) };
  const defaults = { sort: initialView.sort, order: "desc", find: "", page: "1" };
  for (const name of ["sort", "order", "find", "page"] as const) {
    if (values[name] !== defaults[name]) parameters.set(name, values[name]);
  }
}

interface Listeners {
  toggleCountry(country: string): void;
  changeView(view: TableView): void;
}

/** A table of every country with every figure, which can be sorted, searched and paged. */
export function createCountryTable(chosen: () => string, { toggleCountry, changeView }: Listeners) {
  let view = initialView;
  let countries: Group[] = [];
  let chosenCountries: string[] = [];
  const change = (changes: Partial<TableView>) => changeView({ ...view, page: 1, ...changes });

  const search = element("input", {
    type: "search",
    placeholder: "Find a country",
    "aria-label": "Find a country",
  });
  search.addEventListener("input", () => change({ find: search.value }));
  const headers = new Map(sortable.map((key) => [key, sortHeader(key, () => change(sortedBy(view, key)))]));
  const body = element("tbody");
  const status = element("p", { class: "count", role: "status" });
  const previous = element("button", {
    type: "button",
    text: "Previous",
    onclick: () => change({ page: view.page - 1 }),
  });
  const next = element("button", {
    type: "button",
    text: "Next",
    onclick: () => change({ page: view.page + 1 }),
  });

  const csvCells = ({ name, sums }: Group) => [name, ...tableMeasures.map((measure) => measure.digits(sums))];
  const panel = createPanel(
    {
      id: "countries",
      title: "Top countries",
      hint: "Click a country to filter by it, or a column header to sort by it.",
      chosen,
      csv: () => ({
        head: ["country", ...tableMeasures.map(({ key }) => key)],
        rows: listed().map(csvCells),
      }),
    },
    [
      search,
      element(
        "div",
        { class: "scroll", tabindex: "0", role: "group", "aria-label": "Top countries, the table" },
        [
          element("table", { class: "countries" }, [
            element("caption", { class: "unseen", text: "Countries with their figures" }),
            element("thead", {}, [element("tr", {}, [...headers.values()])]),
            body,
          ]),
        ],
      ),
      element("nav", { class: "pager", "aria-label": "Pages of the countries" }, [status, previous, next]),
    ],
  );

  const listed = () =>
    sorted(
      countries.filter(({ name }) => matchesCountry(name, view.find)),
      view,
    );

  function draw(): void {
    const rows = listed();
    const pages = Math.max(1, Math.ceil(rows.length / pageRows));
    const page = Math.min(view.page, pages);
    const first = (page - 1) * pageRows;
    const maximum = maximumOf(countries);
    const row = (group: Group) =>
      countryRow(group, {
        maximum,
        sort: view.sort,
        isChosen: chosenCountries.includes(group.name),
        toggleCountry,
      });
    body.replaceChildren(...rows.slice(first, first + pageRows).map(row));
    for (const [key, header] of headers) {
      if (key === view.sort) header.setAttribute("aria-sort", view.descending ? "descending" : "ascending");
      else header.removeAttribute("aria-sort");
    }
    status.textContent =
      rows.length === 0
        ? "No country has this name."
        : `${first + 1}–${Math.min(first + pageRows, rows.length)} of ${rows.length} countries`;
    previous.disabled = page === 1;
    next.disabled = page === pages;
    view = { ...view, page };
    if (search.value !== view.find) search.value = view.find;
  }

  return {
    element: panel.element,
    showView(newView: TableView) {
      view = newView;
      draw();
    },
    show({ byCountry }: Summary, newView: TableView, newlyChosen: string[]) {
      countries = byCountry;
      chosenCountries = newlyChosen;
      view = newView;
      draw();
    },
  };
}

/** A new column starts with its largest figure, or its first name; the current one is reversed. */
function sortedBy(view: TableView, key: string): Partial<TableView> {
  return { sort: key, descending: view.sort === key ? !view.descending : key !== "country" };
}

function sortHeader(key: string, onclick: () => void): HTMLTableCellElement {
  const measure = tableMeasures.find((measure) => measure.key === key);
  const button = element("button", {
    type: "button",
    class: "sort",
    text: measure?.label ?? "Country",
    title: measure?.meaning,
    onclick,
  });
  return element("th", { scope: "col" }, [button]);
}

/** Countries whose figure is null come last, in either direction. */
function sorted(groups: Group[], { sort, descending }: TableView): Group[] {
  const sign = descending ? -1 : 1;
  const byName = (a: Group, b: Group) => compareCountries(a.name, b.name);
  const measure = tableMeasures.find(({ key }) => key === sort);
  if (!measure) return groups.toSorted((a, b) => sign * byName(a, b));
  return groups.toSorted((a, b) => {
    const [left, right] = [measure.value(a.sums), measure.value(b.sums)];
    if (left === null || right === null)
      return Number(left === null) - Number(right === null) || byName(a, b);
    return sign * (left - right) || byName(a, b);
  });
}

const maximumOf = (groups: Group[]): Map<string, number> =>
  new Map(
    tableMeasures.map(({ key, value }) => [key, Math.max(0, ...groups.map(({ sums }) => value(sums) ?? 0))]),
  );

interface RowOptions {
  maximum: Map<string, number>;
  sort: string;
  isChosen: boolean;
  toggleCountry(country: string): void;
}

function countryRow(
  { name, sums }: Group,
  { maximum, sort, isChosen, toggleCountry }: RowOptions,
): HTMLElement {
  const button = element("button", {
    type: "button",
    class: "country",
    "aria-pressed": String(isChosen),
    title: isChosen ? "Remove the filter" : `Filter by ${countryName(name)}`,
    text: countryName(name),
    onclick: () => toggleCountry(name),
  });
  return element("tr", { "data-country": name }, [
    element("th", { scope: "row" }, [button]),
    ...tableMeasures.map((measure) => figureCell(measure, sums, maximum.get(measure.key) ?? 0, sort)),
  ]);
}

/** Sums have a bar, and so does the column that the table is sorted by. */
function figureCell(measure: Measure, sums: Group["sums"], maximum: number, sort: string): HTMLElement {
  const cell = element("td", { text: measure.text(sums) });
  if (measure.isSum || measure.key === sort) {
    cell.classList.add("bar");
    cell.style.setProperty(
      "--share",
      maximum === 0 ? "0%" : `${(100 * (measure.value(sums) ?? 0)) / maximum}%`,
    );
  }
  return cell;
}
