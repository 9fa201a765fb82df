import { createFigures } from "./figures.ts";
import { selectionFrom } from "./selection.ts";

/** The figures of the page; loading those in its URL has already started. */
export const figures = createFigures();

/** Resolves when the first figures have loaded or failed to; the next attempt reports the error. */
export const firstFigures = figures
  .load(selectionFrom(new URLSearchParams(location.search)), new AbortController().signal)
  .catch(() => undefined);
