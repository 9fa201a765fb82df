const width = 120;
const height = 32;
const svg = "http://www.w3.org/2000/svg";

/** A small line of how a figure went; days without one leave a gap. Only for eyes: the card says the rest. */
export function sparkline(values: (number | null)[]): SVGSVGElement {
  const picture = document.createElementNS(svg, "svg");
  picture.setAttribute("class", "sparkline");
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  picture.setAttribute("preserveAspectRatio", "none");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svg, "path");
  path.setAttribute("d", pathOf(values));
  picture.append(path);
  return picture;
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
    // A line of no length is drawn as a dot by its round ends.
    if (isAlone) path += "h0";
  });
  return path;
}
