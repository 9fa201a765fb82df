import { createFigures } from "./figures.ts";
import { selectionFrom } from "./selection.ts";

/** The page's figures; those that its address asks for are under way. */
export const figures = createFigures();

/** Is kept when the first figures are here, or can't be had; why, the next attempt tells. */
export const firstFigures = figures
  .load(selectionFrom(new URLSearchParams(location.search)), new AbortController().signal)
  .catch(() => undefined);
