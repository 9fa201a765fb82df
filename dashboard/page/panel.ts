import { csvText, download } from "./csv.ts";
import { element } from "./element.ts";

/** A header and rows, as text. */
export interface Content {
  head: string[];
  rows: string[][];
}

export interface PanelOptions {
  /** Also the first part of the CSV file's name. */
  id: string;
  title: string;
  /** One sentence below the title. */
  hint?: string;
  /** The selection, for the CSV file's name. */
  chosen: () => string;
  /** What the panel shows, with every digit. */
  csv: () => Content;
  /** The table behind a chart, formatted like the chart. */
  table?: () => Content;
}

export interface Panel {
  element: HTMLElement;
  /** Updates the table behind the chart if it is open. */
  update(): void;
}

/** A section with a title, a CSV download and, behind a chart, a table for screen readers. */
export function createPanel(
  { id, title, hint, chosen, csv, table }: PanelOptions,
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
  const container = element("div", {
    class: "scroll",
    tabindex: "0",
    role: "group",
    "aria-label": `${title}, the table`,
  });
  const details = element("details", { class: "behind" }, [
    element("summary", { text: "Show as a table" }),
    container,
  ]);
  const update = () => {
    if (details.open) container.replaceChildren(tableOf(title, content()));
  };
  details.addEventListener("toggle", update);
  return { element: details, update };
}

/** A table whose first column holds the row headers. */
function tableOf(caption: string, { head, rows }: Content): HTMLTableElement {
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
