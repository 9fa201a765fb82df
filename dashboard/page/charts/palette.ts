/** The colours of the page in the current colour scheme, light or dark. */
export interface Palette {
  text: string;
  muted: string;
  line: string;
  surface: string;
  first: string;
  second: string;
  bad: string;
  /** Of the lines of a split, in their order. */
  lines: string[];
}

let palette: Palette | undefined;
const darkScheme = matchMedia("(prefers-color-scheme: dark)");

/** Calls `listener` when the colour scheme changes between light and dark. */
export function onPaletteChange(listener: () => void): void {
  darkScheme.addEventListener("change", () => {
    palette = undefined;
    listener();
  });
}

export function currentPalette(): Palette {
  palette ??= readPalette();
  return palette;
}

function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: colour("text"),
    muted: colour("muted"),
    line: colour("line"),
    surface: colour("surface"),
    first: colour("first"),
    second: colour("second"),
    bad: colour("bad"),
    lines: ["first", "second", "third", "fourth", "fifth", "muted"].map(colour),
  };
}
