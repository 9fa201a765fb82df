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

/** Calls `listener` when the colours change: between light and dark, or because paper is always light. */
export function onPaletteChange(listener: () => void): void {
  const update = () => {
    const before = JSON.stringify(palette);
    palette = readPalette();
    if (JSON.stringify(palette) !== before) listener();
  };
  for (const query of ["(prefers-color-scheme: dark)", "print"])
    matchMedia(query).addEventListener("change", update);
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
