import { styleText } from "node:util";

type Color = Parameters<typeof styleText>[0];

// Colours only where stdout shows them: not in a pipe or a dumb terminal, nor with NO_COLOR; always with FORCE_COLOR.
const inColor = (color: Color) => (text: string) => styleText(color, text, { stream: process.stdout });

export const red = inColor("red");
export const green = inColor("green");
export const yellow = inColor("yellow");
