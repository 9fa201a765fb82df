const width = 120;
const height = 32;
const svg = "http://www.w3.org/2000/svg";

/** A sparkline with a gap for days without a figure. Hidden from screen readers: the card has the figure as text. */
export function sparkline(values: (number | null)[]): SVGSVGElement {
  const image = document.createElementNS(svg, "svg");
  image.setAttribute("class", "sparkline");
  image.setAttribute("viewBox", `0 0 ${width} ${height}`);
  image.setAttribute("preserveAspectRatio", "none");
  image.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svg, "path");
  path.setAttribute("d", pathOf(values));
  image.append(path);
  return image;
}

function pathOf(values: (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (at: number) => (values.length < 2 ? width / 2 : (at / (values.length - 1)) * width);
  const y = (value: number) =>
    high === low ? height / 2 : height - 3 - ((value - low) / (high - low)) * (height - 6);
  let path = "";
  values.forEach((value, at) => {
    if (value === null) return;
    const isAlone = values[at - 1] === undefined || values[at - 1] === null;
    path += `${isAlone ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    // The round caps draw a line of zero length as a dot.
    if (isAlone) path += "h0";
  });
  return path;
}
