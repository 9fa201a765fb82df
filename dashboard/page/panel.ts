import { csvText, download } from "./csv.ts";
import { element } from "./element.ts";

/** A head and its rows, as texts. */
export interface Content {
  head: string[];
  rows: string[][];
}

export interface PanelParts {
  /** Names the panel's CSV file too. */
  id: string;
  title: string;
  /** One sentence below the title. */
  hint?: string;
  /** What the page's filters chose, for the name of the CSV file. */
  chosen: () => string;
  /** Every digit of what the panel shows. */
  csv: () => Content;
  /** The table behind a chart, as the chart writes its figures. */
  table?: () => Content;
}

export interface Panel {
  element: HTMLElement;
  /** Brings the table behind the chart up to date, when it is open. */
  update(): void;
}

/** A part of the page with a title and a CSV download, and with a table behind what only eyes can read. */
export function createPanel(
  { id, title, hint, chosen, csv, table }: PanelParts,
  children: (Node | string)[],
): Panel {
  const heading = `${id}-title`;
  const save = element("button", {
    class: "quiet",
    type: "button",
    text: "CSV",
    "aria-label": `Download ${title} as CSV`,
    onclick: () => {
      const { head, rows } = csv();
      download(`${id}_${chosen()}.csv`, csvText([head, ...rows]));
    },
  });
  const behind = table && tableBehind(title, table);
  const panel = element("section", { id, class: "panel", "aria-labelledby": heading }, [
    element("header", {}, [
      element("div", {}, [
        element("h2", { id: heading, text: title }),
        hint !== undefined && element("p", { class: "hint", text: hint }),
      ]),
      save,
    ]),
    ...children,
    behind?.element,
  ]);
  return { element: panel, update: () => behind?.update() };
}

function tableBehind(title: string, content: () => Content): Panel {
  const place = element("div", {
    class: "scroll",
    tabindex: "0",
    role: "group",
    "aria-label": `${title}, the table`,
  });
  const details = element("details", { class: "behind" }, [
    element("summary", { text: "Show as a table" }),
    place,
  ]);
  const update = () => {
    if (details.open) place.replaceChildren(tableOf(title, content()));
  };
  details.addEventListener("toggle", update);
  return { element: details, update };
}

/** A table whose rows begin with what they are about. */
export function tableOf(caption: string, { head, rows }: Content): HTMLTableElement {
  return element("table", {}, [
    element("caption", { class: "unseen", text: caption }),
    element("thead", {}, [
      element(
        "tr",
        {},
        head.map((text) => element("th", { scope: "col", text })),
      ),
    ]),
    element(
      "tbody",
      {},
      rows.map(([first = "", ...cells]) =>
        element("tr", {}, [
          element("th", { scope: "row", text: first }),
          ...cells.map((text) => element("td", { text })),
        ]),
      ),
    ),
  ]);
}
