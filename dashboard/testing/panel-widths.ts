import type { Page } from "playwright-core";

export interface PanelWidth {
  id: string;
  /** In CSS pixels. */
  width: number;
  /** The captions of its tables of which columns are out of sight. */
  cut: string[];
}

// What is used of the browser's types, which programs for Node lack.
interface Section {
  id: string;
  getBoundingClientRect(): { width: number };
  querySelectorAll(selector: "table"): Iterable<Table>;
}

interface Table {
  offsetWidth: number;
  parentElement: { clientWidth: number };
  caption: { textContent: string };
}

/** How much of the page each panel takes, and which of its tables don't fit into it. */
export const panelWidths = (page: Page): Promise<PanelWidth[]> =>
  page.locator("#panels > section").evaluateAll((sections: Section[]) =>
    sections.map((section) => ({
      id: section.id,
      width: section.getBoundingClientRect().width,
      cut: [...section.querySelectorAll("table")]
        .filter(({ offsetWidth, parentElement }) => offsetWidth > parentElement.clientWidth)
        .map(({ caption }) => caption.textContent),
    })),
  );
