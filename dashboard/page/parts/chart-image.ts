import { getInstanceByDom } from "../charts/library.ts";
import { currentPalette } from "../charts/palette.ts";

const ratio = 2;
const margin = 16;
const headHeight = 56;

/** A chart as PNG, with its title and what it is about above it: an image leaves the page that would say so. */
export async function chartImage(chart: HTMLElement, title: string, about: string): Promise<Blob> {
  const drawn = getInstanceByDom(chart)?.renderToCanvas({ pixelRatio: ratio });
  if (!drawn) throw new Error("The chart is not drawn.");
  const { surface, text, muted } = currentPalette();
  const canvas = document.createElement("canvas");
  canvas.width = drawn.width + 2 * margin * ratio;
  canvas.height = drawn.height + (headHeight + margin) * ratio;
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("The browser can't draw.");
  pen.fillStyle = surface;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(drawn, margin * ratio, headHeight * ratio);
  pen.scale(ratio, ratio);
  const write = (words: string, y: number, colour: string, font: string) => {
    pen.fillStyle = colour;
    pen.font = `${font} system-ui, sans-serif`;
    pen.fillText(words, margin, y, canvas.width / ratio - 2 * margin);
  };
  write(title, 26, text, "600 16px");
  write(about, 46, muted, "13px");
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("The image is too large."))),
      "image/png",
    );
  });
}
